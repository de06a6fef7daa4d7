<?php

namespace Crossdock\PrestaShop;

use Configuration;
use Db;

/** Reads what belongs to one order straight from the shop's tables: their columns have hardly changed from 1.7 to 9, the classes in front of them have. */
class OrderRows
{
    /** @return array|null what Payload::build wants; null when there is no such order */
    public static function read(int $id)
    {
        $order = self::row('SELECT * FROM `' . self::table('orders') . '` WHERE `id_order` = ' . $id);
        if ($order === null) {
            return null;
        }

        $language = (int) Configuration::get('PS_LANG_DEFAULT');
        $shop = (int) $order['id_shop'];
        $reference = pSQL((string) $order['reference']);
        $slips = self::rows('SELECT * FROM `' . self::table('order_slip') . '` WHERE `id_order` = ' . $id . ' ORDER BY `id_order_slip`');
        foreach ($slips as &$slip) {
            $slip['details'] = self::rows('SELECT * FROM `' . self::table('order_slip_detail') . '` WHERE `id_order_slip` = ' . (int) $slip['id_order_slip']);
        }

        unset($slip);
        return [
            'order' => $order,
            'shop' => self::shop($shop, (int) $order['id_shop_group']),
            'state' => self::row('SELECT s.*, l.`name`, l.`template` FROM `' . self::table('order_state') . '` s LEFT JOIN `' . self::table('order_state_lang') . '` l
                ON l.`id_order_state` = s.`id_order_state` AND l.`id_lang` = ' . $language . ' WHERE s.`id_order_state` = ' . (int) $order['current_state']),
            'state_keys' => self::stateKeys(),
            'currency' => self::row('SELECT * FROM `' . self::table('currency') . '` WHERE `id_currency` = ' . (int) $order['id_currency']),
            'language' => self::row('SELECT * FROM `' . self::table('lang') . '` WHERE `id_lang` = ' . (int) $order['id_lang']),
            'customer' => self::row('SELECT * FROM `' . self::table('customer') . '` WHERE `id_customer` = ' . (int) $order['id_customer']),
            'delivery' => self::address((int) $order['id_address_delivery']),
            'invoice' => self::address((int) $order['id_address_invoice']),
            'carrier' => self::row('SELECT c.*, l.`delay` FROM `' . self::table('carrier') . '` c LEFT JOIN `' . self::table('carrier_lang') . '` l
                ON l.`id_carrier` = c.`id_carrier` AND l.`id_lang` = ' . $language . ' AND l.`id_shop` = ' . $shop . ' WHERE c.`id_carrier` = ' . (int) $order['id_carrier']),
            'carriers' => self::rows('SELECT o.*, c.`name` AS carrier_name, c.`url` AS carrier_url FROM `' . self::table('order_carrier') . '` o LEFT JOIN `' . self::table('carrier') . '` c
                ON c.`id_carrier` = o.`id_carrier` WHERE o.`id_order` = ' . $id . ' ORDER BY o.`id_order_carrier`'),
            'details' => self::rows('SELECT * FROM `' . self::table('order_detail') . '` WHERE `id_order` = ' . $id . ' ORDER BY `id_order_detail`'),
            'payments' => $reference === '' ? [] : self::rows('SELECT p.*, c.`iso_code` AS currency_iso FROM `' . self::table('order_payment') . '` p LEFT JOIN `' . self::table('currency') . '` c
                ON c.`id_currency` = p.`id_currency` WHERE p.`order_reference` = \'' . $reference . '\' ORDER BY p.`id_order_payment`'),
            'cart_rules' => self::rows('SELECT * FROM `' . self::table('order_cart_rule') . '` WHERE `id_order` = ' . $id . ' ORDER BY `id_order_cart_rule`'),
            'histories' => self::rows('SELECT h.*, s.`shipped`, s.`paid` FROM `' . self::table('order_history') . '` h LEFT JOIN `' . self::table('order_state') . '` s
                ON s.`id_order_state` = h.`id_order_state` WHERE h.`id_order` = ' . $id . ' ORDER BY h.`id_order_history`'),
            'slips' => $slips,
            'messages' => self::messages($id),
            'siblings' => $reference === '' ? [] : self::rows('SELECT o.`id_order`, o.`id_cart`, o.`current_state`, o.`total_paid_real`, s.`paid` FROM `' . self::table('orders') . '` o LEFT JOIN `' . self::table('order_state') . '` s
                ON s.`id_order_state` = o.`current_state` WHERE o.`reference` = \'' . $reference . '\' AND o.`id_cart` = ' . (int) $order['id_cart'] . ' AND o.`id_order` <> ' . $id),
        ];
    }

    /** What the document says of the shop. */
    public static function shop(int $shop, int $group): array
    {
        $address = self::row('SELECT * FROM `' . self::table('shop_url') . '` WHERE `id_shop` = ' . $shop . ' AND `main` = 1');
        return [
            'url' => $address === null ? '' : 'https://' . ($address['domain_ssl'] ?: $address['domain']) . rtrim($address['physical_uri'] . $address['virtual_uri'], '/'),
            'id_shop' => $shop,
            'id_shop_group' => $group,
            'version' => defined('_PS_VERSION_') ? _PS_VERSION_ : '',
            'timezone' => (string) Configuration::get('PS_TIMEZONE'),
            'weight_unit' => (string) Configuration::get('PS_WEIGHT_UNIT'),
        ];
    }

    private static function stateKeys(): array
    {
        $keys = [];
        foreach (Payload::STATE_KEYS as $key) {
            $keys[$key] = (int) Configuration::get($key);
        }

        return $keys;
    }

    private static function address(int $id)
    {
        return self::row('SELECT a.*, c.`iso_code` AS country_iso, s.`iso_code` AS state_iso, s.`name` AS state_name FROM `' . self::table('address') . '` a
            LEFT JOIN `' . self::table('country') . '` c ON c.`id_country` = a.`id_country` LEFT JOIN `' . self::table('state') . '` s ON s.`id_state` = a.`id_state` WHERE a.`id_address` = ' . $id);
    }

    // The checkout's comment is a message of the order, and in newer shops also the first one of a customer thread.
    private static function messages(int $order): array
    {
        return array_merge(
            self::rows('SELECT `private`, `id_employee`, `message`, `date_add` FROM `' . self::table('message') . '` WHERE `id_order` = ' . $order . ' ORDER BY `id_message`'),
            self::rows('SELECT m.`private`, m.`id_employee`, m.`message`, m.`date_add` FROM `' . self::table('customer_message') . '` m INNER JOIN `' . self::table('customer_thread') . '` t
                ON t.`id_customer_thread` = m.`id_customer_thread` WHERE t.`id_order` = ' . $order . ' ORDER BY m.`id_customer_message`')
        );
    }

    /** @return array|null */
    private static function row(string $sql)
    {
        $row = Db::getInstance()->getRow($sql, false);
        return is_array($row) && $row !== [] ? $row : null;
    }

    private static function rows(string $sql): array
    {
        $rows = Db::getInstance()->executeS($sql, true, false);
        return is_array($rows) ? $rows : [];
    }

    private static function table(string $name): string
    {
        return _DB_PREFIX_ . $name;
    }
}
