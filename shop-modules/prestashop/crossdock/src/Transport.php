<?php

namespace Crossdock\PrestaShop;

/** Sends one request. Never throws. */
interface Transport
{
    /**
     * @param string[] $headers name => value
     * @return array [HTTP status or 0 for none, what broke or '']
     */
    public function post(string $url, array $headers, string $body, int $timeoutSeconds): array;
}
