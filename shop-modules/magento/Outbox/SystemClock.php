<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

final class SystemClock implements Clock
{
    public function now(): int
    {
        return time();
    }
}
