<?php
declare(strict_types=1);

/*
 * Prints a message of the module as it would be sent, for the test that holds module and connector together:
 *   php sign.php SECRET TIMESTAMP < order.json
 * One line of JSON: the headers, and the body in base64.
 */

require __DIR__ . '/pure.php';

use Crossdock\Hub\Outbox\Payload;
use Crossdock\Hub\Outbox\Signer;

$order = json_decode((string) file_get_contents('php://stdin'), true);
$body = Payload::of('order.saved', (int) $order['entity_id'], ['store' => 'peru', 'order' => $order, 'shipments' => [], 'creditmemos' => []], true);
echo json_encode(['headers' => Signer::headers('order.saved', Signer::delivery(), (int) $argv[2], $body, $argv[1]), 'body' => base64_encode($body)]), "\n";
