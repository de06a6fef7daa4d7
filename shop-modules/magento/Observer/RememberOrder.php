<?php
declare(strict_types=1);

namespace Crossdock\Hub\Observer;

use Crossdock\Hub\Outbox\Outbox;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Psr\Log\LoggerInterface;

/** An order was saved and committed. Runs inside the buyer's or clerk's request: nothing that happens here may reach them. */
class RememberOrder implements ObserverInterface
{
    public function __construct(private readonly Outbox $outbox, private readonly LoggerInterface $logger)
    {
    }

    public function execute(Observer $observer)
    {
        try {
            $order = $observer->getEvent()->getData('order');
            if ($order !== null) {
                $this->outbox->remember('order.saved', (int) $order->getEntityId(), (int) $order->getStoreId());
            }
        } catch (\Throwable $broken) {
            // What is not written down here the hub finds by reading the shop.
            $this->logger->error('Crossdock: an order could not be written down for the hub: ' . $broken->getMessage());
        }
    }
}
