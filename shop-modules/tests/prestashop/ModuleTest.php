<?php
declare(strict_types=1);

use Crossdock\Tests\Check;

require_once __DIR__ . '/Stubs.php';
require_once __DIR__ . '/../../prestashop/crossdock/crossdock.php';

$fresh = static function (): Crossdock {
    [Db::$statements, Db::$trouble, Configuration::$values, PrestaShopLogger::$lines, PrestaShopLogger::$isBroken] = [[], null, [], [], false];
    $module = new Crossdock();
    $module->install();
    Db::$statements = [];
    Configuration::$values['CROSSDOCK_URL'] = 'https://hub.example/in/tienda';
    return $module;
};

$order = new Order();
$order->id = 1042;
$paid = (object) ['id' => 2, 'paid' => 1];
$calls = [
    'actionValidateOrder' => ['order' => $order],
    'actionOrderStatusPostUpdate' => ['id_order' => 1042, 'newOrderStatus' => (object) ['id' => 4, 'paid' => 0], 'oldOrderStatus' => (object) ['id' => 3]],
    'actionOrderHistoryAddAfter' => ['order_history' => (object) ['id_order' => 1042]],
    'actionOrderSlipAdd' => ['order' => $order, 'productList' => [], 'qtyList' => []],
    'actionOrderReturn' => ['orderReturn' => (object) ['id_order' => 1042]],
    'actionOrderEdited' => ['order' => $order],
    'actionAdminOrdersTrackingNumberUpdate' => ['order' => $order],
    'actionObjectOrderCarrierUpdateAfter' => ['object' => (object) ['id' => 5, 'id_order' => 1042]],
    'actionObjectAddressUpdateAfter' => ['object' => (object) ['id' => 911]],
    'actionObjectOrderUpdateAfter' => ['object' => $order],
];

return [
    'installing makes table, secret, token and hooks' => static function (Check $check) use ($fresh, $calls): void {
        $module = $fresh();
        $check->same(32, strlen((string) base64_decode(Configuration::$values['CROSSDOCK_SECRET'], true)));
        $check->same(32, strlen(Configuration::$values['CROSSDOCK_TOKEN']));
        $check->same([], array_diff(array_keys($calls), $module->hooks));
        foreach ($module->hooks as $hook) {
            $check->true(method_exists($module, 'hook' . ucfirst($hook)), $hook);
        }

        Crossdock\PrestaShop\DbOutbox::create();
        $check->contains('CREATE TABLE IF NOT EXISTS `ps_crossdock_outbox`', Db::$statements[0]);
    },
    'a hook is one statement' => static function (Check $check) use ($fresh, $calls): void {
        foreach ($calls as $hook => $params) {
            $module = $fresh();
            $module->{'hook' . ucfirst($hook)}($params);
            $check->same(1, count(Db::$statements), $hook);
            $check->contains('INSERT INTO `ps_crossdock_outbox`', Db::$statements[0]);
            $check->contains($hook === 'actionObjectAddressUpdateAfter' ? '911' : '1042', Db::$statements[0]);
            $check->same([], PrestaShopLogger::$lines, $hook);
        }
    },
    'a payment concerns the other orders of a split purchase' => static function (Check $check) use ($fresh, $paid): void {
        $module = $fresh();
        $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => $paid]);
        $check->same(2, count(Db::$statements));
        $check->contains('p.`reference` = o.`reference`', Db::$statements[1]);
    },
    'no hook throws when the database does' => static function (Check $check) use ($fresh, $calls): void {
        foreach ($calls as $hook => $params) {
            $module = $fresh();
            Db::$trouble = new RuntimeException('Table ps_crossdock_outbox does not exist');
            $module->{'hook' . ucfirst($hook)}($params);
            $check->contains('does not exist', PrestaShopLogger::$lines[0]);
        }
    },
    'no hook throws when the log does, too, or on an error of PHP' => static function (Check $check) use ($fresh, $calls): void {
        foreach ($calls as $hook => $params) {
            $module = $fresh();
            [Db::$trouble, PrestaShopLogger::$isBroken] = [new TypeError('broken'), true];
            $module->{'hook' . ucfirst($hook)}($params);
            $check->same([], Db::$statements, $hook);
        }
    },
    'odd parameters are passed over' => static function (Check $check) use ($fresh, $calls): void {
        foreach (array_keys($calls) as $hook) {
            foreach ([[], ['order' => null, 'object' => null], ['order' => 7, 'object' => 'x', 'id_order' => 'abc'], null] as $params) {
                $module = $fresh();
                $module->{'hook' . ucfirst($hook)}($params);
                $check->same([], Db::$statements, $hook);
            }
        }
    },
    'without an address, or after the hub said 410, nothing is written' => static function (Check $check) use ($fresh, $calls): void {
        foreach ([['CROSSDOCK_URL' => ''], ['CROSSDOCK_STOPPED' => 1]] as $values) {
            foreach ($calls as $hook => $params) {
                $module = $fresh();
                Configuration::$values = $values + Configuration::$values;
                $module->{'hook' . ucfirst($hook)}($params);
                $check->same([], Db::$statements, $hook);
            }
        }
    },
    'text of the shop cannot leave its quotes' => static function (Check $check) use ($fresh): void {
        $fresh();
        Crossdock\PrestaShop\DbOutbox::add("order.x'; DROP TABLE ps_orders; --", 7, 1, ['a' => "it's"]);
        $check->containsNot("x'; DROP", Db::$statements[0]);
        $check->containsNot("it's", Db::$statements[0]);
    },
    'uninstalling takes its settings and an empty table away' => static function (Check $check) use ($fresh): void {
        $module = $fresh();
        $check->same(true, $module->uninstall());
        $check->contains('DROP TABLE', implode(' ', Db::$statements));
        $check->same(false, Configuration::get('CROSSDOCK_SECRET'));
    },
];
