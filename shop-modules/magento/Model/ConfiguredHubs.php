<?php
declare(strict_types=1);

namespace Crossdock\Hub\Model;

use Crossdock\Hub\Outbox\Hub;
use Crossdock\Hub\Outbox\Hubs;
use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\Encryption\EncryptorInterface;
use Magento\Store\Model\ScopeInterface;

/** Settings of Stores → Configuration → Services → Crossdock, per store view. */
class ConfiguredHubs implements Hubs
{
    private const PATH = 'crossdock/hub/';

    public function __construct(private readonly ScopeConfigInterface $config, private readonly EncryptorInterface $encryptor)
    {
    }

    public function of(int $storeId): ?Hub
    {
        if (!$this->config->isSetFlag(self::PATH . 'enabled', ScopeInterface::SCOPE_STORE, $storeId)) {
            return null;
        }

        return new Hub(
            trim((string) $this->config->getValue(self::PATH . 'url', ScopeInterface::SCOPE_STORE, $storeId)),
            $this->secret((string) $this->config->getValue(self::PATH . 'secret', ScopeInterface::SCOPE_STORE, $storeId)),
            $this->config->isSetFlag(self::PATH . 'whole_order', ScopeInterface::SCOPE_STORE, $storeId)
        );
    }

    // Decrypted by Magento itself where the value's backend model says so; encrypted values begin with two numbers.
    private function secret(string $value): string
    {
        return trim(preg_match('/^\d+:\d+:/', $value) === 1 ? (string) $this->encryptor->decrypt($value) : $value);
    }
}
