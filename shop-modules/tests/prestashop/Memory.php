<?php
declare(strict_types=1);

namespace Crossdock\Tests\PrestaShop;

use Crossdock\PrestaShop\Outbox;
use Crossdock\PrestaShop\RetrySchedule;
use Crossdock\PrestaShop\Signer;
use Crossdock\PrestaShop\Transport;
use Crossdock\PrestaShop\Worker;

/** The outbox in memory. */
final class MemoryOutbox implements Outbox
{
    public array $rows = [];
    public int $forgottenBefore = 0;

    public function add(int $order, string $topic = 'order.state_changed', int $at = 1_790_000_000): int
    {
        $id = count($this->rows) + 1;
        $this->rows[$id] = [
            'id_event' => $id, 'event_uid' => sprintf('00000000-0000-4000-8000-%012d', $id), 'id_shop' => 1, 'topic' => $topic, 'id_object' => $order, 'detail' => null,
            'created_at' => gmdate('Y-m-d H:i:s', $at) . '.000000', 'attempts' => 0, 'next' => $at, 'locked' => 0, 'status' => null, 'error' => null, 'delivered' => null, 'parked' => null,
        ];
        return $id;
    }

    public function lease(int $most, int $now): array
    {
        $due = array_filter($this->rows, fn (array $row): bool => $row['delivered'] === null && $row['parked'] === null && $row['next'] <= $now && $row['locked'] < $now);
        $due = array_slice(array_values($due), 0, $most);
        foreach ($due as $row) {
            $this->rows[$row['id_event']]['locked'] = $now + 60;
        }

        return $due;
    }

    public function hasOlder(array $row, array $leasedIds): bool
    {
        return array_filter($this->rows, fn (array $other): bool => $other['id_object'] === $row['id_object'] && $other['id_event'] < $row['id_event'] && $other['delivered'] === null
            && $other['parked'] === null && !in_array($other['id_event'], $leasedIds, true)) !== [];
    }

    public function delivered(array $row, int $status, int $now): void
    {
        $this->rows[$row['id_event']] = ['delivered' => $now, 'status' => $status, 'locked' => 0, 'attempts' => $row['attempts'] + 1] + $this->rows[$row['id_event']];
    }

    public function failed(array $row, int $status, string $error, $next, int $now): void
    {
        $this->rows[$row['id_event']] = ['status' => $status, 'error' => $error, 'locked' => 0, 'attempts' => $row['attempts'] + 1]
            + ($next === null ? ['parked' => $now] : ['next' => $next]) + $this->rows[$row['id_event']];
    }

    public function release(array $row): void
    {
        $this->rows[$row['id_event']]['locked'] = 0;
    }

    public function forget(int $before): void
    {
        $this->forgottenBefore = $before;
    }
}

/** A hub that answers as told and remembers what it heard. */
final class MemoryHub implements Transport
{
    public array $heard = [];
    public array $answers = [];
    /** @var ?callable */
    public $onPost = null;

    public function post(string $url, array $headers, string $body, int $timeoutSeconds): array
    {
        $this->heard[] = ['url' => $url, 'headers' => $headers, 'body' => $body, 'timeout' => $timeoutSeconds];
        if ($this->onPost !== null) {
            ($this->onPost)();
        }

        return array_shift($this->answers) ?? [200, ''];
    }
}

/** A worker with both, and a clock that is moved by hand. */
final class Bench
{
    public MemoryOutbox $outbox;
    public MemoryHub $hub;
    public int $now = 1_790_000_000;
    public Worker $worker;

    public function __construct(?callable $build = null, array $secrets = ['test-secret'], string $url = 'https://hub.example/in/tienda')
    {
        $this->outbox = new MemoryOutbox();
        $this->hub = new MemoryHub();
        $this->worker = new Worker(
            $this->outbox,
            $this->hub,
            new Signer($secrets),
            $build ?? fn (array $row): array => ['schema' => 1, 'order' => ['id' => $row['id_object']]],
            fn (): int => $this->now,
            $url,
            'https://tienda.example|1',
            'crossdock-prestashop/1.0.0 (PrestaShop 8.1.7; PHP 8.2)'
        );
    }

    public function run(int $most = 25): array
    {
        return $this->worker->run($most, 10, 45);
    }
}
