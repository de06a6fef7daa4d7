<?php

namespace Crossdock\PrestaShop;

/** The real way out: certificate checked, no redirects followed. */
class CurlTransport implements Transport
{
    public function post(string $url, array $headers, string $body, int $timeoutSeconds): array
    {
        if (!function_exists('curl_init')) {
            return [0, 'PHP has no curl extension: ask the host to switch it on'];
        }

        $lines = ['Expect:'];
        foreach ($headers as $name => $value) {
            $lines[] = $name . ': ' . str_replace(["\r", "\n"], '', $value);
        }

        $call = curl_init($url);
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => max(1, min(5, $timeoutSeconds)),
            CURLOPT_TIMEOUT => $timeoutSeconds,
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        ]);
        $answer = curl_exec($call);
        $status = (int) curl_getinfo($call, CURLINFO_HTTP_CODE);
        $error = $answer === false ? curl_error($call) : '';
        curl_close($call);
        return [$answer === false ? 0 : $status, $error];
    }
}
