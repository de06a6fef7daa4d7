<?php
declare(strict_types=1);

namespace Crossdock\Hub\Cron;

use Crossdock\Hub\Outbox\Outbox;
use Psr\Log\LoggerInterface;

/** Every minute: sends what is due. */
class Send
{
    public function __construct(private readonly Outbox $outbox, private readonly LoggerInterface $logger)
    {
    }

    public function execute(): void
    {
        try {
            $done = $this->outbox->run();
            if ($done['failed'] + $done['parked'] > 0) {
                $this->logger->warning("Crossdock: {$done['delivered']} messages delivered, {$done['failed']} failed, {$done['parked']} given up; see Stores, Configuration, Services, Crossdock.");
            }
        } catch (\Throwable $broken) {
            $this->logger->error('Crossdock: sending stopped: ' . $broken->getMessage());
        }
    }
}
