<?php

// The module's classes, without Composer: a shop may carry any version of it.
foreach (['Uuid', 'Signer', 'RetrySchedule', 'Payload', 'Outbox', 'Transport', 'Worker', 'CurlTransport', 'DbOutbox', 'OrderRows'] as $class) {
    require_once __DIR__ . '/' . $class . '.php';
}
