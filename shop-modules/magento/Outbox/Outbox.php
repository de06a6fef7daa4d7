<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** Remembers what the hub is to be told, and tells it. Not final: Magento derives the proxy through which observers reach it. */
class Outbox
{
    /** How long a job may work on a row before another may take it: longer than the transport waits. */
    private const LEASE = 300;

    /** Ends before the next run begins. */
    private const RUN_SECONDS = 45;

    private const BATCH = 20;

    /** A hub that fails so often in a row is left alone until the next run. */
    private const FAILURES_IN_A_ROW = 3;

    /** Delivered rows are kept for a look back, parked ones for a person. */
    private const DELIVERED_DAYS = 7;
    private const PARKED_DAYS = 60;
    private const MOST_ROWS = 200000;

    public function __construct(
        private readonly Rows $rows,
        private readonly Orders $orders,
        private readonly Hubs $hubs,
        private readonly Transport $transport,
        private readonly Clock $clock
    ) {
    }

    /**
     * Something of an order was saved. Called inside the shopper's request: one look and one row at most, no network.
     * An order that waits already is not written again, for what is sent is read when it is sent.
     */
    public function remember(string $event, int $orderId, int $storeId): void
    {
        if ($orderId <= 0 || $this->hubs->of($storeId) === null) {
            return;
        }

        $now = $this->clock->now();
        $waiting = $this->rows->waiting($orderId, $now);
        if ($waiting === null) {
            $this->rows->add(Signer::delivery(), $event, $orderId, $storeId, $now);
        } elseif ($waiting->attempts > 0 && !$this->rows->renew($waiting->id, Signer::delivery(), $now)) {
            $this->rows->add(Signer::delivery(), $event, $orderId, $storeId, $now);
        }
    }

    /**
     * Sends what is due.
     * @return array{delivered: int, failed: int, parked: int}
     */
    public function run(): array
    {
        $done = ['delivered' => 0, 'failed' => 0, 'parked' => 0];
        $end = $this->clock->now() + self::RUN_SECONDS;
        $inARow = 0;
        while ($inARow < self::FAILURES_IN_A_ROW && $this->clock->now() < $end) {
            $now = $this->clock->now();
            $claimed = $this->rows->claim($now, $now + self::LEASE, self::BATCH);
            if ($claimed === []) {
                break;
            }

            foreach ($claimed as $row) {
                if ($inARow >= self::FAILURES_IN_A_ROW || $this->clock->now() >= $end) {
                    $this->rows->release($row->id);
                    continue;
                }

                $outcome = $this->attempt($row);
                $done[$outcome]++;
                $inARow = $outcome === 'delivered' ? 0 : $inARow + 1;
            }
        }

        return $done;
    }

    /** Sends a test of one store view's settings; answers null when the hub took it, otherwise what is wrong. */
    public function test(int $storeId, string $storeCode): ?string
    {
        $hub = $this->hubs->of($storeId);
        if ($hub === null) {
            return 'Telling the hub is switched off for this store view: switch it on and save.';
        }

        $problem = $hub->problem();
        if ($problem !== null) {
            return $problem;
        }

        $body = Payload::test($storeCode);
        $answer = $this->transport->post($hub->url, Signer::headers('test', Signer::delivery(), $this->clock->now(), $body, $hub->secret), $body);
        return $answer->isDelivered() ? null : $answer->inWords();
    }

    /** Removes what is old, so that the table stays small. */
    public function clean(): int
    {
        $now = $this->clock->now();
        return $this->rows->clean($now - self::DELIVERED_DAYS * 86400, $now - self::PARKED_DAYS * 86400, self::MOST_ROWS);
    }

    private function attempt(Row $row): string
    {
        $attempts = $row->attempts + 1;
        try {
            $hub = $this->hubs->of($row->storeId);
            $problem = $hub === null ? 'Telling the hub is switched off for this store view.' : $hub->problem();
            if ($hub === null || $problem !== null) {
                return $this->failed($row, $attempts, new Answer(null, (string) $problem), (string) $problem);
            }

            $read = $this->orders->read($row->orderId);
            $body = Payload::of($row->event, $row->orderId, $read, $hub->sendsOrders);
            $headers = Signer::headers($row->event, $row->delivery, $this->clock->now(), $body, $hub->secret);
            $answer = $this->transport->post($hub->url, $headers, $body);
        } catch (\Throwable $broken) {
            return $this->failed($row, $attempts, new Answer(null, $broken->getMessage()), 'The message could not be made: ' . $broken->getMessage());
        }

        if ($answer->isDelivered()) {
            $this->rows->delivered($row->id, (int) $answer->status, $this->clock->now());
            return 'delivered';
        }

        return $this->failed($row, $attempts, $answer, $answer->inWords());
    }

    private function failed(Row $row, int $attempts, Answer $answer, string $error): string
    {
        $error = self::cut($error);
        $wait = RetrySchedule::after($attempts, in_array($answer->status, [429, 503], true) ? $answer->retryAfter : null);
        if ($wait === null) {
            $this->rows->park($row->id, $attempts, $answer->status, $error, $this->clock->now());
            return 'parked';
        }

        $this->rows->failed($row->id, $attempts, $this->clock->now() + $wait, $answer->status, $error);
        return 'failed';
    }

    private static function cut(string $error): string
    {
        // Cut between characters, without needing another extension of PHP.
        return strlen($error) <= 500 ? $error : (string) preg_replace('/[\x80-\xBF]*$|[\xC0-\xFF]$/', '', substr($error, 0, 497)) . '...';
    }
}
