<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** One thing the hub is to be told: that something about an order changed. What exactly is read when it is sent. */
final class Row
{
    public function __construct(
        public readonly int $id,
        public readonly string $delivery,
        public readonly string $event,
        public readonly int $orderId,
        public readonly int $storeId,
        public readonly int $attempts,
        public readonly int $createdAt
    ) {
    }
}
