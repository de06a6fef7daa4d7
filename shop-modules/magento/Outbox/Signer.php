<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** The headers of one attempt. */
final class Signer
{
    /** @return array<string, string> */
    public static function headers(string $event, string $delivery, int $timestamp, string $body, string $secret): array
    {
        return [
            'Content-Type' => 'application/json',
            'User-Agent' => 'Crossdock-Magento/1.0',
            'X-Hub-Event' => $event,
            'X-Hub-Delivery' => $delivery,
            'X-Hub-Timestamp' => (string) $timestamp,
            'X-Hub-Signature' => self::signature($timestamp, $body, $secret),
        ];
    }

    /** Base64 of HMAC-SHA256 over time, full stop and body: an old request sent again by somebody else does not count. */
    public static function signature(int $timestamp, string $body, string $secret): string
    {
        return base64_encode(hash_hmac('sha256', $timestamp . '.' . $body, $secret, true));
    }

    /** A random UUID (version 4). */
    public static function delivery(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr((ord($bytes[6]) & 0x0F) | 0x40);
        $bytes[8] = chr((ord($bytes[8]) & 0x3F) | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
