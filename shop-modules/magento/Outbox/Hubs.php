<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** Which hub a store view tells. */
interface Hubs
{
    /** Null where it is switched off. */
    public function of(int $storeId): ?Hub;
}
