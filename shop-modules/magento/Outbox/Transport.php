<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

interface Transport
{
    /**
     * Sends once; never throws.
     * @param array<string, string> $headers
     */
    public function post(string $url, array $headers, string $body): Answer;
}
