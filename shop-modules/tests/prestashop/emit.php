<?php
declare(strict_types=1);

// One signed notification on standard output, for the hub's own tests: what the module sends must be what the hub understands.
use Crossdock\PrestaShop\Payload;
use Crossdock\PrestaShop\Signer;
use Crossdock\Tests\PrestaShop\Rows;

require __DIR__ . '/load.php';

[, $secret, $timestamp] = $argv;
$body = Payload::json(Payload::build(Rows::event(), Rows::order(), '2026-11-02T14:43:45Z'));
echo json_encode([
    'headers' => (new Signer([$secret]))->headers(Rows::event(), $body, (int) $timestamp, 'https://tienda.example|1', 'crossdock-prestashop/1.0.0 (PrestaShop 8.1.7; PHP ' . PHP_VERSION . ')'),
    'body' => base64_encode($body),
]);
