<?php
declare(strict_types=1);

/* The few names of Magento that the observers and jobs lean on, as far as they use them. */

namespace Magento\Framework\Event {
    interface ObserverInterface
    {
        public function execute(Observer $observer);
    }

    final class Observer
    {
        /** @param array<string, mixed> $data */
        public function __construct(private array $data)
        {
        }

        public function getEvent(): self
        {
            return $this;
        }

        public function getData(string $name): mixed
        {
            return $this->data[$name] ?? null;
        }
    }
}

namespace Psr\Log {
    interface LoggerInterface
    {
        public function error(string $message): void;

        public function warning(string $message): void;
    }
}

namespace {
    spl_autoload_register(static function (string $class): void {
        if (preg_match('/^Crossdock\\\\Hub\\\\(Observer|Cron)\\\\(\w+)$/', $class, $name) === 1) {
            require_once dirname(__DIR__, 2) . "/magento/{$name[1]}/{$name[2]}.php";
        }
    });

    final class KeptLog implements \Psr\Log\LoggerInterface
    {
        /** @var list<string> */
        public array $lines = [];

        public function error(string $message): void
        {
            $this->lines[] = "error $message";
        }

        public function warning(string $message): void
        {
            $this->lines[] = "warning $message";
        }
    }

    /** An order, shipment or track as the shop's models answer. */
    final class SavedModel
    {
        public function __construct(private int $id, private int $order, private int $store)
        {
        }

        public function getEntityId(): string
        {
            return (string) $this->id;
        }

        public function getOrderId(): string
        {
            return (string) $this->order;
        }

        public function getStoreId(): string
        {
            if ($this->store < 0) {
                throw new \LogicException('a module of the shop broke this model');
            }

            return (string) $this->store;
        }
    }
}
