<?php

namespace Crossdock\PrestaShop;

use Db;

/** The table in the shop's own database. Times are UTC, from PHP's clock. */
class DbOutbox implements Outbox
{
    const TABLE = 'crossdock_outbox';
    const LEASE_SECONDS = 60;

    public static function create(): bool
    {
        return Db::getInstance()->execute('CREATE TABLE IF NOT EXISTS `' . self::table() . '` (
            `id_event` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
            `event_uid` CHAR(36) NOT NULL,
            `id_shop` INT UNSIGNED NOT NULL,
            `topic` VARCHAR(40) NOT NULL,
            `id_object` INT UNSIGNED NOT NULL,
            `detail` TEXT NULL,
            `created_at` DATETIME(6) NOT NULL,
            `attempts` SMALLINT UNSIGNED NOT NULL DEFAULT 0,
            `next_attempt_at` DATETIME NOT NULL,
            `lease` CHAR(36) NULL,
            `locked_until` DATETIME NULL,
            `last_status` SMALLINT NULL,
            `last_error` VARCHAR(255) NULL,
            `delivered_at` DATETIME NULL,
            `parked_at` DATETIME NULL,
            UNIQUE KEY `uq_event` (`event_uid`),
            KEY `ix_due` (`delivered_at`, `parked_at`, `next_attempt_at`),
            KEY `ix_object` (`id_object`, `delivered_at`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4');
    }

    /** Kept while something in it has not been sent. */
    public static function dropIfEmpty(): bool
    {
        $db = Db::getInstance();
        return (int) $db->getValue('SELECT COUNT(*) FROM `' . self::table() . '` WHERE `delivered_at` IS NULL') > 0 || $db->execute('DROP TABLE IF EXISTS `' . self::table() . '`');
    }

    /** Adds an event in one statement; one of the same order that waits untried says it already, since bodies are made when they are sent. */
    public static function add(string $topic, int $order, int $shop, array $detail): void
    {
        $now = self::moment();
        Db::getInstance()->execute('INSERT INTO `' . self::table() . '` (`event_uid`, `id_shop`, `topic`, `id_object`, `detail`, `created_at`, `next_attempt_at`)
            SELECT \'' . pSQL(Uuid::make()) . '\', ' . $shop . ', \'' . pSQL($topic) . '\', ' . $order . ', ' . self::detail($detail) . ', \'' . $now . '\', \'' . substr($now, 0, 19) . '\' FROM DUAL
            WHERE NOT EXISTS (SELECT 1 FROM (' . self::untried() . ' AND `id_object` = ' . $order . ') AS `same`)');
    }

    /** The orders that a split purchase left unpaid: the payment of this one concerns them. */
    public static function addSiblings(int $order, int $shop): void
    {
        $now = self::moment();
        $orders = _DB_PREFIX_ . 'orders';
        Db::getInstance()->execute('INSERT INTO `' . self::table() . '` (`event_uid`, `id_shop`, `topic`, `id_object`, `detail`, `created_at`, `next_attempt_at`)
            SELECT UUID(), ' . $shop . ', \'order.state_changed\', o.`id_order`, NULL, \'' . $now . '\', \'' . substr($now, 0, 19) . '\'
            FROM `' . $orders . '` o INNER JOIN `' . $orders . '` p ON p.`id_order` = ' . $order . ' AND p.`reference` = o.`reference` AND p.`id_cart` = o.`id_cart`
            WHERE o.`id_order` <> ' . $order);
    }

    /** Open orders that go to this address. */
    public static function addForAddress(int $address, int $shop): void
    {
        $now = self::moment();
        Db::getInstance()->execute('INSERT INTO `' . self::table() . '` (`event_uid`, `id_shop`, `topic`, `id_object`, `detail`, `created_at`, `next_attempt_at`)
            SELECT UUID(), ' . $shop . ', \'order.edited\', o.`id_order`, NULL, \'' . $now . '\', \'' . substr($now, 0, 19) . '\' FROM `' . _DB_PREFIX_ . 'orders` o
            WHERE (o.`id_address_delivery` = ' . $address . ' OR o.`id_address_invoice` = ' . $address . ') AND o.`date_add` > DATE_SUB(NOW(), INTERVAL 60 DAY)
                AND o.`id_order` NOT IN (SELECT `id_object` FROM (' . self::untried() . ') AS `same`)');
    }

    public function lease(int $most, int $now): array
    {
        $lease = Uuid::make();
        $at = self::time($now);
        Db::getInstance()->execute('UPDATE `' . self::table() . '` SET `lease` = \'' . $lease . '\', `locked_until` = \'' . self::time($now + self::LEASE_SECONDS) . '\'
            WHERE `delivered_at` IS NULL AND `parked_at` IS NULL AND `next_attempt_at` <= \'' . $at . '\' AND (`locked_until` IS NULL OR `locked_until` < \'' . $at . '\')
            ORDER BY `id_event` LIMIT ' . $most);
        return self::rows('SELECT * FROM `' . self::table() . '` WHERE `lease` = \'' . $lease . '\' AND `delivered_at` IS NULL ORDER BY `id_event`');
    }

    public function hasOlder(array $row, array $leasedIds): bool
    {
        return (bool) Db::getInstance()->getValue('SELECT 1 FROM `' . self::table() . '` WHERE `id_object` = ' . (int) $row['id_object'] . ' AND `delivered_at` IS NULL AND `parked_at` IS NULL
            AND `id_event` < ' . (int) $row['id_event'] . ' AND `id_event` NOT IN (' . implode(',', array_map('intval', $leasedIds)) . ')');
    }

    public function delivered(array $row, int $status, int $now): void
    {
        $this->update($row, '`delivered_at` = \'' . self::time($now) . '\', `last_status` = ' . $status . ', `last_error` = NULL, `attempts` = `attempts` + 1');
    }

    public function failed(array $row, int $status, string $error, $next, int $now): void
    {
        $this->update($row, '`attempts` = `attempts` + 1, `last_status` = ' . $status . ', `last_error` = \'' . pSQL($error) . '\', '
            . ($next === null ? '`parked_at` = \'' . self::time($now) . '\'' : '`next_attempt_at` = \'' . self::time((int) $next) . '\''));
    }

    public function release(array $row): void
    {
        $this->update($row, '`attempts` = `attempts`');
    }

    public function forget(int $before): void
    {
        Db::getInstance()->execute('DELETE FROM `' . self::table() . '` WHERE `delivered_at` < \'' . self::time($before) . '\' LIMIT 500');
    }

    /** What has not been sent and why, the newest first. */
    public static function troubles(int $most): array
    {
        return self::rows('SELECT * FROM `' . self::table() . '` WHERE `delivered_at` IS NULL AND `attempts` > 0 ORDER BY `id_event` DESC LIMIT ' . $most);
    }

    /** waiting, failing, parked, and when something was sent last. */
    public static function figures(): array
    {
        $row = Db::getInstance()->getRow('SELECT SUM(`delivered_at` IS NULL AND `parked_at` IS NULL) AS waiting, SUM(`delivered_at` IS NULL AND `attempts` > 0) AS failing, SUM(`parked_at` IS NOT NULL AND `delivered_at` IS NULL) AS parked, MAX(`delivered_at`) AS last FROM `' . self::table() . '`');
        return is_array($row) ? $row : [];
    }

    /** Everything that failed is tried again at once. */
    public static function again(): void
    {
        Db::getInstance()->execute('UPDATE `' . self::table() . '` SET `parked_at` = NULL, `created_at` = IF(`parked_at` IS NULL, `created_at`, \'' . self::moment() . '\'), `next_attempt_at` = \'' . self::time(time()) . '\' WHERE `delivered_at` IS NULL');
    }

    private function update(array $row, string $changes): void
    {
        // Only its own: a lease that ran out may be another worker's by now.
        Db::getInstance()->execute('UPDATE `' . self::table() . '` SET ' . $changes . ', `locked_until` = NULL, `lease` = NULL WHERE `id_event` = ' . (int) $row['id_event'] . ' AND `lease` = \'' . pSQL($row['lease']) . '\'');
    }

    private static function untried(): string
    {
        return 'SELECT `id_object` FROM `' . self::table() . '` WHERE `delivered_at` IS NULL AND `parked_at` IS NULL AND `attempts` = 0 AND `locked_until` IS NULL';
    }

    private static function rows(string $sql): array
    {
        $rows = Db::getInstance()->executeS($sql, true, false);
        return is_array($rows) ? $rows : [];
    }

    private static function detail(array $detail): string
    {
        return $detail === [] ? 'NULL' : '\'' . pSQL((string) json_encode($detail)) . '\'';
    }

    private static function moment(): string
    {
        return \DateTime::createFromFormat('U.u', sprintf('%.6F', microtime(true)))->format('Y-m-d H:i:s.u');
    }

    private static function time(int $seconds): string
    {
        return gmdate('Y-m-d H:i:s', $seconds);
    }

    private static function table(): string
    {
        return _DB_PREFIX_ . self::TABLE;
    }
}
