<?php
declare(strict_types=1);

require_once __DIR__ . '/pure.php';

use Crossdock\Hub\Outbox\Answer;
use Crossdock\Hub\Outbox\Hub;
use Crossdock\Hub\Outbox\RetrySchedule;
use Crossdock\Hub\Outbox\Signer;
use Crossdock\Tests\Check;

return [
    'remembering makes one row and no call' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $check->same(1, count($shop->table));
        $check->same([], $shop->sent);
    },
    'an order that waits already is not written again' => static function (Check $check): void {
        $shop = new MagentoShop();
        $outbox = $shop->outbox();
        foreach (['order.saved', 'order.saved', 'order.invoice', 'order.shipment'] as $event) {
            $outbox->remember($event, $shop->order(7), 1);
        }

        $outbox->remember('order.saved', $shop->order(8), 1);
        $check->same([7, 8], array_column($shop->table, 'order_id'));
    },
    'nothing is remembered for a store view that is switched off or an order without a number' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->outbox()->remember('order.saved', 0, 1);
        $shop->hub = null;
        $shop->outbox()->remember('order.saved', 7, 1);
        $check->same([], $shop->table);
    },
    'what is sent is signed over time and body and shows the order as it is now' => static function (Check $check): void {
        $shop = new MagentoShop();
        $outbox = $shop->outbox();
        $outbox->remember('order.saved', $shop->order(7), 1);
        $shop->stock[7]['status'] = 'processing';
        $check->same(['delivered' => 1, 'failed' => 0, 'parked' => 0], $outbox->run());
        [$call] = $shop->sent;
        $check->same('https://hub.example/in/tienda', $call['url']);
        $check->same(base64_encode(hash_hmac('sha256', $shop->time . '.' . $call['body'], MagentoShop::SECRET, true)), $call['headers']['X-Hub-Signature']);
        $check->same(['order.saved', (string) $shop->time, $shop->table[1]['delivery']], [$call['headers']['X-Hub-Event'], $call['headers']['X-Hub-Timestamp'], $call['headers']['X-Hub-Delivery']]);
        $check->same('processing', json_decode($call['body'], true)['order']['status']);
        $check->containsNot('opens-the-page', $call['body']);
        $check->same('delivered', $shop->table[1]['state']);
    },
    'a failed message is tried again after growing waits for three days and then parked' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (): Answer => new Answer(500);
        $outbox = $shop->outbox();
        $outbox->remember('order.saved', $shop->order(7), 1);
        $start = $shop->time;
        $waits = [];
        while ($shop->table[1]['state'] === 'waiting') {
            $shop->time = $shop->table[1]['due_at'];
            $outbox->run();
            $waits[] = $shop->table[1]['due_at'] - $shop->time;
        }

        $check->same([...RetrySchedule::WAITS, 0], $waits);
        $check->same([60, 300, 900, 3600, 21600], array_slice($waits, 0, 5));
        $check->true($shop->time - $start >= 3 * 86400, 'it tried for three days');
        $check->same(['parked', 12, 500, 'The hub answered 500.'], [$shop->table[1]['state'], $shop->table[1]['attempts'], $shop->table[1]['last_status'], $shop->table[1]['last_error']]);
        $check->same(1, count(array_unique(array_map(static fn (array $call): string => $call['headers']['X-Hub-Delivery'], $shop->sent))));
        $check->same(12, count(array_unique(array_map(static fn (array $call): string => $call['headers']['X-Hub-Signature'], $shop->sent))));
    },
    'nothing is sent before it is due' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (): Answer => new Answer(503);
        $outbox = $shop->outbox();
        $outbox->remember('order.saved', $shop->order(7), 1);
        $outbox->run();
        $shop->time += 59;
        $outbox->run();
        $check->same(1, count($shop->sent));
        $shop->time += 1;
        $outbox->run();
        $check->same(2, count($shop->sent));
    },
    'a hub that is busy says itself when' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (): Answer => new Answer(503, '', 5);
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $shop->outbox()->run();
        $check->same($shop->time + 5, $shop->table[1]['due_at']);
        $check->same([1, 86400, 60], [RetrySchedule::after(1, 0), RetrySchedule::after(1, 999999), RetrySchedule::after(1)]);
    },
    'a parked message that a person sends again begins anew' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $shop->park(1, 12, 500, 'The hub answered 500.', $shop->time);
        $check->same(['delivered' => 0, 'failed' => 0, 'parked' => 0], $shop->outbox()->run());
        $check->same(1, $shop->unpark($shop->time));
        $check->same(['delivered' => 1, 'failed' => 0, 'parked' => 0], $shop->outbox()->run());
    },
    'a change of an order whose message failed is sent at once under another delivery' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (int $call): Answer => new Answer($call === 1 ? 500 : 200);
        $outbox = $shop->outbox();
        $outbox->remember('order.saved', $shop->order(7), 1);
        $outbox->run();
        $outbox->remember('order.shipment', 7, 1);
        $check->same(1, count($shop->table));
        $outbox->run();
        $check->same(2, count($shop->sent));
        $check->true($shop->sent[0]['headers']['X-Hub-Delivery'] !== $shop->sent[1]['headers']['X-Hub-Delivery'], 'the delivery is another');
    },
    'a change while its order is being sent is not lost' => static function (Check $check): void {
        $shop = new MagentoShop();
        $outbox = $shop->outbox();
        $outbox->remember('order.saved', $shop->order(7), 1);
        $shop->whileReading = static function () use ($shop, $outbox): void {
            $shop->whileReading = null;
            $outbox->remember('order.saved', 7, 1);
        };
        $outbox->run();
        $check->same(2, count($shop->sent));
        $check->same(['delivered', 'delivered'], array_column($shop->table, 'state'));
    },
    'a row that another job works on is left alone until its time is over' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $shop->claim($shop->time, $shop->time + 300, 1);
        $shop->outbox()->run();
        $check->same([], $shop->sent);
        $shop->time += 300;
        $shop->outbox()->run();
        $check->same(1, count($shop->sent));
    },
    'a hub that is down is left alone after three failures and the rest keeps its attempts' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (): Answer => new Answer(null, 'timed out');
        foreach (range(1, 50) as $id) {
            $shop->outbox()->remember('order.saved', $shop->order($id), 1);
        }

        $check->same(['delivered' => 0, 'failed' => 3, 'parked' => 0], $shop->outbox()->run());
        $check->same(47, count(array_filter($shop->table, static fn (array $row): bool => $row['attempts'] === 0 && $row['claimed_until'] === 0)));
    },
    'a run ends before the next one begins' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->secondsPerCall = 10;
        foreach (range(1, 50) as $id) {
            $shop->outbox()->remember('order.saved', $shop->order($id), 1);
        }

        $start = $shop->time;
        $shop->outbox()->run();
        $check->true($shop->time - $start < 60, 'the run took less than a minute');
        $check->same(['waiting' => 45, 'delivered' => 5, 'parked' => 0], $shop->count());
        $check->same(0, count(array_filter($shop->table, static fn (array $row): bool => $row['state'] === 'waiting' && $row['claimed_until'] > 0)));
    },
    'an order that is gone is announced by its number' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->outbox()->remember('order.saved', 7, 1);
        $shop->outbox()->run();
        $check->same(['event' => 'order.saved', 'store' => '', 'order_id' => 7, 'increment_id' => null, 'updated_at' => null], json_decode($shop->sent[0]['body'], true));
    },
    'an order that cannot be read is a failure with its reason and stops no other' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->whileReading = static function (int $id): void {
            if ($id === 7) {
                throw new RuntimeException('a module of the shop is broken');
            }
        };
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $shop->outbox()->remember('order.saved', $shop->order(8), 1);
        $check->same(['delivered' => 1, 'failed' => 1, 'parked' => 0], $shop->outbox()->run());
        $check->contains('a module of the shop is broken', $shop->table[1]['last_error']);
    },
    'an error is kept in 500 bytes of whole characters' => static function (Check $check): void {
        $shop = new MagentoShop();
        $shop->answers = static fn (): Answer => new Answer(null, str_repeat('ñ', 1000));
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        $shop->outbox()->run();
        $check->true(strlen($shop->table[1]['last_error']) <= 500, 'it is short');
        $check->true(preg_match('//u', $shop->table[1]['last_error']) === 1, 'it is UTF-8');
    },
    'with wrong settings nothing is sent and the reason is kept' => static function (Check $check): void {
        foreach (['http://hub.example/in/a', 'hub', '', 'https://user:pass@hub.example/in/a', 'ftp://hub.example/'] as $url) {
            $shop = new MagentoShop();
            $shop->hub = new Hub($url, MagentoShop::SECRET);
            $shop->outbox()->remember('order.saved', $shop->order(7), 1);
            $check->same(['delivered' => 0, 'failed' => 1, 'parked' => 0], $shop->outbox()->run());
            $check->same([], $shop->sent);
            $check->contains('address', $shop->table[1]['last_error']);
        }

        $check->contains('secret', (string) (new Hub('https://hub.example/in/a', 'short'))->problem());
        $check->same(null, (new Hub('http://localhost:8080/in/a', MagentoShop::SECRET))->problem());
    },
    'the test says what the hub says' => static function (Check $check): void {
        $shop = new MagentoShop();
        $check->same(null, $shop->outbox()->test(1, 'default'));
        $check->same('{"event":"test","store":"default","order_id":null}', $shop->sent[0]['body']);
        $check->same('test', $shop->sent[0]['headers']['X-Hub-Event']);
        foreach ([401 => 'secret', 404 => 'address', 413 => 'whole order', 302 => 'redirects', 500 => '500'] as $status => $word) {
            $shop->answers = static fn (): Answer => new Answer($status);
            $check->contains($word, (string) $shop->outbox()->test(1, 'default'));
        }

        $shop->answers = static fn (): Answer => new Answer(null, 'Could not resolve host');
        $check->contains('Could not resolve host', (string) $shop->outbox()->test(1, 'default'));
        $shop->hub = null;
        $check->contains('switched off', (string) $shop->outbox()->test(1, 'default'));
    },
    'old rows are removed and waiting ones are not' => static function (Check $check): void {
        $shop = new MagentoShop();
        foreach ([1, 2, 3] as $id) {
            $shop->outbox()->remember('order.saved', $shop->order($id), 1);
        }

        $shop->delivered(1, 200, $shop->time);
        $shop->park(2, 12, 500, 'x', $shop->time);
        $shop->time += 8 * 86400;
        $check->same(1, $shop->outbox()->clean());
        $shop->time += 53 * 86400;
        $check->same(1, $shop->outbox()->clean());
        $check->same([3], array_column($shop->table, 'order_id'));
    },
    'delivery ids are random UUIDs' => static function (Check $check): void {
        $ids = array_map(static fn (): string => Signer::delivery(), range(1, 1000));
        $check->same(1000, count(array_unique($ids)));
        foreach ($ids as $id) {
            $check->true(preg_match('/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/', $id) === 1, $id);
        }
    },
];
