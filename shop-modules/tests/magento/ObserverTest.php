<?php
declare(strict_types=1);

require_once __DIR__ . '/pure.php';
require_once __DIR__ . '/shopstubs.php';

use Crossdock\Hub\Cron\Clean;
use Crossdock\Hub\Cron\Send;
use Crossdock\Hub\Observer\RememberOrder;
use Crossdock\Hub\Observer\RememberPart;
use Crossdock\Hub\Outbox\Answer;
use Crossdock\Hub\Outbox\Outbox;
use Crossdock\Hub\Outbox\Rows;
use Crossdock\Tests\Check;
use Magento\Framework\Event\Observer;

// The table is locked, full or not there: every call to it fails.
$broken = static function (): Outbox {
    $shop = new MagentoShop();
    $rows = new class () implements Rows {
        private function fail(): never
        {
            throw new RuntimeException('SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded');
        }

        public function waiting(int $orderId, int $now): ?\Crossdock\Hub\Outbox\Row
        {
            $this->fail();
        }

        public function add(string $delivery, string $event, int $orderId, int $storeId, int $now): void
        {
            $this->fail();
        }

        public function renew(int $id, string $delivery, int $now): bool
        {
            $this->fail();
        }

        public function claim(int $now, int $until, int $limit): array
        {
            $this->fail();
        }

        public function delivered(int $id, int $status, int $now): void
        {
        }

        public function failed(int $id, int $attempts, int $dueAt, ?int $status, string $error): void
        {
        }

        public function release(int $id): void
        {
        }

        public function park(int $id, int $attempts, ?int $status, string $error, int $now): void
        {
        }

        public function unpark(int $now): int
        {
            return 0;
        }

        public function clean(int $deliveredBefore, int $parkedBefore, int $atMost): int
        {
            $this->fail();
        }

        public function count(): array
        {
            return ['waiting' => 0, 'delivered' => 0, 'parked' => 0];
        }

        public function failures(int $limit): array
        {
            return [];
        }
    };
    return new Outbox($rows, $shop, $shop, $shop, $shop);
};

return [
    'each saved thing is remembered for its order' => static function (Check $check): void {
        $shop = new MagentoShop();
        $log = new KeptLog();
        (new RememberOrder($shop->outbox(), $log))->execute(new Observer(['order' => new SavedModel(7, 0, 2)]));
        $parts = new RememberPart($shop->outbox(), $log);
        $parts->execute(new Observer(['shipment' => new SavedModel(90, 8, 2)]));
        $parts->execute(new Observer(['invoice' => new SavedModel(91, 9, 2)]));
        $parts->execute(new Observer(['creditmemo' => new SavedModel(92, 10, 2)]));
        $parts->execute(new Observer(['track' => new SavedModel(93, 11, 2)]));
        $check->same([7, 8, 9, 10, 11], array_column($shop->table, 'order_id'));
        $check->same(['order.saved', 'order.shipment', 'order.invoice', 'order.creditmemo', 'order.track'], array_column($shop->table, 'event'));
        $check->same([2, 2, 2, 2, 2], array_column($shop->table, 'store_id'));
        $check->same([], $log->lines);
        $check->same([], $shop->sent);
    },
    'a table that fails reaches the log and never the buyer' => static function (Check $check) use ($broken): void {
        $log = new KeptLog();
        (new RememberOrder($broken(), $log))->execute(new Observer(['order' => new SavedModel(7, 0, 1)]));
        (new RememberPart($broken(), $log))->execute(new Observer(['track' => new SavedModel(1, 7, 1)]));
        $check->same(2, count($log->lines));
        $check->contains('Lock wait timeout', $log->lines[0]);
    },
    'a model that fails or an event without one reaches nobody' => static function (Check $check): void {
        $shop = new MagentoShop();
        $log = new KeptLog();
        (new RememberPart($shop->outbox(), $log))->execute(new Observer(['track' => new SavedModel(1, 7, -1)]));
        (new RememberOrder($shop->outbox(), $log))->execute(new Observer([]));
        (new RememberPart($shop->outbox(), $log))->execute(new Observer([]));
        $check->same(1, count($log->lines));
        $check->same([], $shop->table);
    },
    'cron sends, says what failed, and never stops the other jobs' => static function (Check $check) use ($broken): void {
        $shop = new MagentoShop();
        $log = new KeptLog();
        $shop->outbox()->remember('order.saved', $shop->order(7), 1);
        (new Send($shop->outbox(), $log))->execute();
        $check->same(1, count($shop->sent));
        $check->same([], $log->lines);
        $shop->answers = static fn (): Answer => new Answer(500);
        $shop->outbox()->remember('order.saved', 7, 1);
        (new Send($shop->outbox(), $log))->execute();
        $check->contains('1 failed', $log->lines[0]);
        (new Send($broken(), $log))->execute();
        (new Clean($broken(), $log))->execute();
        $check->same(3, count($log->lines));
    },
];
