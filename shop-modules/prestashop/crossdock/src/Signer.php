<?php

namespace Crossdock\PrestaShop;

/**
 * Signs what is sent: hex HMAC-SHA256 of "timestamp.event-id.body", keyed with the characters of the secret.
 * While the secret is being changed there are two, and both signatures are sent.
 */
class Signer
{
    /** @var string[] */
    private $secrets;

    /** @param string[] $secrets the current one first; empty ones are left out */
    public function __construct(array $secrets)
    {
        $this->secrets = array_values(array_filter($secrets, function ($secret) {
            return is_string($secret) && $secret !== '';
        }));
    }

    /** True when there is something to sign with. */
    public function canSign(): bool
    {
        return $this->secrets !== [];
    }

    /** The value of the header Crossdock-Signature. */
    public function sign(int $timestamp, string $eventId, string $body): string
    {
        $message = $timestamp . '.' . $eventId . '.' . $body;
        return implode(', ', array_map(function ($secret) use ($message) {
            return 'v1=' . hash_hmac('sha256', $message, $secret);
        }, $this->secrets));
    }

    /**
     * All headers of one attempt.
     *
     * @return string[] name => value
     */
    public function headers(array $event, string $body, int $timestamp, string $shop, string $agent): array
    {
        return [
            'Content-Type' => 'application/json; charset=utf-8',
            'User-Agent' => $agent,
            'Crossdock-Event-Id' => $event['event_uid'],
            'Crossdock-Topic' => $event['topic'],
            'Crossdock-Shop' => $shop,
            'Crossdock-Timestamp' => (string) $timestamp,
            'Crossdock-Attempt' => (string) ((int) $event['attempts'] + 1),
            'Crossdock-Signature' => $this->sign($timestamp, $event['event_uid'], $body),
        ];
    }

    /** Whether a call of the drain address is the hub's: HMAC of "t.drain", at most five minutes old. */
    public function isHub(string $timestamp, string $signature, int $now): bool
    {
        if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs($now - (int) $timestamp) > 300) {
            return false;
        }

        $right = false;
        foreach ($this->secrets as $secret) {
            $right = hash_equals(hash_hmac('sha256', $timestamp . '.drain', $secret), $signature) || $right;
        }

        return $right;
    }
}
