<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** The hub as one store view is set up for it. */
final class Hub
{
    public const SHORTEST_SECRET = 16;

    public function __construct(
        public readonly string $url,
        public readonly string $secret,
        public readonly bool $sendsOrders = true
    ) {
    }

    /** What is wrong with it, for a person; null when nothing is. */
    public function problem(): ?string
    {
        $parts = parse_url($this->url);
        $scheme = is_array($parts) ? strtolower($parts['scheme'] ?? '') : '';
        $host = is_array($parts) ? strtolower(trim($parts['host'] ?? '', '[]')) : '';
        if ($host === '' || !in_array($scheme, ['http', 'https'], true)) {
            return 'The address of the hub is missing or is no address: it looks like https://HUB/in/CONNECTION.';
        }

        if ($scheme === 'http' && !in_array($host, ['localhost', '127.0.0.1', '::1'], true) && !str_ends_with($host, '.test')) {
            return 'The address of the hub must begin with https: orders hold names and addresses.';
        }

        if (isset($parts['user']) || isset($parts['pass'])) {
            return 'The address of the hub must not hold a name or password.';
        }

        return strlen($this->secret) < self::SHORTEST_SECRET
            ? 'The webhook secret is missing or shorter than ' . self::SHORTEST_SECRET . ' characters: enter the one of the hub\'s connection.'
            : null;
    }
}
