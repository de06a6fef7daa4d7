<?php
declare(strict_types=1);

use Crossdock\PrestaShop\Payload;
use Crossdock\Tests\Check;
use Crossdock\Tests\PrestaShop\Rows;

require_once __DIR__ . '/load.php';

$build = static fn (array $changes = []): array => Payload::build(Rows::event(), array_replace_recursive(Rows::order(), $changes), '2026-11-02T14:43:45Z');

return [
    'a document has the order under the webservice\'s names' => static function (Check $check) use ($build): void {
        $document = $build();
        $check->same([1, '7b1f4f5e-0d0a-4c8e-9b37-0a3d5c2f9e11', 'order.state_changed', '2026-11-02T14:43:41.120456Z', ['old_state' => 10, 'new_state' => 2]],
            [$document['schema'], $document['event_uid'], $document['topic'], $document['occurred_at'], $document['detail']]);
        $check->same([1042, 'QWKZJTPLA', '38970.000000', '2026-11-02 11:43:41'], [$document['order']['id'], $document['order']['reference'], $document['order']['total_paid_tax_incl'], $document['order']['date_upd']]);
        $check->same(['id' => '3301', 'product_id' => '55', 'product_attribute_id' => '210'], array_slice($document['order']['associations']['order_rows'][0], 0, 3));
        $check->same(['CLP', 'es-CL', 'CL', 'VS'], [$document['currency']['iso_code'], $document['language']['locale'], $document['addresses']['delivery']['country_iso'], $document['addresses']['delivery']['state_iso']]);
        $check->same([3301, '31990.000000'], [$document['order_details'][0]['id'], $document['order_details'][0]['total_price_tax_incl']]);
        $check->same(['id' => 1043, 'id_cart' => '2203', 'current_state' => '10', 'paid' => '0'], $document['siblings'][0]);
    },
    'passwords, keys and card data stay in the shop' => static function (Check $check) use ($build): void {
        $text = Payload::json($build(['details' => [['download_hash' => 'a1b2c3d4e5f6']]]));
        foreach (['$2y$10', 'b44a6d9e', 'e2aac4f9', '4242', 'VISA', '12/29', 'MATIAS SOTO', '1985-04-12', 'a1b2c3d4e5f6', 'secure_key', 'passwd', 'card_'] as $secret) {
            $check->containsNot($secret, $text);
        }

        $check->contains('"is_virtual":"1"', $text);
    },
    'the state says which default one it is' => static function (Check $check) use ($build): void {
        $check->same('PS_OS_PAYMENT', $build()['order_state']['config_key']);
        $check->same(false, isset($build(['state' => ['id_order_state' => '14']])['order_state']['config_key']));
        $check->same(null, Payload::build(Rows::event(), ['state' => null] + Rows::order(), '')['order_state']);
    },
    'an invoice address of its own is told' => static function (Check $check) use ($build): void {
        $check->same(null, $build()['addresses']['invoice']);
        $rows = Rows::order();
        $rows['order']['id_address_invoice'] = '912';
        $rows['invoice'] = ['id_address' => '912', 'dni' => '9-9'] + $rows['delivery'];
        $check->same([912, '9-9'], [Payload::build(Rows::event(), $rows, '')['addresses']['invoice']['id'], Payload::build(Rows::event(), $rows, '')['addresses']['invoice']['dni']]);
    },
    'another carrier than the order\'s is named' => static function (Check $check) use ($build): void {
        $check->same(false, isset($build()['order_carriers'][0]['carrier_name']));
        $check->same('Otro', $build(['carriers' => [['id_carrier' => '60', 'carrier_name' => 'Otro']]])['order_carriers'][0]['carrier_name']);
    },
    'a sibling with money is paid' => static function (Check $check) use ($build): void {
        $check->same('1', $build(['siblings' => [['paid' => '1']]])['siblings'][0]['paid']);
        $check->same('1', $build(['siblings' => [['total_paid_real' => '10.500000']]])['siblings'][0]['paid']);
    },
    'a voucher that was taken off again is not told' => static function (Check $check) use ($build): void {
        $check->same(['BIENVENIDO'], array_column($build(['cart_rules' => [1 => ['id_order_cart_rule' => '91', 'name' => 'FUERA', 'deleted' => '1']]])['order_cart_rules'], 'name'));
    },
    'credit slips bring their lines' => static function (Check $check): void {
        $rows = Rows::order();
        $rows['slips'] = [['id_order_slip' => '4', 'total_products_tax_incl' => '3990.000000', 'total_shipping_tax_incl' => '0.000000', 'partial' => '1', 'date_add' => '2026-11-05 10:00:00', 'details' => [['id_order_slip' => '4', 'id_order_detail' => '3302', 'product_quantity' => '1', 'total_price_tax_incl' => '3990.000000']]]];
        $slip = Payload::build(Rows::event(), $rows, '')['order_slips'][0];
        $check->same([4, '3990.000000', '3302'], [$slip['id'], $slip['total_products_tax_incl'], $slip['order_slip_details'][0]['id_order_detail']]);
    },
    'text in a wrong encoding is no reason to fail' => static function (Check $check) use ($build): void {
        $text = Payload::json($build(['order' => ['gift_message' => "caf\xe9"]]));
        $check->true(is_array(json_decode($text, true)));
        $check->contains('QWKZJTPLA', $text);
    },
    'accents and slashes are written as they are' => static function (Check $check) use ($build): void {
        $check->contains('Viña del Mar', Payload::json($build()));
        $check->contains('https://courier.example/?t=@', Payload::json($build()));
    },
    'a test says the shop and nothing of an order' => static function (Check $check): void {
        $test = Payload::test(['url' => 'https://tienda.example'], 'u-1', '2026-11-02T14:43:45Z');
        $check->same(['module.test', false], [$test['topic'], isset($test['order'])]);
    },
];
