<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** The body of a message. */
final class Payload
{
    /** The hub takes 5 MB. */
    public const LARGEST = 4_500_000;

    /** Fields of an order that are nobody else's business: with the code one can open the buyer's page. */
    private const LEFT_OUT = ['protect_code', 'customer_password', 'password_hash', 'rp_token'];

    /** What the fields of a payment begin with that hold card or account data. */
    private const CARDS = ['cc_', 'echeck', 'additional_', 'anet_'];

    /** Payment methods whose additional information is only a title. */
    private const OFFLINE = ['cashondelivery', 'checkmo', 'banktransfer', 'purchaseorder', 'free'];

    /**
     * @param array{store: string, order: array<string, mixed>, shipments: list<array<string, mixed>>, creditmemos: list<array<string, mixed>>}|null $read what the shop has; null when the order is gone
     */
    public static function of(string $event, int $orderId, ?array $read, bool $isWhole): string
    {
        $body = [
            'event' => $event,
            'store' => $read['store'] ?? '',
            'order_id' => $orderId,
            'increment_id' => $read['order']['increment_id'] ?? null,
            'updated_at' => $read['order']['updated_at'] ?? null,
        ];
        if ($read === null || !$isWhole) {
            return self::json($body);
        }

        $whole = $body + ['order' => self::clean($read['order']), 'shipments' => $read['shipments'], 'creditmemos' => $read['creditmemos']];
        $text = self::json($whole);
        if (strlen($text) > self::LARGEST) {
            // Shipments' labels and endless histories: what a courier needs fits without.
            unset($whole['shipments'], $whole['creditmemos'], $whole['order']['status_histories']);
            $text = self::json($whole);
        }

        return strlen($text) > self::LARGEST ? self::json($body) : $text;
    }

    /** What the button on the settings page sends. */
    public static function test(string $store): string
    {
        return self::json(['event' => 'test', 'store' => $store, 'order_id' => null]);
    }

    /**
     * @param array<string, mixed> $order
     * @return array<string, mixed>
     */
    public static function clean(array $order): array
    {
        $order = array_diff_key($order, array_flip(self::LEFT_OUT));
        if (is_array($order['payment'] ?? null)) {
            $isOffline = in_array($order['payment']['method'] ?? '', self::OFFLINE, true);
            $order['payment'] = array_filter(
                $order['payment'],
                static fn ($name): bool => ($isOffline && $name === 'additional_information') || !self::isCard((string) $name),
                ARRAY_FILTER_USE_KEY
            );
            unset($order['payment']['extension_attributes']);
        }

        $extensions = $order['extension_attributes'] ?? null;
        if (is_array($extensions)) {
            if (is_array($extensions['payment_additional_info'] ?? null)) {
                // Gateways put tokens and card numbers beside the title.
                $extensions['payment_additional_info'] = array_values(array_filter(
                    $extensions['payment_additional_info'],
                    static fn ($entry): bool => is_array($entry) && ($entry['key'] ?? '') === 'method_title'
                ));
            }

            // A gift card's code is money; the sum stands in gift_cards_amount.
            unset($extensions['gift_cards']);
            $order['extension_attributes'] = $extensions;
        }

        return $order;
    }

    private static function isCard(string $name): bool
    {
        foreach (self::CARDS as $start) {
            if (str_starts_with($name, $start)) {
                return true;
            }
        }

        return false;
    }

    /** @param array<string, mixed> $body */
    private static function json(array $body): string
    {
        $text = json_encode($body, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR);
        return $text === false ? '{}' : $text;
    }
}
