<?php
declare(strict_types=1);

require_once __DIR__ . '/pure.php';

use Crossdock\Hub\Outbox\CurlTransport;
use Crossdock\Hub\Outbox\Payload;
use Crossdock\Hub\Outbox\Signer;
use Crossdock\Tests\Check;

$read = static fn (array $order): array => ['store' => 'peru', 'order' => $order, 'shipments' => [['entity_id' => 3]], 'creditmemos' => []];

return [
    'the signature is HMAC-SHA256 over time, full stop and body in base64' => static function (Check $check): void {
        // Computed by another implementation (OpenSSL's).
        $check->same('y1r3WoXQ6xkgzuCpXSFPFMvXU3OCOjZd32NDpK/XV3c=', Signer::signature(1793631852, '{"event":"test"}', 'a-secret-of-the-shop-0123456789'));
    },
    'amounts and numbers are written as they are' => static function (Check $check) use ($read): void {
        $body = Payload::of('order.saved', 7, $read(['entity_id' => 7, 'increment_id' => '000000007', 'updated_at' => '2026-11-02 15:04:12', 'grand_total' => 511.67, 'subtotal' => 0.1 + 0.2, 'street' => 'Ñuñoa 5/7']), true);
        $check->contains('"event":"order.saved","store":"peru","order_id":7,"increment_id":"000000007","updated_at":"2026-11-02 15:04:12"', $body);
        $check->contains('"grand_total":511.67', $body);
        $check->contains('Ñuñoa 5/7', $body);
        $check->contains('"shipments":[{"entity_id":3}],"creditmemos":[]', $body);
    },
    'only the number is sent where that is wanted' => static function (Check $check) use ($read): void {
        $check->same('{"event":"order.saved","store":"peru","order_id":7,"increment_id":"7","updated_at":"u"}', Payload::of('order.saved', 7, $read(['increment_id' => '7', 'updated_at' => 'u', 'customer_email' => 'a@example.com']), false));
    },
    'card data, tokens and the code of the buyer\'s page are left out' => static function (Check $check) use ($read): void {
        $body = Payload::of('order.saved', 7, $read([
            'protect_code' => 'SECRET1',
            'payment' => ['method' => 'niubiz', 'amount_ordered' => 5, 'cc_last4' => 'SECRET2', 'cc_number_enc' => 'SECRET3', 'additional_information' => ['SECRET4'], 'additional_data' => 'SECRET5', 'echeck_routing_number' => 'SECRET6', 'extension_attributes' => ['vault_payment_token' => 'SECRET7'], 'last_trans_id' => 'T-1'],
            'extension_attributes' => ['payment_additional_info' => [['key' => 'method_title', 'value' => 'Niubiz'], ['key' => 'token', 'value' => 'SECRET8']], 'gift_cards' => [['c' => 'SECRET9']], 'gift_cards_amount' => 5],
        ]), true);
        $check->containsNot('SECRET', $body);
        $check->contains('"payment":{"method":"niubiz","amount_ordered":5,"last_trans_id":"T-1"}', $body);
        $check->contains('"extension_attributes":{"payment_additional_info":[{"key":"method_title","value":"Niubiz"}],"gift_cards_amount":5}', $body);
    },
    'the title of an offline method is kept' => static function (Check $check) use ($read): void {
        $check->contains('"additional_information":["Cash On Delivery",""]', Payload::of('order.saved', 7, $read(['payment' => ['method' => 'cashondelivery', 'additional_information' => ['Cash On Delivery', '']]]), true));
    },
    'text that is no UTF-8 and numbers that are none stop no message' => static function (Check $check) use ($read): void {
        $body = Payload::of('order.saved', 7, $read(['customer_note' => "caf\xE9", 'weight' => NAN, 'status' => 'pending']), true);
        $check->same('pending', json_decode($body, true)['order']['status']);
    },
    'an order of odd shape stops no message' => static function (Check $check) use ($read): void {
        foreach ([[], ['payment' => null], ['payment' => 'x', 'extension_attributes' => 'y'], ['extension_attributes' => ['payment_additional_info' => 'z']], ['extension_attributes' => ['payment_additional_info' => ['z', null]]]] as $order) {
            $check->true(is_array(json_decode(Payload::of('order.saved', 7, $read($order), true), true)), 'it is JSON');
        }
    },
    'a message never grows beyond what the hub takes' => static function (Check $check) use ($read): void {
        $history = Payload::of('order.saved', 7, $read(['status' => 'pending', 'status_histories' => [['comment' => str_repeat('x', 5_000_000)]]]), true);
        $check->true(strlen($history) < 1000, 'the history is left out');
        $check->same('pending', json_decode($history, true)['order']['status']);
        $whole = Payload::of('order.saved', 7, $read(['increment_id' => '7', 'customer_note' => str_repeat('x', 5_000_000)]), true);
        $check->same(['event', 'store', 'order_id', 'increment_id', 'updated_at'], array_keys(json_decode($whole, true)));
    },
    'nobody at the address is an answer in words' => static function (Check $check): void {
        if (!extension_loaded('curl')) {
            $check->skip('PHP\'s curl is not there');
        }

        $answer = (new CurlTransport())->post('http://127.0.0.1:9/', ['X-Hub-Event' => 'test'], '{}');
        $check->same(null, $answer->status);
        $check->contains('did not answer', $answer->inWords());
    },
    'a protocol that is not HTTP is refused' => static function (Check $check): void {
        if (!extension_loaded('curl')) {
            $check->skip('PHP\'s curl is not there');
        }

        $check->same(null, (new CurlTransport())->post('file:///etc/passwd', [], '{}')->status);
    },
    'the module keeps to PHP 8.1' => static function (Check $check): void {
        // "php -l" here may be of a newer version; these came later.
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(dirname(__DIR__, 2) . '/magento', FilesystemIterator::SKIP_DOTS)) as $file) {
            if (preg_match('/\.(php|phtml)$/', $file->getFilename()) === 1) {
                $code = (string) file_get_contents($file->getPathname());
                $check->same(0, preg_match('/\breadonly\s+class\b|\bfinal\s+readonly\b|\bconst\s+(?:string|int|array|bool|float)\s+[A-Z_]+\s*=|#\[\\\\?Override\]|function\b[^{;]*\)\s*:\s*(?:true|false|null)\s*[;{]/', $code), $file->getFilename());
            }
        }
    },
    'settings of the module hang together' => static function (Check $check): void {
        $module = dirname(__DIR__, 2) . '/magento';
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$module/etc", FilesystemIterator::SKIP_DOTS)) as $file) {
            $text = (string) file_get_contents($file->getPathname());
            if ($file->getExtension() === 'json') {
                $check->true(is_array(json_decode($text, true)), $file->getFilename());
                continue;
            }

            // Every class that the configuration names is there.
            preg_match_all('/Crossdock\\\\Hub\\\\[A-Za-z\\\\]+/', $text, $names);
            foreach ($names[0] as $name) {
                // Magento makes proxies itself, of classes that are not final.
                if (str_ends_with($name, '\\Proxy')) {
                    $name = substr($name, 0, -strlen('\\Proxy'));
                    $check->containsNot('final class', (string) file_get_contents($module . '/' . str_replace('\\', '/', substr($name, strlen('Crossdock\\Hub\\'))) . '.php'));
                }

                $check->true(is_file($module . '/' . str_replace('\\', '/', substr($name, strlen('Crossdock\\Hub\\'))) . '.php'), $name);
            }
        }

        $check->same('magento2-module', json_decode((string) file_get_contents("$module/composer.json"), true)['type']);
        preg_match_all('/column xsi:type="[a-z]+" name="([a-z_]+)"/', (string) file_get_contents("$module/etc/db_schema.xml"), $columns);
        $whitelist = json_decode((string) file_get_contents("$module/etc/db_schema_whitelist.json"), true);
        $check->same($columns[1], array_keys($whitelist['crossdock_outbox']['column']));
    },
];
