<?php
declare(strict_types=1);

/* The parts of the Magento module that need no Magento, and stand-ins for what the shop gives them. */

use Crossdock\Hub\Outbox\Answer;
use Crossdock\Hub\Outbox\Clock;
use Crossdock\Hub\Outbox\Hub;
use Crossdock\Hub\Outbox\Hubs;
use Crossdock\Hub\Outbox\Orders;
use Crossdock\Hub\Outbox\Outbox;
use Crossdock\Hub\Outbox\Row;
use Crossdock\Hub\Outbox\Rows;
use Crossdock\Hub\Outbox\Transport;

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Crossdock\\Hub\\Outbox\\')) {
        require_once dirname(__DIR__, 2) . '/magento/' . str_replace('\\', '/', substr($class, strlen('Crossdock\\Hub\\'))) . '.php';
    }
});

if (!class_exists('MagentoShop', false)) {
    /** A shop in memory: the table, the orders, the settings, the network and the clock. */
    final class MagentoShop implements Rows, Orders, Hubs, Transport, Clock
    {
        public const SECRET = 'a-secret-of-the-shop-0123456789';

        public int $time = 1793631852;
        /** @var array<int, array<string, mixed>> */
        public array $table = [];
        /** @var array<int, array<string, mixed>> */
        public array $stock = [];
        public ?Hub $hub;
        /** @var list<array{url: string, headers: array<string, string>, body: string, at: int}> */
        public array $sent = [];
        public ?Closure $answers = null;
        public ?Closure $whileReading = null;
        public int $secondsPerCall = 0;
        private int $lastId = 0;

        public function __construct()
        {
            $this->hub = new Hub('https://hub.example/in/tienda', self::SECRET);
        }

        public function outbox(): Outbox
        {
            return new Outbox($this, $this, $this, $this, $this);
        }

        public function order(int $id, string $status = 'pending'): int
        {
            $this->stock[$id] = ['entity_id' => $id, 'increment_id' => sprintf('%09d', $id), 'updated_at' => gmdate('Y-m-d H:i:s', $this->time), 'status' => $status, 'protect_code' => 'opens-the-page'];
            return $id;
        }

        public function now(): int
        {
            return $this->time;
        }

        public function of(int $storeId): ?Hub
        {
            return $this->hub;
        }

        public function read(int $orderId): ?array
        {
            if ($this->whileReading !== null) {
                ($this->whileReading)($orderId);
            }

            return isset($this->stock[$orderId]) ? ['store' => 'default', 'order' => $this->stock[$orderId], 'shipments' => [], 'creditmemos' => []] : null;
        }

        public function post(string $url, array $headers, string $body): Answer
        {
            $this->sent[] = ['url' => $url, 'headers' => $headers, 'body' => $body, 'at' => $this->time];
            $this->time += $this->secondsPerCall;
            return $this->answers === null ? new Answer(200) : ($this->answers)(count($this->sent));
        }

        public function waiting(int $orderId, int $now): ?Row
        {
            foreach ($this->table as $row) {
                if ($row['order_id'] === $orderId && $row['state'] === 'waiting' && $row['claimed_until'] <= $now) {
                    return self::row($row);
                }
            }

            return null;
        }

        public function add(string $delivery, string $event, int $orderId, int $storeId, int $now): void
        {
            $id = ++$this->lastId;
            $this->table[$id] = [
                'id' => $id, 'delivery' => $delivery, 'event' => $event, 'order_id' => $orderId, 'store_id' => $storeId, 'state' => 'waiting', 'attempts' => 0, 'created_at' => $now, 'due_at' => $now,
                'claimed_until' => 0, 'ended_at' => null, 'last_status' => null, 'last_error' => null,
            ];
        }

        public function renew(int $id, string $delivery, int $now): bool
        {
            if (($this->table[$id]['state'] ?? '') !== 'waiting' || $this->table[$id]['claimed_until'] > $now) {
                return false;
            }

            $this->change($id, ['delivery' => $delivery, 'attempts' => 0, 'created_at' => $now, 'due_at' => $now]);
            return true;
        }

        public function claim(int $now, int $until, int $limit): array
        {
            $claimed = [];
            foreach ($this->table as $id => $row) {
                if (count($claimed) < $limit && $row['state'] === 'waiting' && $row['due_at'] <= $now && $row['claimed_until'] <= $now) {
                    $this->change($id, ['claimed_until' => $until]);
                    $claimed[] = self::row($row);
                }
            }

            return $claimed;
        }

        public function delivered(int $id, int $status, int $now): void
        {
            $this->change($id, ['state' => 'delivered', 'ended_at' => $now, 'last_status' => $status, 'last_error' => null, 'claimed_until' => 0]);
        }

        public function failed(int $id, int $attempts, int $dueAt, ?int $status, string $error): void
        {
            $this->change($id, ['attempts' => $attempts, 'due_at' => $dueAt, 'last_status' => $status, 'last_error' => $error, 'claimed_until' => 0]);
        }

        public function release(int $id): void
        {
            $this->change($id, ['claimed_until' => 0]);
        }

        public function park(int $id, int $attempts, ?int $status, string $error, int $now): void
        {
            $this->change($id, ['state' => 'parked', 'ended_at' => $now, 'attempts' => $attempts, 'last_status' => $status, 'last_error' => $error, 'claimed_until' => 0]);
        }

        public function unpark(int $now): int
        {
            $count = 0;
            foreach ($this->table as $id => $row) {
                if ($row['state'] === 'parked') {
                    $this->change($id, ['state' => 'waiting', 'attempts' => 0, 'due_at' => $now, 'ended_at' => null]);
                    $count++;
                }
            }

            return $count;
        }

        public function clean(int $deliveredBefore, int $parkedBefore, int $atMost): int
        {
            $before = count($this->table);
            $this->table = array_filter($this->table, static fn (array $row): bool => !($row['state'] === 'delivered' && $row['ended_at'] < $deliveredBefore) && !($row['state'] === 'parked' && $row['ended_at'] < $parkedBefore));
            $this->table = array_slice($this->table, -$atMost, null, true);
            return $before - count($this->table);
        }

        public function count(): array
        {
            $counts = ['waiting' => 0, 'delivered' => 0, 'parked' => 0];
            foreach ($this->table as $row) {
                $counts[$row['state']]++;
            }

            return $counts;
        }

        public function failures(int $limit): array
        {
            return [];
        }

        /** @param array<string, mixed> $values */
        private function change(int $id, array $values): void
        {
            $this->table[$id] = $values + $this->table[$id];
        }

        /** @param array<string, mixed> $row */
        private static function row(array $row): Row
        {
            return new Row($row['id'], $row['delivery'], $row['event'], $row['order_id'], $row['store_id'], $row['attempts'], $row['created_at']);
        }
    }
}
