<?php
declare(strict_types=1);

namespace Crossdock\Tests\PrestaShop;

/** Rows of one invented order, as the shop's tables have them: every value is text. */
final class Rows
{
    public static function event(): array
    {
        return ['id_event' => 1, 'event_uid' => '7b1f4f5e-0d0a-4c8e-9b37-0a3d5c2f9e11', 'id_shop' => 1, 'topic' => 'order.state_changed', 'id_object' => 1042, 'detail' => '{"old_state":10,"new_state":2}', 'created_at' => '2026-11-02 14:43:41.120456', 'attempts' => 0];
    }

    public static function order(): array
    {
        return [
            'order' => [
                'id_order' => '1042', 'reference' => 'QWKZJTPLA', 'id_shop_group' => '1', 'id_shop' => '1', 'id_carrier' => '58', 'id_lang' => '1', 'id_customer' => '377', 'id_cart' => '2203', 'id_currency' => '2',
                'id_address_delivery' => '911', 'id_address_invoice' => '911', 'current_state' => '2', 'secure_key' => 'b44a6d9efd7a0076a0fbce6b15eaf3b1', 'payment' => 'Transferencia bancaria', 'conversion_rate' => '1.000000', 'module' => 'ps_wirepayment',
                'recyclable' => '0', 'gift' => '1', 'gift_message' => 'Feliz cumpleaños', 'mobile_theme' => '0', 'total_discounts' => '2000.000000', 'total_discounts_tax_incl' => '2000.000000', 'total_discounts_tax_excl' => '1680.672269',
                'total_paid' => '38970.000000', 'total_paid_tax_incl' => '38970.000000', 'total_paid_tax_excl' => '32747.899160', 'total_paid_real' => '38970.000000', 'total_products' => '30235.294118', 'total_products_wt' => '35980.000000',
                'total_shipping' => '4990.000000', 'total_shipping_tax_incl' => '4990.000000', 'total_shipping_tax_excl' => '4193.277311', 'carrier_tax_rate' => '19.000', 'total_wrapping' => '0.000000', 'total_wrapping_tax_incl' => '0.000000',
                'total_wrapping_tax_excl' => '0.000000', 'round_mode' => '2', 'round_type' => '2', 'invoice_number' => '712', 'delivery_number' => '0', 'invoice_date' => '2026-11-02 11:43:41', 'delivery_date' => '0000-00-00 00:00:00', 'valid' => '1',
                'date_add' => '2026-11-02 10:58:07', 'date_upd' => '2026-11-02 11:43:41', 'note' => null,
            ],
            'shop' => ['url' => 'https://tienda.example', 'id_shop' => 1, 'id_shop_group' => 1, 'version' => '8.1.7', 'timezone' => 'America/Santiago', 'weight_unit' => 'kg'],
            'state' => ['id_order_state' => '2', 'invoice' => '1', 'send_email' => '1', 'module_name' => '', 'color' => '#3498D8', 'logable' => '1', 'delivery' => '0', 'shipped' => '0', 'paid' => '1', 'name' => 'Pago aceptado', 'template' => 'payment'],
            'state_keys' => ['PS_OS_BANKWIRE' => 10, 'PS_OS_PAYMENT' => 2, 'PS_OS_WS_PAYMENT' => 2],
            'currency' => ['id_currency' => '2', 'name' => 'Peso chileno', 'iso_code' => 'CLP'],
            'language' => ['id_lang' => '1', 'iso_code' => 'es', 'locale' => 'es-CL'],
            'customer' => ['id_customer' => '377', 'id_default_group' => '3', 'passwd' => '$2y$10$never.to.be.sent', 'secure_key' => 'e2aac4f92c46b32d8fad76b68e85af69', 'birthday' => '1985-04-12', 'firstname' => 'Matías', 'lastname' => 'Soto Vera', 'email' => 'matias.soto@example.com', 'company' => null, 'siret' => null, 'ape' => null, 'is_guest' => '0', 'note' => null],
            'delivery' => ['id_address' => '911', 'id_country' => '68', 'id_state' => '341', 'alias' => 'Casa', 'company' => '', 'lastname' => 'Soto Vera', 'firstname' => 'Matías', 'address1' => 'Los Aromos 455', 'address2' => 'Casa B', 'postcode' => '2520000', 'city' => 'Viña del Mar', 'other' => '', 'phone' => '', 'phone_mobile' => '+56922223333', 'vat_number' => '', 'dni' => '12345678-5', 'deleted' => '0', 'country_iso' => 'CL', 'state_iso' => 'VS', 'state_name' => 'Valparaíso'],
            'invoice' => null,
            'carrier' => ['id_carrier' => '58', 'id_reference' => '7', 'name' => 'Despacho a domicilio', 'url' => 'https://courier.example/?t=@', 'delay' => '2 a 3 días', 'external_module_name' => ''],
            'carriers' => [['id_order_carrier' => '1040', 'id_order' => '1042', 'id_carrier' => '58', 'weight' => '1.950000', 'shipping_cost_tax_excl' => '4193.277311', 'shipping_cost_tax_incl' => '4990.000000', 'tracking_number' => 'CL-99', 'date_add' => '2026-11-02 10:58:07', 'carrier_name' => 'Despacho a domicilio', 'carrier_url' => '']],
            'details' => [
                self::detail('3301', '55', '210', '2', 'Mochila 30 L (Color: Verde)', 'MOCH-30-V', '15995.000000', '13441.176471', '31990.000000', '26882.352942', ''),
                self::detail('3302', '60', '0', '1', 'Mosquetón', 'MOSQ-1', '3990.000000', '3352.941176', '3990.000000', '3352.941176', ''),
            ],
            'payments' => [['id_order_payment' => '820', 'order_reference' => 'QWKZJTPLA', 'id_currency' => '2', 'amount' => '38970.000000', 'payment_method' => 'Transferencia bancaria', 'conversion_rate' => '1.000000', 'transaction_id' => '', 'card_number' => '4242XXXXXXXX4242', 'card_brand' => 'VISA', 'card_expiration' => '12/29', 'card_holder' => 'MATIAS SOTO', 'date_add' => '2026-11-02 11:43:41', 'currency_iso' => 'CLP']],
            'cart_rules' => [['id_order_cart_rule' => '90', 'id_order' => '1042', 'name' => 'BIENVENIDO', 'value' => '2000.000000', 'value_tax_excl' => '1680.672269', 'free_shipping' => '0']],
            'histories' => [['id_order_history' => '1', 'id_order' => '1042', 'id_order_state' => '2', 'date_add' => '2026-11-02 11:43:41', 'shipped' => '0', 'paid' => '1']],
            'slips' => [],
            'messages' => [['private' => '0', 'id_employee' => '0', 'message' => 'Llamar antes de llegar', 'date_add' => '2026-11-02 10:58:07']],
            'siblings' => [['id_order' => '1043', 'id_cart' => '2203', 'current_state' => '10', 'total_paid_real' => '0.000000', 'paid' => '0']],
        ];
    }

    public static function detail(string $id, string $product, string $combination, string $quantity, string $name, string $reference, string $gross, string $net, string $total, string $totalNet, string $download): array
    {
        return [
            'id_order_detail' => $id, 'id_order' => '1042', 'product_id' => $product, 'product_attribute_id' => $combination, 'id_customization' => '0', 'product_name' => $name, 'product_quantity' => $quantity, 'product_quantity_return' => '0',
            'product_quantity_refunded' => '0', 'product_quantity_reinjected' => '0', 'product_price' => $net, 'product_ean13' => '', 'product_isbn' => '', 'product_upc' => '', 'product_mpn' => '', 'product_reference' => $reference, 'product_supplier_reference' => '',
            'product_weight' => '0.900000', 'download_hash' => $download, 'total_price_tax_incl' => $total, 'total_price_tax_excl' => $totalNet, 'unit_price_tax_incl' => $gross, 'unit_price_tax_excl' => $net,
        ];
    }
}
