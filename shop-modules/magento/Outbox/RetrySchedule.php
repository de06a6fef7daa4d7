<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** When a failed message is tried again. */
final class RetrySchedule
{
    /** 1, 5, 15 and 60 minutes, three times 6 hours, three times 12, 24: more than three days in all. */
    public const WAITS = [60, 300, 900, 3600, 21600, 21600, 21600, 43200, 43200, 43200, 86400];

    private const LONGEST = 86400;

    /**
     * Seconds until the next attempt; null when it is given up.
     * @param int $attempts how many have failed so far
     * @param int|null $asked what the hub's Retry-After said
     */
    public static function after(int $attempts, ?int $asked = null): ?int
    {
        $wait = self::WAITS[max(1, $attempts) - 1] ?? null;
        if ($wait === null) {
            return null;
        }

        // A hub that is only busy is asked sooner, one that wants quiet later.
        return $asked === null ? $wait : max(1, min(self::LONGEST, $asked));
    }
}
