<?php

namespace Crossdock\PrestaShop;

/**
 * Sends what waits, a small portion at a time. Rows of one order go in their order: while an older one waits, the newer ones do too.
 * Bodies are made now and not when something happened, so that the hub gets the order as it is.
 */
class Worker
{
    const KEEP_SECONDS = 2592000;

    /** @var Outbox */
    private $outbox;
    /** @var Transport */
    private $transport;
    /** @var Signer */
    private $signer;
    /** @var callable array $row -> array|null: the document, null when the order is gone */
    private $build;
    /** @var callable -> int seconds since 1970 */
    private $clock;
    /** @var string */
    private $url;
    /** @var string */
    private $shop;
    /** @var string */
    private $agent;

    public function __construct(Outbox $outbox, Transport $transport, Signer $signer, callable $build, callable $clock, string $url, string $shop, string $agent)
    {
        $this->outbox = $outbox;
        $this->transport = $transport;
        $this->signer = $signer;
        $this->build = $build;
        $this->clock = $clock;
        $this->url = $url;
        $this->shop = $shop;
        $this->agent = $agent;
    }

    /**
     * @param int $most rows at most
     * @param int $timeoutSeconds for each call
     * @param int $seconds no row is begun after so long
     * @return array sent, failed, stopped (true when the hub says that the connection is gone)
     */
    public function run(int $most, int $timeoutSeconds, int $seconds): array
    {
        $result = ['sent' => 0, 'failed' => 0, 'stopped' => false];
        if ($this->url === '' || !$this->signer->canSign()) {
            return $result;
        }

        $until = $this->now() + $seconds;
        $rows = $this->outbox->lease($most, $this->now());
        $ids = array_column($rows, 'id_event');
        $blocked = [];
        $isAway = false;
        foreach ($rows as $row) {
            $order = (string) $row['id_object'];
            if ($result['stopped'] || $isAway || isset($blocked[$order]) || $this->now() >= $until || $this->outbox->hasOlder($row, $ids)) {
                $blocked[$order] = true;
                $this->outbox->release($row);
                continue;
            }

            list($status, $error) = $this->send($row, $timeoutSeconds);
            if ($status >= 200 && $status < 300) {
                $this->outbox->delivered($row, $status, $this->now());
                $result['sent']++;
                continue;
            }

            $blocked[$order] = true;
            $result['failed']++;
            $result['stopped'] = $status === 410;
            // A hub that does not answer at all would cost the time-out once per row.
            $isAway = $status === 0;
            $wait = RetrySchedule::next((int) $row['attempts'] + 1, $this->now() - strtotime($row['created_at'] . ' UTC'));
            $this->outbox->failed($row, $status, self::short($error), $wait === null ? null : $this->now() + $wait, $this->now());
        }

        $this->outbox->forget($this->now() - self::KEEP_SECONDS);
        return $result;
    }

    /** Sends one document under a topic of its own, outside of the table: the test button. @return array [status, error] */
    public function test(string $eventId, array $document, int $timeoutSeconds): array
    {
        return $this->post(['event_uid' => $eventId, 'topic' => 'module.test', 'attempts' => 0], Payload::json($document), $timeoutSeconds);
    }

    private function send(array $row, int $timeoutSeconds): array
    {
        try {
            $document = call_user_func($this->build, $row);
            $body = $document === null ? null : Payload::json($document);
        } catch (\Throwable $thrown) {
            // One order that cannot be read must not keep the others waiting.
            return [1, 'the order could not be read: ' . $thrown->getMessage()];
        }

        // The order was deleted: there is nothing left to tell.
        return $body === null ? [204, ''] : $this->post($row, $body, $timeoutSeconds);
    }

    private function post(array $event, string $body, int $timeoutSeconds): array
    {
        $headers = $this->signer->headers($event, $body, $this->now(), $this->shop, $this->agent);
        list($status, $error) = $this->transport->post($this->url, $headers, $body, $timeoutSeconds);
        return [$status, $status >= 200 && $status < 300 ? '' : ($error !== '' ? $error : 'HTTP ' . $status)];
    }

    // As much as the column holds; never half a character, which the database would refuse.
    private static function short(string $text): string
    {
        $cut = function_exists('mb_substr') ? mb_substr($text, 0, 200, 'UTF-8') : substr($text, 0, 200);
        return preg_match('//u', $cut) === 1 ? $cut : (string) preg_replace('/[^\x20-\x7e]/', '?', $cut);
    }

    private function now(): int
    {
        return (int) call_user_func($this->clock);
    }
}
