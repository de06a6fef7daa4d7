<?php
declare(strict_types=1);

// As much of PrestaShop as the module's main class touches, told by the tests how to behave.

define('_PS_VERSION_', '8.1.7');
define('_DB_PREFIX_', 'ps_');

function pSQL(string $text): string
{
    return addslashes($text);
}

final class Db
{
    public static array $statements = [];
    public static ?Throwable $trouble = null;

    public static function getInstance(): self
    {
        return new self();
    }

    public function execute(string $sql): bool
    {
        if (self::$trouble !== null) {
            throw self::$trouble;
        }

        self::$statements[] = $sql;
        return true;
    }

    public function getValue(string $sql)
    {
        self::$statements[] = $sql;
        return '0';
    }
}

final class Configuration
{
    public static array $values = [];

    public static function get(string $name)
    {
        return self::$values[$name] ?? false;
    }

    public static function updateValue(string $name, $value): bool
    {
        self::$values[$name] = $value;
        return true;
    }

    public static function deleteByName(string $name): bool
    {
        unset(self::$values[$name]);
        return true;
    }
}

final class PrestaShopLogger
{
    public static array $lines = [];
    public static bool $isBroken = false;

    public static function addLog(...$line): void
    {
        if (self::$isBroken) {
            throw new RuntimeException('the log is full');
        }

        self::$lines[] = $line[0];
    }
}

class Order
{
    public int $id = 0;
}

abstract class Module
{
    public $name, $tab, $version, $author, $need_instance, $bootstrap, $ps_versions_compliancy, $displayName, $description, $confirmUninstall, $context;
    public $id = 77;
    public array $hooks = [];

    public function __construct()
    {
    }

    public function l(string $text): string
    {
        return $text;
    }

    public function install()
    {
        return true;
    }

    public function uninstall()
    {
        return true;
    }

    public function registerHook($name)
    {
        $this->hooks[] = $name;
        return true;
    }
}
