<?php
declare(strict_types=1);

namespace Crossdock\Hub\Model;

use Crossdock\Hub\Outbox\Row;
use Crossdock\Hub\Outbox\Rows;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

/** The table crossdock_outbox. */
class DatabaseRows implements Rows
{
    private const TABLE = 'crossdock_outbox';

    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    public function waiting(int $orderId, int $now): ?Row
    {
        $select = $this->connection()->select()->from($this->table())
            ->where('order_id = ?', $orderId)->where('state = ?', 'waiting')->where('claimed_until <= ?', $now)->limit(1);
        $found = $this->connection()->fetchRow($select);
        return $found ? self::row($found) : null;
    }

    public function add(string $delivery, string $event, int $orderId, int $storeId, int $now): void
    {
        $this->connection()->insert($this->table(), [
            'delivery' => $delivery, 'event' => $event, 'order_id' => $orderId, 'store_id' => $storeId, 'state' => 'waiting', 'created_at' => $now, 'due_at' => $now,
        ]);
    }

    public function renew(int $id, string $delivery, int $now): bool
    {
        return $this->connection()->update(
            $this->table(),
            ['delivery' => $delivery, 'attempts' => 0, 'created_at' => $now, 'due_at' => $now],
            ['id = ?' => $id, 'state = ?' => 'waiting', 'claimed_until <= ?' => $now]
        ) === 1;
    }

    public function claim(int $now, int $until, int $limit): array
    {
        $connection = $this->connection();
        $select = $connection->select()->from($this->table())
            ->where('state = ?', 'waiting')->where('due_at <= ?', $now)->where('claimed_until <= ?', $now)->order(['due_at', 'id'])->limit($limit);
        $claimed = [];
        foreach ($connection->fetchAll($select) as $found) {
            // Two jobs may see the same row; only one of them changes it.
            $won = $connection->update(
                $this->table(),
                ['claimed_until' => $until],
                ['id = ?' => (int) $found['id'], 'state = ?' => 'waiting', 'claimed_until <= ?' => $now, 'delivery = ?' => $found['delivery']]
            );
            if ($won === 1) {
                $claimed[] = self::row($found);
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
        return $this->connection()->update($this->table(), ['state' => 'waiting', 'attempts' => 0, 'due_at' => $now, 'ended_at' => null], ['state = ?' => 'parked']);
    }

    public function clean(int $deliveredBefore, int $parkedBefore, int $atMost): int
    {
        $connection = $this->connection();
        $gone = $connection->delete($this->table(), ['state = ?' => 'delivered', 'ended_at < ?' => $deliveredBefore]);
        $gone += $connection->delete($this->table(), ['state = ?' => 'parked', 'ended_at < ?' => $parkedBefore]);
        // A hub that is gone for good must not fill the disk.
        $edge = $connection->fetchOne($connection->select()->from($this->table(), ['id'])->order('id DESC')->limit(1, $atMost));
        return $edge ? $gone + $connection->delete($this->table(), ['id <= ?' => (int) $edge]) : $gone;
    }

    public function count(): array
    {
        $found = $this->connection()->fetchPairs($this->connection()->select()->from($this->table(), ['state', 'rows' => new \Zend_Db_Expr('COUNT(*)')])->group('state'));
        return ['waiting' => (int) ($found['waiting'] ?? 0), 'delivered' => (int) ($found['delivered'] ?? 0), 'parked' => (int) ($found['parked'] ?? 0)];
    }

    public function failures(int $limit): array
    {
        $select = $this->connection()->select()->from($this->table())
            ->where('last_error IS NOT NULL')->where('state <> ?', 'delivered')->order('id DESC')->limit($limit);
        return array_map(static fn (array $row): array => [
            'order_id' => (int) $row['order_id'], 'event' => (string) $row['event'], 'state' => (string) $row['state'], 'attempts' => (int) $row['attempts'],
            'status' => $row['last_status'] === null ? null : (int) $row['last_status'], 'error' => (string) $row['last_error'], 'due_at' => (int) $row['due_at'],
        ], $this->connection()->fetchAll($select));
    }

    /** @param array<string, mixed> $values */
    private function change(int $id, array $values): void
    {
        $this->connection()->update($this->table(), $values, ['id = ?' => $id]);
    }

    /** @param array<string, mixed> $row */
    private static function row(array $row): Row
    {
        return new Row((int) $row['id'], (string) $row['delivery'], (string) $row['event'], (int) $row['order_id'], (int) $row['store_id'], (int) $row['attempts'], (int) $row['created_at']);
    }

    private function connection(): AdapterInterface
    {
        return $this->resource->getConnection();
    }

    private function table(): string
    {
        return $this->resource->getTableName(self::TABLE);
    }
}
