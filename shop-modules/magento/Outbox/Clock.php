<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

interface Clock
{
    /** Seconds since 1970. */
    public function now(): int;
}
