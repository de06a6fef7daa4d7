<?php
declare(strict_types=1);

use Crossdock\PrestaShop\RetrySchedule;
use Crossdock\Tests\Check;
use Crossdock\Tests\PrestaShop\Bench;

require_once __DIR__ . '/load.php';

return [
    'what waits is sent once, signed over the body that is sent' => static function (Check $check): void {
        $bench = new Bench();
        $bench->outbox->add(7);
        $check->same(['sent' => 1, 'failed' => 0, 'stopped' => false], $bench->run());
        $check->same(['sent' => 0, 'failed' => 0, 'stopped' => false], $bench->run());
        $heard = $bench->hub->heard[0];
        $check->same('v1=' . hash_hmac('sha256', "1790000000.{$heard['headers']['Crossdock-Event-Id']}.{$heard['body']}", 'test-secret'), $heard['headers']['Crossdock-Signature']);
        $check->same(1, count($bench->hub->heard));
    },
    'waits grow from a minute to a day and end after two weeks' => static function (Check $check): void {
        $bench = new Bench();
        $id = $bench->outbox->add(7);
        $waits = [];
        for ($attempt = 1; $bench->outbox->rows[$id]['parked'] === null && $attempt < 50; $attempt++) {
            $bench->hub->answers = [[503, '']];
            $bench->now = max($bench->now, $bench->outbox->rows[$id]['next']);
            $bench->run();
            $waits[] = $bench->outbox->rows[$id]['next'] - $bench->now;
        }

        $check->same([60, 300, 900, 3600, 10800, 21600, 43200, 86400, 86400], array_slice($waits, 0, 9));
        $age = $bench->now - 1_790_000_000;
        $check->true($age >= RetrySchedule::GIVE_UP_AFTER && $age < RetrySchedule::GIVE_UP_AFTER + 86400, "given up after $age s");
        $check->same(['sent' => 0, 'failed' => 0, 'stopped' => false], $bench->run());
        $check->same('HTTP 503', $bench->outbox->rows[$id]['error']);
    },
    'retries sign anew under the same event' => static function (Check $check): void {
        $bench = new Bench();
        $bench->outbox->add(7);
        $bench->hub->answers = [[500, '']];
        $bench->run();
        $bench->now += 60;
        $check->same(1, $bench->run()['sent']);
        [$first, $second] = array_column($bench->hub->heard, 'headers');
        $check->same($first['Crossdock-Event-Id'], $second['Crossdock-Event-Id']);
        $check->same(['1', '2', '1790000000', '1790000060'], [$first['Crossdock-Attempt'], $second['Crossdock-Attempt'], $first['Crossdock-Timestamp'], $second['Crossdock-Timestamp']]);
        $check->true($first['Crossdock-Signature'] !== $second['Crossdock-Signature']);
    },
    'an order\'s newer events wait for its older one, others do not' => static function (Check $check): void {
        $bench = new Bench();
        $bench->outbox->add(7, 'order.created');
        $bench->outbox->add(8);
        $bench->outbox->add(7, 'order.tracking');
        $bench->hub->answers = [[500, '']];
        $check->same(['sent' => 1, 'failed' => 1, 'stopped' => false], $bench->run());
        $check->same(0, $bench->outbox->rows[3]['attempts']);
        $bench->outbox->rows[3]['next'] = $bench->now;
        $check->same(0, $bench->run()['sent'], 'the newer one is due, its older one is not');
        $bench->now += 61;
        $check->same(2, $bench->run()['sent']);
        $check->same(['order.created', 'order.state_changed', 'order.created', 'order.tracking'], array_map(static fn (array $heard): string => $heard['headers']['Crossdock-Topic'], $bench->hub->heard));
    },
    'a hub that does not answer costs one time-out, not one per row' => static function (Check $check): void {
        $bench = new Bench();
        foreach (range(1, 10) as $order) {
            $bench->outbox->add($order);
        }

        $bench->hub->answers = [[0, 'Operation timed out']];
        $check->same(['sent' => 0, 'failed' => 1, 'stopped' => false], $bench->run());
        $check->same(1, count($bench->hub->heard));
        $check->same('Operation timed out', $bench->outbox->rows[1]['error']);
        $check->same([0, 0], [$bench->outbox->rows[2]['attempts'], $bench->outbox->rows[2]['locked']]);
    },
    'no row is begun after the time is up' => static function (Check $check): void {
        $bench = new Bench();
        foreach (range(1, 5) as $order) {
            $bench->outbox->add($order);
        }

        $bench->hub->onPost = static function () use ($bench): void {
            $bench->now += 20;
        };
        $check->same(3, $bench->run()['sent']);
    },
    'two workers never send the same row' => static function (Check $check): void {
        $bench = new Bench();
        $bench->outbox->add(7);
        $bench->hub->onPost = static function () use ($bench, $check): void {
            $bench->hub->onPost = null;
            $check->same(0, $bench->run()['sent']);
        };
        $check->same(1, $bench->run()['sent']);
        $check->same(1, count($bench->hub->heard));
    },
    'a connection that is gone stops the module' => static function (Check $check): void {
        $bench = new Bench();
        $bench->outbox->add(7);
        $bench->outbox->add(8);
        $bench->hub->answers = [[410, '']];
        $check->same(['sent' => 0, 'failed' => 1, 'stopped' => true], $bench->run());
        $check->same(1, count($bench->hub->heard));
    },
    'an order that cannot be read keeps no other one waiting' => static function (Check $check): void {
        $bench = new Bench(static function (array $row): array {
            if ($row['id_object'] === 7) {
                throw new RuntimeException('no such column');
            }

            return ['order' => ['id' => $row['id_object']]];
        });
        $bench->outbox->add(7);
        $bench->outbox->add(8);
        $check->same(['sent' => 1, 'failed' => 1, 'stopped' => false], $bench->run());
        $check->contains('no such column', $bench->outbox->rows[1]['error']);
    },
    'a long error in any language fits its column' => static function (Check $check): void {
        foreach ([str_repeat('ñ', 400), str_repeat('a', 199) . "\xe9 b", "caf\xe9"] as $error) {
            $bench = new Bench();
            $bench->outbox->add(7);
            $bench->hub->answers = [[0, $error]];
            $bench->run();
            $kept = $bench->outbox->rows[1]['error'];
            $check->true($kept !== '' && preg_match('//u', $kept) === 1 && preg_match('/^.{1,250}$/u', $kept) === 1, bin2hex(substr($kept, -4)));
        }
    },
    'a deleted order is done' => static function (Check $check): void {
        $bench = new Bench(static fn (array $row): ?array => null);
        $bench->outbox->add(7);
        $check->same(1, $bench->run()['sent']);
        $check->same([], $bench->hub->heard);
    },
    'without address or secret nothing is touched' => static function (Check $check): void {
        foreach ([new Bench(null, ['']), new Bench(null, ['test-secret'], '')] as $bench) {
            $bench->outbox->add(7);
            $check->same(['sent' => 0, 'failed' => 0, 'stopped' => false], $bench->run());
            $check->same(0, $bench->outbox->rows[1]['locked']);
        }
    },
    'what was delivered a month ago is forgotten' => static function (Check $check): void {
        $bench = new Bench();
        $bench->run();
        $check->same($bench->now - 30 * 86400, $bench->outbox->forgottenBefore);
    },
    'a portion is as small as asked' => static function (Check $check): void {
        $bench = new Bench();
        foreach (range(1, 30) as $order) {
            $bench->outbox->add($order);
        }

        $check->same(3, $bench->run(3)['sent']);
    },
    'the test button sends a signed test' => static function (Check $check): void {
        $bench = new Bench();
        $bench->hub->answers = [[401, '']];
        $check->same([401, 'HTTP 401'], $bench->worker->test('u-9', ['schema' => 1], 10));
        $check->same(['module.test', 'u-9'], [$bench->hub->heard[0]['headers']['Crossdock-Topic'], $bench->hub->heard[0]['headers']['Crossdock-Event-Id']]);
    },
];
