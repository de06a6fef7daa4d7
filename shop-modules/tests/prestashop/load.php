<?php
declare(strict_types=1);

// The pure parts of the module and a table in memory.
foreach (['Uuid', 'Signer', 'RetrySchedule', 'Payload', 'Outbox', 'Transport', 'Worker'] as $class) {
    require_once __DIR__ . '/../../prestashop/crossdock/src/' . $class . '.php';
}

require_once __DIR__ . '/Memory.php';
require_once __DIR__ . '/Rows.php';
