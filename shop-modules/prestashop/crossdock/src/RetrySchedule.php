<?php

namespace Crossdock\PrestaShop;

/** When what could not be sent is tried again: soon, then later and later, daily for two weeks, then no more by itself. */
class RetrySchedule
{
    const GIVE_UP_AFTER = 1209600;

    /** Seconds after the first, second, ... failure. */
    const WAITS = [60, 300, 900, 3600, 10800, 21600, 43200, 86400];

    /**
     * @param int $attempts failures so far, at least 1
     * @param int $age seconds since it happened
     * @return int|null seconds to wait; null when it is given up
     */
    public static function next(int $attempts, int $age)
    {
        if ($age >= self::GIVE_UP_AFTER) {
            return null;
        }

        $waits = self::WAITS;
        return $waits[min(max($attempts, 1), count($waits)) - 1];
    }
}
