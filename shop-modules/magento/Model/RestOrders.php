<?php
declare(strict_types=1);

namespace Crossdock\Hub\Model;

use Crossdock\Hub\Outbox\Orders;
use Magento\Framework\Api\SearchCriteriaBuilder;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Framework\Webapi\ServiceOutputProcessor;
use Magento\Sales\Api\CreditmemoRepositoryInterface;
use Magento\Sales\Api\OrderRepositoryInterface;
use Magento\Sales\Api\OrderRepositoryInterfaceFactory;
use Magento\Sales\Api\ShipmentRepositoryInterface;
use Magento\Store\Model\StoreManagerInterface;

/** Orders as the REST API gives them, so that the hub has one shape to understand. */
class RestOrders implements Orders
{
    public function __construct(
        private readonly OrderRepositoryInterfaceFactory $orders,
        private readonly ShipmentRepositoryInterface $shipments,
        private readonly CreditmemoRepositoryInterface $creditmemos,
        private readonly SearchCriteriaBuilder $criteria,
        private readonly ServiceOutputProcessor $output,
        private readonly StoreManagerInterface $stores
    ) {
    }

    public function read(int $orderId): ?array
    {
        try {
            // A repository of its own each time: one keeps what it has read, and the order may have changed since.
            $order = $this->orders->create()->get($orderId);
        } catch (NoSuchEntityException $gone) {
            return null;
        }

        return [
            'store' => $this->store((int) $order->getStoreId()),
            'order' => (array) $this->output->process($order, OrderRepositoryInterface::class, 'get'),
            'shipments' => $this->parts($this->shipments, ShipmentRepositoryInterface::class, $orderId),
            'creditmemos' => $this->parts($this->creditmemos, CreditmemoRepositoryInterface::class, $orderId),
        ];
    }

    /**
     * @param ShipmentRepositoryInterface|CreditmemoRepositoryInterface $repository
     * @return list<array<string, mixed>>
     */
    private function parts($repository, string $interface, int $orderId): array
    {
        $found = $repository->getList($this->criteria->addFilter('order_id', $orderId)->create());
        $parts = [];
        foreach ($found->getItems() as $part) {
            $row = (array) $this->output->process($part, $interface, 'get');
            // Labels are pictures of megabytes.
            unset($row['shipping_label']);
            $parts[] = $row;
        }

        return $parts;
    }

    private function store(int $storeId): string
    {
        try {
            return (string) $this->stores->getStore($storeId)->getCode();
        } catch (NoSuchEntityException $gone) {
            return '';
        }
    }
}
