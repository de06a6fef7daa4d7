<?php
declare(strict_types=1);

use Crossdock\PrestaShop\Signer;
use Crossdock\PrestaShop\Uuid;
use Crossdock\Tests\Check;

require_once __DIR__ . '/load.php';

return [
    'the published vector holds' => static function (Check $check): void {
        $signature = (new Signer(['test-secret']))->sign(1793630622, '7b1f4f5e-0d0a-4c8e-9b37-0a3d5c2f9e11', '{"schema":1}');
        $check->same('v1=96fe111ffb37eb6ece3e18bdad80a20ea6eadef79714cdd7f1b99c20a819f2d2', $signature);
    },
    'time, event and body are all signed' => static function (Check $check): void {
        $signer = new Signer(['test-secret']);
        $signatures = [$signer->sign(1, 'a', 'b'), $signer->sign(2, 'a', 'b'), $signer->sign(1, 'c', 'b'), $signer->sign(1, 'a', 'd'), (new Signer(['other']))->sign(1, 'a', 'b')];
        $check->same(5, count(array_unique($signatures)));
    },
    'while the secret is changed both sign' => static function (Check $check): void {
        $old = (new Signer(['old-secret']))->sign(5, 'id', 'x');
        $new = (new Signer(['new-secret']))->sign(5, 'id', 'x');
        $check->same("$new, $old", (new Signer(['new-secret', 'old-secret']))->sign(5, 'id', 'x'));
        $check->same($new, (new Signer(['new-secret', '']))->sign(5, 'id', 'x'));
    },
    'without a secret nothing can be signed' => static function (Check $check): void {
        $check->same(false, (new Signer(['', '']))->canSign());
        $check->same(true, (new Signer(['', 'x']))->canSign());
    },
    'headers tell event, topic, shop, time and attempt' => static function (Check $check): void {
        $headers = (new Signer(['test-secret']))->headers(['event_uid' => 'u-1', 'topic' => 'order.created', 'attempts' => '2'], '{}', 1793630622, 'https://tienda.example|1', 'agent');
        $check->same(['u-1', 'order.created', 'https://tienda.example|1', '1793630622', '3'],
            [$headers['Crossdock-Event-Id'], $headers['Crossdock-Topic'], $headers['Crossdock-Shop'], $headers['Crossdock-Timestamp'], $headers['Crossdock-Attempt']]);
        $check->same('application/json; charset=utf-8', $headers['Content-Type']);
    },
    'the hub may call with a signed time of the last five minutes' => static function (Check $check): void {
        $signer = new Signer(['test-secret']);
        $right = hash_hmac('sha256', '1000.drain', 'test-secret');
        $check->same([true, true, false, false, false, false, false], [
            $signer->isHub('1000', $right, 1300), $signer->isHub('1000', $right, 700), $signer->isHub('1000', $right, 1301), $signer->isHub('1001', $right, 1001),
            $signer->isHub('1000', '', 1000), $signer->isHub("1000\n", $right, 1000), (new Signer([]))->isHub('1000', $right, 1000),
        ]);
    },
    'ids are UUIDs and never the same' => static function (Check $check): void {
        $ids = array_map(static fn (): string => Uuid::make(), range(1, 200));
        $check->same(200, count(array_unique($ids)));
        $check->true(preg_match('/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/', $ids[0]) === 1, $ids[0]);
    },
];
