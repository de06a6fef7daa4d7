<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** The table of what is to be sent. */
interface Rows
{
    /** A row of this order that waits and that no job works on now; null for none. */
    public function waiting(int $orderId, int $now): ?Row;

    public function add(string $delivery, string $event, int $orderId, int $storeId, int $now): void;

    /** A waiting row begins anew: due now, without attempts, under another delivery id. False when a job has taken it meanwhile. */
    public function renew(int $id, string $delivery, int $now): bool;

    /**
     * Takes rows that are due, oldest first; nobody else gets them before the time given.
     * @return list<Row>
     */
    public function claim(int $now, int $until, int $limit): array;

    public function delivered(int $id, int $status, int $now): void;

    public function failed(int $id, int $attempts, int $dueAt, ?int $status, string $error): void;

    /** Gives a row back that was claimed and not tried. */
    public function release(int $id): void;

    /** Given up until a person sends it again. */
    public function park(int $id, int $attempts, ?int $status, string $error, int $now): void;

    /** Parked rows wait again, due now. Answers how many. */
    public function unpark(int $now): int;

    /** Removes what ended before the times given, and the oldest of everything beyond a number of rows. Answers how many. */
    public function clean(int $deliveredBefore, int $parkedBefore, int $atMost): int;

    /** @return array{waiting: int, delivered: int, parked: int} */
    public function count(): array;

    /**
     * The last failures, newest first.
     * @return list<array{order_id: int, event: string, state: string, attempts: int, status: ?int, error: string, due_at: int}>
     */
    public function failures(int $limit): array;
}
