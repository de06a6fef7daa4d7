<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** Where orders are read as REST would give them. */
interface Orders
{
    /**
     * The order as it is now; null when it is not there any more.
     * @return array{store: string, order: array<string, mixed>, shipments: list<array<string, mixed>>, creditmemos: list<array<string, mixed>>}|null
     */
    public function read(int $orderId): ?array;
}
