<?php
declare(strict_types=1);

namespace Crossdock\Hub\Controller\Adminhtml\Hub;

use Crossdock\Hub\Outbox\Outbox;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;
use Magento\Store\Model\StoreManagerInterface;

/** The button "Send a test". */
class Test extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Crossdock_Hub::config';

    public function __construct(
        Context $context,
        private readonly JsonFactory $results,
        private readonly Outbox $outbox,
        private readonly StoreManagerInterface $stores
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        try {
            $store = $this->store();
            $problem = $this->outbox->test((int) $store->getId(), (string) $store->getCode());
        } catch (\Throwable $broken) {
            $problem = $broken->getMessage();
        }

        return $this->results->create()->setData(['ok' => $problem === null, 'message' => $problem ?? (string) __('The hub has it: address and secret are right.')]);
    }

    // The page may be open for everything, a website or one store view.
    private function store()
    {
        $store = (string) $this->getRequest()->getParam('store');
        if ($store !== '') {
            return $this->stores->getStore($store);
        }

        $website = (string) $this->getRequest()->getParam('website');
        return $website !== '' ? $this->stores->getWebsite($website)->getDefaultStore() : $this->stores->getDefaultStoreView();
    }
}
