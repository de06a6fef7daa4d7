<?php
declare(strict_types=1);

namespace Crossdock\Hub\Outbox;

/** HTTP by curl: bounded in time, without redirects, certificates checked. */
final class CurlTransport implements Transport
{
    private const CONNECT_SECONDS = 5;
    private const ALL_SECONDS = 20;
    private const LONGEST_ANSWER = 65536;

    public function post(string $url, array $headers, string $body): Answer
    {
        try {
            $lines = [];
            foreach ($headers as $name => $value) {
                $lines[] = "$name: $value";
            }

            // No "Expect: 100-continue": some proxies never answer it.
            $lines[] = 'Expect:';
            $retryAfter = null;
            $read = 0;
            $call = curl_init();
            curl_setopt_array($call, [
                CURLOPT_URL => $url,
                CURLOPT_POST => true,
                CURLOPT_POSTFIELDS => $body,
                CURLOPT_HTTPHEADER => $lines,
                CURLOPT_CONNECTTIMEOUT => self::CONNECT_SECONDS,
                CURLOPT_TIMEOUT => self::ALL_SECONDS,
                CURLOPT_FOLLOWLOCATION => false,
                CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
                CURLOPT_SSL_VERIFYPEER => true,
                CURLOPT_SSL_VERIFYHOST => 2,
                CURLOPT_NOSIGNAL => true,
                CURLOPT_HEADERFUNCTION => static function ($call, string $line) use (&$retryAfter): int {
                    if (preg_match('/^retry-after:\s*(\d{1,6})\s*$/i', $line, $found) === 1) {
                        $retryAfter = (int) $found[1];
                    }

                    return strlen($line);
                },
                // The answer's text says nothing that the status does not.
                CURLOPT_WRITEFUNCTION => static function ($call, string $piece) use (&$read): int {
                    $read += strlen($piece);
                    return $read > self::LONGEST_ANSWER ? 0 : strlen($piece);
                },
            ]);
            curl_exec($call);
            $status = (int) curl_getinfo($call, CURLINFO_RESPONSE_CODE);
            return $status > 0 ? new Answer($status, '', $retryAfter) : new Answer(null, curl_error($call));
        } catch (\Throwable $broken) {
            return new Answer(null, $broken->getMessage());
        }
    }
}
