<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

/**
 * Sends what waits. Called every minute by the server's cron with the token, or by the hub with a signed time:
 *   /module/crossdock/drain?token=TOKEN
 *   /module/crossdock/drain?t=SECONDS&s=HMAC of "SECONDS.drain"
 */
class CrossdockDrainModuleFrontController extends ModuleFrontController
{
    public $auth = false;
    public $ajax = true;

    /** Buyers are shown no page here, so maintenance changes nothing. */
    protected function displayMaintenancePage()
    {
    }

    public function initContent()
    {
        header('Content-Type: application/json; charset=utf-8');
        header('Cache-Control: no-store');
        $token = (string) Configuration::get('CROSSDOCK_TOKEN');
        $isOurs = ($token !== '' && hash_equals($token, (string) Tools::getValue('token')))
            || $this->module->signer()->isHub((string) Tools::getValue('t'), (string) Tools::getValue('s'), time());
        if (!$isOurs) {
            http_response_code(403);
            exit('{"error":"wrong token"}');
        }

        ignore_user_abort(true);
        @set_time_limit(60);
        try {
            exit(json_encode($this->module->drain(25, 10, 45)));
        } catch (\Throwable $thrown) {
            http_response_code(500);
            PrestaShopLogger::addLog('Crossdock: ' . substr($thrown->getMessage(), 0, 200), 3, null, 'Module', (int) $this->module->id);
            exit('{"error":"see the shop\'s log"}');
        }
    }
}
