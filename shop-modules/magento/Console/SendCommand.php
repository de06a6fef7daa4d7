<?php
declare(strict_types=1);

namespace Crossdock\Hub\Console;

use Crossdock\Hub\Outbox\Clock;
use Crossdock\Hub\Outbox\Outbox;
use Crossdock\Hub\Outbox\Rows;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Exception\LocalizedException;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/** bin/magento crossdock:send: sends now what cron would send. */
class SendCommand extends Command
{
    private const PARKED = 'parked';

    public function __construct(private readonly Outbox $outbox, private readonly Rows $rows, private readonly Clock $clock, private readonly State $state)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('crossdock:send')
            ->setDescription('Sends what the Crossdock hub is to be told, now')
            ->addOption(self::PARKED, null, InputOption::VALUE_NONE, 'Also what was given up');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        try {
            $this->state->setAreaCode(Area::AREA_CRONTAB);
        } catch (LocalizedException $alreadySet) {
            // Another command of the same process has set it.
        }

        if ($input->getOption(self::PARKED)) {
            $output->writeln($this->rows->unpark($this->clock->now()) . ' put back');
        }

        $done = $this->outbox->run();
        $left = $this->rows->count();
        $output->writeln("{$done['delivered']} delivered, {$done['failed']} failed, {$done['parked']} given up; {$left['waiting']} waiting, {$left['parked']} parked");
        foreach ($this->rows->failures(5) as $failure) {
            $output->writeln("  order {$failure['order_id']} ({$failure['event']}, {$failure['attempts']} attempts): {$failure['error']}");
        }

        return $done['failed'] + $done['parked'] === 0 ? 0 : 1;
    }
}
