<?php
declare(strict_types=1);

namespace Crossdock\Hub\Block\Adminhtml\System;

use Magento\Config\Block\System\Config\Form\Field;
use Magento\Framework\Data\Form\Element\AbstractElement;

/** The button that sends a test with the saved settings. */
class TestButton extends Field
{
    protected $_template = 'Crossdock_Hub::button.phtml';

    public function render(AbstractElement $element): string
    {
        $element->unsScope()->unsCanUseWebsiteValue()->unsCanUseDefaultValue();
        return parent::render($element);
    }

    public function getButtonId(): string
    {
        return 'crossdock_hub_test';
    }

    public function getLabel(): string
    {
        return (string) __('Send a test');
    }

    public function getAction(): string
    {
        return $this->getUrl('crossdock/hub/test', ['store' => $this->getRequest()->getParam('store'), 'website' => $this->getRequest()->getParam('website')]);
    }

    protected function _getElementHtml(AbstractElement $element): string
    {
        return $this->_toHtml();
    }
}
