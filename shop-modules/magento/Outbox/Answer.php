<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** What the hub answered, or why it did not. */
final class Answer
{
    public function __construct(
        public readonly ?int $status,
        public readonly string $error = '',
        public readonly ?int $retryAfter = null
    ) {
    }

    public function isDelivered(): bool
    {
        return $this->status !== null && $this->status >= 200 && $this->status <= 299;
    }

    /** For the list of errors: what happened and what to do. */
    public function inWords(): string
    {
        return match (true) {
            $this->status === null => 'The hub did not answer: ' . ($this->error === '' ? 'no reason given' : $this->error),
            $this->status === 401 => 'The hub refused the signature (401): the webhook secret here and in the hub\'s connection differ, or this server\'s clock is wrong.',
            $this->status === 404 => 'The hub does not know this address (404): compare it with the connection\'s capture address.',
            $this->status === 413 => 'The hub finds the message too large (413): switch "Send the whole order" off.',
            $this->status >= 300 && $this->status <= 399 => "The hub's address redirects ({$this->status}): enter the address it leads to.",
            default => "The hub answered {$this->status}.",
        };
    }
}
