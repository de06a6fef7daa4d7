<?php
declare(strict_types=1);

namespace Crossdock\Hub\Controller\Adminhtml\Hub;

use Crossdock\Hub\Outbox\Clock;
use Crossdock\Hub\Outbox\Rows;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/** The button "Send again": what was given up waits anew, and cron sends it. */
class Again extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Crossdock_Hub::config';

    public function __construct(Context $context, private readonly JsonFactory $results, private readonly Rows $rows, private readonly Clock $clock)
    {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        try {
            $count = $this->rows->unpark($this->clock->now());
            return $this->results->create()->setData(['ok' => true, 'message' => (string) __('%1 messages wait for the next run of cron.', $count)]);
        } catch (\Throwable $broken) {
            return $this->results->create()->setData(['ok' => false, 'message' => $broken->getMessage()]);
        }
    }
}
