<?php

namespace Crossdock\PrestaShop;

/**
 * Makes the document of one order (schema 1) from rows of the shop's tables: under the names of PrestaShop's webservice, with ISO codes beside ids,
 * without passwords, keys and card data. Pure: rows in, document out.
 */
class Payload
{
    const SCHEMA = 1;

    /** Configuration keys that point at the default states. */
    const STATE_KEYS = [
        'PS_OS_BANKWIRE', 'PS_OS_CANCELED', 'PS_OS_CHEQUE', 'PS_OS_COD_VALIDATION', 'PS_OS_DELIVERED', 'PS_OS_ERROR', 'PS_OS_OUTOFSTOCK', 'PS_OS_OUTOFSTOCK_PAID',
        'PS_OS_OUTOFSTOCK_UNPAID', 'PS_OS_PAYMENT', 'PS_OS_PAYPAL', 'PS_OS_PREPARATION', 'PS_OS_REFUND', 'PS_OS_SHIPPING', 'PS_OS_WS_PAYMENT',
    ];

    const ROW_FIELDS = [
        'product_id', 'product_attribute_id', 'product_quantity', 'product_name', 'product_reference', 'product_ean13', 'product_isbn', 'product_upc', 'product_price',
        'id_customization', 'unit_price_tax_incl', 'unit_price_tax_excl',
    ];

    const DETAIL_FIELDS = [
        'product_quantity_return', 'product_quantity_refunded', 'product_quantity_reinjected', 'product_mpn', 'product_supplier_reference', 'product_weight', 'id_warehouse',
        'original_product_price', 'reduction_percent', 'reduction_amount_tax_incl', 'ecotax', 'total_price_tax_incl', 'total_price_tax_excl',
    ];

    const CUSTOMER_FIELDS = ['id_default_group', 'firstname', 'lastname', 'email', 'company', 'siret', 'ape', 'website', 'is_guest', 'note'];

    const ADDRESS_FIELDS = [
        'alias', 'company', 'firstname', 'lastname', 'vat_number', 'dni', 'address1', 'address2', 'postcode', 'city', 'other', 'phone', 'phone_mobile', 'deleted',
        'country_iso', 'state_iso', 'state_name',
    ];

    const PAYMENT_FIELDS = ['order_reference', 'id_currency', 'amount', 'payment_method', 'conversion_rate', 'transaction_id', 'date_add', 'currency_iso'];

    const NEVER = ['id_order', 'secure_key'];

    /**
     * @param array $event a row of the outbox
     * @param array $rows order, shop, state, currency, language, customer, delivery, invoice, carrier, carriers, details, payments, cart_rules, histories, slips, messages, siblings: rows as the tables have them
     * @param string $builtAt now, UTC, ISO 8601
     */
    public static function build(array $event, array $rows, string $builtAt): array
    {
        $order = $rows['order'];
        $detail = isset($event['detail']) && is_string($event['detail']) ? json_decode($event['detail'], true) : null;
        $sameAddress = (int) $order['id_address_invoice'] === (int) $order['id_address_delivery'];
        return [
            'schema' => self::SCHEMA,
            'event_uid' => $event['event_uid'],
            'topic' => $event['topic'],
            'occurred_at' => self::utc($event['created_at']),
            'built_at' => $builtAt,
            'shop' => $rows['shop'],
            'detail' => $detail,
            'order' => self::order($order, $rows['details']),
            'order_state' => self::state($rows['state'], isset($rows['state_keys']) ? $rows['state_keys'] : []),
            'currency' => self::only($rows['currency'], ['iso_code']),
            'language' => self::only($rows['language'], ['iso_code', 'locale']),
            'customer' => self::withId($rows['customer'], 'id_customer', self::CUSTOMER_FIELDS),
            'addresses' => [
                'delivery' => self::withId($rows['delivery'], 'id_address', self::ADDRESS_FIELDS),
                'invoice' => $sameAddress ? null : self::withId($rows['invoice'], 'id_address', self::ADDRESS_FIELDS),
            ],
            'carrier' => self::withId($rows['carrier'], 'id_carrier', ['id_reference', 'name', 'url', 'delay', 'external_module_name']),
            'order_carriers' => self::each($rows['carriers'], function ($row) use ($order) {
                $fields = ['id_carrier', 'weight', 'shipping_cost_tax_excl', 'shipping_cost_tax_incl', 'tracking_number', 'date_add'];
                // An order can go by another carrier than it was placed with.
                return self::withId($row, 'id_order_carrier', (int) $row['id_carrier'] === (int) $order['id_carrier'] ? $fields : array_merge($fields, ['carrier_name', 'carrier_url']));
            }),
            'order_details' => self::each($rows['details'], function ($row) {
                $kept = self::withId($row, 'id_order_detail', self::DETAIL_FIELDS);
                // The hash opens the download: only that there is one is told.
                return !empty($row['download_hash']) ? $kept + ['is_virtual' => '1'] : $kept;
            }),
            'order_payments' => self::each($rows['payments'], function ($row) {
                return self::withId($row, 'id_order_payment', self::PAYMENT_FIELDS);
            }),
            'order_cart_rules' => self::each($rows['cart_rules'], function ($row) {
                // One that was taken off the order again stays as a deleted row.
                return !empty($row['deleted']) ? null : self::withId($row, 'id_order_cart_rule', ['name', 'value', 'value_tax_excl', 'free_shipping']);
            }),
            'order_histories' => self::each($rows['histories'], function ($row) {
                return self::withId($row, 'id_order_history', ['id_order_state', 'date_add', 'shipped', 'paid']);
            }),
            'order_slips' => self::each($rows['slips'], function ($row) {
                $fields = ['conversion_rate', 'total_products_tax_excl', 'total_products_tax_incl', 'total_shipping_tax_excl', 'total_shipping_tax_incl', 'amount', 'shipping_cost_amount', 'partial', 'order_slip_type', 'date_add'];
                $slip = self::withId($row, 'id_order_slip', $fields);
                $slip['order_slip_details'] = self::each(isset($row['details']) ? $row['details'] : [], function ($line) {
                    return self::only($line, ['id_order_detail', 'product_quantity', 'amount_tax_excl', 'amount_tax_incl', 'total_price_tax_incl']);
                });
                return $slip;
            }),
            'messages' => self::each($rows['messages'], function ($row) {
                return self::only($row, ['private', 'id_employee', 'message', 'date_add']);
            }),
            'siblings' => self::each($rows['siblings'], function ($row) {
                $isPaid = !empty($row['paid']) || (float) (isset($row['total_paid_real']) ? $row['total_paid_real'] : 0) > 0;
                return self::withId($row, 'id_order', ['id_cart', 'current_state']) + ['paid' => $isPaid ? '1' : '0'];
            }),
        ];
    }

    /** What the test button sends. */
    public static function test(array $shop, string $eventId, string $builtAt): array
    {
        return ['schema' => self::SCHEMA, 'event_uid' => $eventId, 'topic' => 'module.test', 'occurred_at' => $builtAt, 'built_at' => $builtAt, 'shop' => $shop];
    }

    /** The bytes that are signed and sent. Text in a wrong encoding is replaced, not a reason to fail. */
    public static function json(array $document): string
    {
        $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR;
        if (defined('JSON_INVALID_UTF8_SUBSTITUTE')) {
            $flags |= JSON_INVALID_UTF8_SUBSTITUTE;
        }

        return (string) json_encode($document, $flags);
    }

    /** A time of the outbox as ISO 8601. */
    public static function utc(string $time): string
    {
        return str_replace(' ', 'T', $time) . 'Z';
    }

    private static function order(array $row, array $details): array
    {
        $order = ['id' => (int) $row['id_order']];
        foreach ($row as $name => $value) {
            if (!in_array($name, self::NEVER, true)) {
                $order[$name] = self::text($value);
            }
        }

        $order['associations'] = ['order_rows' => self::each($details, function ($detail) {
            $kept = self::withId($detail, 'id_order_detail', self::ROW_FIELDS);
            return ['id' => (string) $kept['id']] + $kept;
        })];
        return $order;
    }

    private static function state($row, array $keys)
    {
        $state = self::withId($row, 'id_order_state', ['name', 'paid', 'shipped', 'delivery', 'invoice', 'logable', 'module_name', 'template']);
        if ($state !== null) {
            foreach (self::STATE_KEYS as $key) {
                if (isset($keys[$key]) && (int) $keys[$key] === $state['id']) {
                    $state['config_key'] = $key;
                    break;
                }
            }
        }

        return $state;
    }

    /** @return array|null */
    private static function withId($row, string $key, array $fields)
    {
        return is_array($row) && isset($row[$key]) ? ['id' => (int) $row[$key]] + self::only($row, $fields) : null;
    }

    /** @return array|null */
    private static function only($row, array $fields)
    {
        if (!is_array($row)) {
            return null;
        }

        $kept = [];
        foreach ($fields as $field) {
            if (array_key_exists($field, $row)) {
                $kept[$field] = self::text($row[$field]);
            }
        }

        return $kept;
    }

    private static function each(array $rows, callable $make): array
    {
        return array_values(array_filter(array_map($make, array_values($rows)), 'is_array'));
    }

    // As the webservice: everything but ids is text.
    private static function text($value)
    {
        return $value === null || is_string($value) ? $value : (is_bool($value) ? ($value ? '1' : '0') : (string) $value);
    }
}
