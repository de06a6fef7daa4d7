<?php
/**
 * Crossdock for PrestaShop 1.7 to 9: tells the hub what happens to orders.
 *
 * A hook writes one row into a table and nothing else, so that no checkout waits or fails because of this module. What is in the table is sent
 * by a cron job, by the hub's own calls, and after the answers of later visits where the server allows that.
 */

if (!defined('_PS_VERSION_')) {
    exit;
}

require_once __DIR__ . '/src/load.php';

use Crossdock\PrestaShop\CurlTransport;
use Crossdock\PrestaShop\DbOutbox;
use Crossdock\PrestaShop\OrderRows;
use Crossdock\PrestaShop\Payload;
use Crossdock\PrestaShop\Signer;
use Crossdock\PrestaShop\Uuid;
use Crossdock\PrestaShop\Worker;

class Crossdock extends Module
{
    const HOOKS = [
        'actionValidateOrder', 'actionOrderStatusPostUpdate', 'actionOrderHistoryAddAfter', 'actionOrderSlipAdd', 'actionOrderReturn', 'actionOrderEdited',
        'actionAdminOrdersTrackingNumberUpdate', 'actionObjectOrderCarrierUpdateAfter', 'actionObjectAddressUpdateAfter', 'actionObjectOrderUpdateAfter', 'actionDispatcher',
    ];

    /** Set once per request: what happened in it is sent after its answer. */
    private static $isArmed = false;

    public function __construct()
    {
        $this->name = 'crossdock';
        $this->tab = 'shipping_logistics';
        $this->version = '1.0.0';
        $this->author = 'Crossdock';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.0.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = $this->l('Crossdock');
        $this->description = $this->l('Sends orders to the Crossdock hub as they happen.');
        $this->confirmUninstall = $this->l('Orders will no longer be sent to Crossdock. What has not been sent stays in the database.');
    }

    public function install()
    {
        if (!parent::install() || !DbOutbox::create()) {
            return false;
        }

        foreach (self::HOOKS as $hook) {
            if (!$this->registerHook($hook)) {
                return false;
            }
        }

        return Configuration::updateValue('CROSSDOCK_SECRET', base64_encode(random_bytes(32)))
            && Configuration::updateValue('CROSSDOCK_TOKEN', bin2hex(random_bytes(16)));
    }

    public function uninstall()
    {
        DbOutbox::dropIfEmpty();
        foreach (['CROSSDOCK_URL', 'CROSSDOCK_SECRET', 'CROSSDOCK_SECRET_OLD', 'CROSSDOCK_TOKEN', 'CROSSDOCK_STOPPED', 'CROSSDOCK_NEXT'] as $name) {
            Configuration::deleteByName($name);
        }

        return parent::uninstall();
    }

    // Hooks. Each runs inside somebody's request: one row, everything caught.

    public function hookActionValidateOrder($params)
    {
        $this->note('order.created', $params, 'order');
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $detail = [];
        foreach (['old_state' => 'oldOrderStatus', 'new_state' => 'newOrderStatus'] as $name => $key) {
            if (isset($params[$key]->id)) {
                $detail[$name] = (int) $params[$key]->id;
            }
        }

        $this->note('order.state_changed', $params, null, $detail);
        if (!empty($params['newOrderStatus']->paid)) {
            // A split purchase is booked as paid on one of its orders only: the hub has to hear of the others, too.
            $this->quietly(function () use ($params) {
                DbOutbox::addSiblings((int) $params['id_order'], $this->shopId());
            });
        }
    }

    public function hookActionOrderHistoryAddAfter($params)
    {
        $this->note('order.state_changed', $params, 'order_history');
    }

    public function hookActionOrderSlipAdd($params)
    {
        $this->note('order.refunded', $params, 'order');
    }

    public function hookActionOrderReturn($params)
    {
        $this->note('order.refunded', $params, 'orderReturn');
    }

    public function hookActionOrderEdited($params)
    {
        $this->note('order.edited', $params, 'order');
    }

    public function hookActionAdminOrdersTrackingNumberUpdate($params)
    {
        $this->note('order.tracking', $params, 'order');
    }

    public function hookActionObjectOrderCarrierUpdateAfter($params)
    {
        $this->note('order.tracking', $params, 'object');
    }

    public function hookActionObjectOrderUpdateAfter($params)
    {
        $this->note('order.edited', $params, 'object');
    }

    public function hookActionObjectAddressUpdateAfter($params)
    {
        $this->quietly(function () use ($params) {
            if (isset($params['object']->id) && $this->isOn()) {
                DbOutbox::addForAddress((int) $params['object']->id, $this->shopId());
                $this->arm();
            }
        });
    }

    /** Any page of the shop: now and then, after its answer, a few waiting rows are sent. */
    public function hookActionDispatcher($params)
    {
        $this->quietly(function () {
            if ($this->isOn() && (int) Configuration::get('CROSSDOCK_NEXT') <= time()) {
                $this->arm();
            }
        });
    }

    /** Sends what is due; called by the cron address and after answers. @return array sent, failed, stopped */
    public function drain(int $most, int $timeoutSeconds, int $seconds): array
    {
        if (!$this->isOn()) {
            return ['sent' => 0, 'failed' => 0, 'stopped' => (bool) Configuration::get('CROSSDOCK_STOPPED')];
        }

        $result = $this->worker()->run($most, $timeoutSeconds, $seconds);
        if ($result['stopped']) {
            Configuration::updateValue('CROSSDOCK_STOPPED', 1);
        }

        return $result;
    }

    public function signer(): Signer
    {
        return new Signer([(string) Configuration::get('CROSSDOCK_SECRET'), (string) Configuration::get('CROSSDOCK_SECRET_OLD')]);
    }

    public function getContent()
    {
        $notices = '';
        if (Tools::isSubmit('submitCrossdock')) {
            $notices .= $this->save();
        } elseif (Tools::isSubmit('submitCrossdockTest')) {
            $notices .= $this->test();
        } elseif (Tools::isSubmit('submitCrossdockAgain')) {
            DbOutbox::again();
            $notices .= $this->displayConfirmation($this->l('Everything that waits is tried again.'));
        } elseif (Tools::isSubmit('submitCrossdockSecret')) {
            Configuration::updateValue('CROSSDOCK_SECRET_OLD', (string) Configuration::get('CROSSDOCK_SECRET'));
            Configuration::updateValue('CROSSDOCK_SECRET', base64_encode(random_bytes(32)));
            $notices .= $this->displayConfirmation($this->l('There is a new secret. Until you press Save here again, both are used: enter the new one in Crossdock first.'));
        }

        if (Configuration::get('CROSSDOCK_STOPPED')) {
            $notices .= $this->displayError($this->l('The hub says that this connection no longer exists (410). Nothing is sent until you save the settings again.'));
        }

        return $notices . $this->page();
    }

    private function save(): string
    {
        $url = trim((string) Tools::getValue('CROSSDOCK_URL'));
        $secret = trim((string) Tools::getValue('CROSSDOCK_SECRET'));
        if ($url !== '' && !preg_match('#^https?://[^\s/]+/#', $url)) {
            return $this->displayError($this->l('The address must begin with https:// and is shown in Crossdock, on the connection\'s page.'));
        }

        if (strlen($secret) < 16) {
            return $this->displayError($this->l('The secret needs at least 16 characters.'));
        }

        Configuration::updateValue('CROSSDOCK_URL', $url);
        Configuration::updateValue('CROSSDOCK_SECRET', $secret);
        Configuration::deleteByName('CROSSDOCK_SECRET_OLD');
        Configuration::deleteByName('CROSSDOCK_STOPPED');
        return $this->displayConfirmation($this->l('Saved.'));
    }

    private function test(): string
    {
        if ((string) Configuration::get('CROSSDOCK_URL') === '') {
            return $this->displayError($this->l('Enter and save the hub\'s address first.'));
        }

        $id = Uuid::make();
        list($status, $error) = $this->worker()->test($id, Payload::test($this->describeShop(), $id, gmdate('Y-m-d\TH:i:s\Z')), 10);
        if ($status >= 200 && $status < 300) {
            return $this->displayConfirmation($this->l('The hub has received the test.'));
        }

        $hints = [
            401 => $this->l('The hub does not accept the signature: the secret differs, or this server\'s clock is more than five minutes wrong.'),
            404 => $this->l('The hub does not know this address: compare it with the connection\'s page.'),
            410 => $this->l('The hub says that this connection no longer exists.'),
        ];
        return $this->displayError(isset($hints[$status]) ? $hints[$status] : sprintf($this->l('The test did not arrive: %s'), htmlspecialchars($error, ENT_QUOTES, 'UTF-8')));
    }

    private function page(): string
    {
        $figures = DbOutbox::figures();
        $this->context->smarty->assign([
            'crossdock_url' => (string) Configuration::get('CROSSDOCK_URL'),
            'crossdock_secret' => (string) Configuration::get('CROSSDOCK_SECRET'),
            'crossdock_cron' => $this->context->link->getModuleLink($this->name, 'drain', ['token' => (string) Configuration::get('CROSSDOCK_TOKEN')], true),
            'crossdock_waiting' => (int) (isset($figures['waiting']) ? $figures['waiting'] : 0),
            'crossdock_failing' => (int) (isset($figures['failing']) ? $figures['failing'] : 0),
            'crossdock_parked' => (int) (isset($figures['parked']) ? $figures['parked'] : 0),
            'crossdock_last' => isset($figures['last']) ? (string) $figures['last'] : '',
            'crossdock_troubles' => DbOutbox::troubles(20),
        ]);
        return $this->context->smarty->fetch($this->getLocalPath() . 'views/templates/admin/configure.tpl');
    }

    private function note(string $topic, $params, $holder, array $detail = [])
    {
        $this->quietly(function () use ($topic, $params, $holder, $detail) {
            $order = $holder === null ? (isset($params['id_order']) ? (int) $params['id_order'] : 0) : $this->orderOf(isset($params[$holder]) ? $params[$holder] : null);
            if ($order > 0 && $this->isOn()) {
                DbOutbox::add($topic, $order, $this->shopId(), $detail);
                $this->arm();
            }
        });
    }

    // An order itself, or a row that belongs to one.
    private function orderOf($object): int
    {
        return !is_object($object) ? 0 : ($object instanceof Order ? (int) $object->id : (isset($object->id_order) ? (int) $object->id_order : 0));
    }

    // After the answer, where PHP can end it first; otherwise the cron job sends.
    private function arm()
    {
        $finish = function_exists('fastcgi_finish_request') ? 'fastcgi_finish_request' : (function_exists('litespeed_finish_request') ? 'litespeed_finish_request' : null);
        if (self::$isArmed || $finish === null) {
            return;
        }

        self::$isArmed = true;
        register_shutdown_function(function () use ($finish) {
            $this->quietly(function () use ($finish) {
                $finish();
                ignore_user_abort(true);
                Configuration::updateValue('CROSSDOCK_NEXT', time() + 60);
                $this->drain(3, 2, 5);
            });
        });
    }

    private function quietly(callable $do)
    {
        try {
            $do();
        } catch (\Throwable $thrown) {
            try {
                PrestaShopLogger::addLog('Crossdock: ' . substr($thrown->getMessage(), 0, 200), 2, null, 'Module', (int) $this->id);
            } catch (\Throwable $silent) {
                // Not even the log works: the shop goes on selling.
            }
        }
    }

    private function isOn(): bool
    {
        return (string) Configuration::get('CROSSDOCK_URL') !== '' && !Configuration::get('CROSSDOCK_STOPPED');
    }

    private function shopId(): int
    {
        return isset($this->context->shop->id) ? (int) $this->context->shop->id : 1;
    }

    private function describeShop(): array
    {
        return OrderRows::shop($this->shopId(), isset($this->context->shop->id_shop_group) ? (int) $this->context->shop->id_shop_group : 1);
    }

    private function worker(): Worker
    {
        $shop = $this->describeShop();
        $build = function (array $row) {
            $rows = OrderRows::read((int) $row['id_object']);
            return $rows === null ? null : Payload::build($row, $rows, gmdate('Y-m-d\TH:i:s\Z'));
        };
        return new Worker(
            new DbOutbox(),
            new CurlTransport(),
            $this->signer(),
            $build,
            'time',
            (string) Configuration::get('CROSSDOCK_URL'),
            $shop['url'] . '|' . $shop['id_shop'],
            'crossdock-prestashop/' . $this->version . ' (PrestaShop ' . _PS_VERSION_ . '; PHP ' . PHP_VERSION . ')'
        );
    }
}
