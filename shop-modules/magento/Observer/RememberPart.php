<?php
declare(strict_types=1);

namespace Crossdock\Hub\Observer;

use Crossdock\Hub\Outbox\Outbox;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Psr\Log\LoggerInterface;

/** A shipment, invoice, credit memo or tracking number was saved and committed. */
class RememberPart implements ObserverInterface
{
    /** What the event's object is called, and what the hub is told. */
    private const PARTS = ['shipment' => 'order.shipment', 'invoice' => 'order.invoice', 'creditmemo' => 'order.creditmemo', 'track' => 'order.track'];

    public function __construct(private readonly Outbox $outbox, private readonly LoggerInterface $logger)
    {
    }

    public function execute(Observer $observer)
    {
        try {
            foreach (self::PARTS as $name => $event) {
                $part = $observer->getEvent()->getData($name);
                if ($part !== null) {
                    $this->outbox->remember($event, (int) $part->getOrderId(), (int) $part->getStoreId());
                    return;
                }
            }
        } catch (\Throwable $broken) {
            $this->logger->error('Crossdock: a change of an order could not be written down for the hub: ' . $broken->getMessage());
        }
    }
}
