<?php
declare(strict_types=1);

namespace Crossdock\Hub\Block\Adminhtml\System;

use Crossdock\Hub\Outbox\Rows;
use Magento\Backend\Block\Template\Context;
use Magento\Config\Block\System\Config\Form\Field;
use Magento\Framework\Data\Form\Element\AbstractElement;

/** What waits, what was given up, and the last errors. */
class Standing extends Field
{
    private const SHOWN = 10;

    protected $_template = 'Crossdock_Hub::standing.phtml';

    public function __construct(Context $context, private readonly Rows $rows, array $data = [])
    {
        parent::__construct($context, $data);
    }

    public function render(AbstractElement $element): string
    {
        $element->unsScope()->unsCanUseWebsiteValue()->unsCanUseDefaultValue();
        return parent::render($element);
    }

    /** @return array{waiting: int, delivered: int, parked: int} */
    public function getCounts(): array
    {
        try {
            return $this->rows->count();
        } catch (\Throwable $broken) {
            // The settings page opens although the table is not there yet (setup:upgrade).
            return ['waiting' => 0, 'delivered' => 0, 'parked' => 0];
        }
    }

    /** @return list<array{order_id: int, event: string, state: string, attempts: int, status: ?int, error: string, due_at: int}> */
    public function getFailures(): array
    {
        try {
            return $this->rows->failures(self::SHOWN);
        } catch (\Throwable $broken) {
            return [];
        }
    }

    public function getButtonId(): string
    {
        return 'crossdock_hub_again';
    }

    public function getLabel(): string
    {
        return (string) __('Send again what was given up');
    }

    public function getAction(): string
    {
        return $this->getUrl('crossdock/hub/again');
    }

    protected function _getElementHtml(AbstractElement $element): string
    {
        return $this->_toHtml();
    }
}
