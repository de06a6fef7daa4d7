<?php
declare(strict_types=1);

namespace Crossdock\Hub\Cron;

use Crossdock\Hub\Outbox\Outbox;
use Psr\Log\LoggerInterface;

/** Every night: removes what is old. */
class Clean
{
    public function __construct(private readonly Outbox $outbox, private readonly LoggerInterface $logger)
    {
    }

    public function execute(): void
    {
        try {
            $this->outbox->clean();
        } catch (\Throwable $broken) {
            $this->logger->error('Crossdock: old messages could not be removed: ' . $broken->getMessage());
        }
    }
}
