<?php

namespace Crossdock\PrestaShop;

/**
 * The module's table of what is to be sent. A row is an array with id_event, event_uid, id_shop, topic, id_object, detail (JSON or null),
 * created_at (UTC, "Y-m-d H:i:s" with or without a fraction), attempts.
 */
interface Outbox
{
    /**
     * Takes up to so many due rows for a minute, so that no other worker sends them.
     *
     * @return array[] in order of id_event
     */
    public function lease(int $most, int $now): array;

    /** True when an older row of the same order waits that is not among these. */
    public function hasOlder(array $row, array $leasedIds): bool;

    public function delivered(array $row, int $status, int $now): void;

    /** @param int|null $next when it is tried again, seconds since 1970; null for no more by itself */
    public function failed(array $row, int $status, string $error, $next, int $now): void;

    /** Gives a row back untried. */
    public function release(array $row): void;

    /** Deletes rows delivered before this time. */
    public function forget(int $before): void;
}
