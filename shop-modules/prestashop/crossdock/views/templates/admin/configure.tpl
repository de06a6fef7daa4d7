<form method="post" class="panel">
  <div class="panel-heading">{l s='Connection' mod='crossdock'}</div>
  <div class="form-group">
    <label for="CROSSDOCK_URL">{l s='Address of the hub' mod='crossdock'}</label>
    <input type="url" class="form-control" id="CROSSDOCK_URL" name="CROSSDOCK_URL" value="{$crossdock_url|escape:'htmlall':'UTF-8'}" placeholder="https://hub.example/in/my-shop">
    <p class="help-block">{l s='Shown on the connection\'s page in Crossdock.' mod='crossdock'}</p>
  </div>
  <div class="form-group">
    <label for="CROSSDOCK_SECRET">{l s='Secret' mod='crossdock'}</label>
    <input type="text" class="form-control" id="CROSSDOCK_SECRET" name="CROSSDOCK_SECRET" value="{$crossdock_secret|escape:'htmlall':'UTF-8'}" autocomplete="off" spellcheck="false">
    <p class="help-block">{l s='Enter the same text as module secret in Crossdock.' mod='crossdock'}</p>
  </div>
  <div class="panel-footer">
    <button type="submit" name="submitCrossdock" class="btn btn-primary">{l s='Save' mod='crossdock'}</button>
    <button type="submit" name="submitCrossdockTest" class="btn btn-default">{l s='Test' mod='crossdock'}</button>
    <button type="submit" name="submitCrossdockSecret" class="btn btn-default">{l s='New secret' mod='crossdock'}</button>
  </div>
</form>
<form method="post" class="panel">
  <div class="panel-heading">{l s='Sending' mod='crossdock'}</div>
  <p>{l s='Call this address every minute from the server\'s cron:' mod='crossdock'}</p>
  <pre>* * * * * curl -fsS '{$crossdock_cron|escape:'htmlall':'UTF-8'}' &gt;/dev/null</pre>
  <p>{l s='Waiting' mod='crossdock'}: {$crossdock_waiting|intval} &middot; {l s='Failing' mod='crossdock'}: {$crossdock_failing|intval} &middot; {l s='Given up' mod='crossdock'}: {$crossdock_parked|intval} &middot; {l s='Last sent (UTC)' mod='crossdock'}: {$crossdock_last|escape:'htmlall':'UTF-8'}</p>
  {if $crossdock_troubles}
  <table class="table">
    <thead><tr><th>{l s='Order' mod='crossdock'}</th><th>{l s='What' mod='crossdock'}</th><th>{l s='Since (UTC)' mod='crossdock'}</th><th>{l s='Attempts' mod='crossdock'}</th><th>{l s='Next (UTC)' mod='crossdock'}</th><th>{l s='Error' mod='crossdock'}</th></tr></thead>
    <tbody>
    {foreach $crossdock_troubles as $row}
      <tr>
        <td>{$row.id_object|intval}</td>
        <td>{$row.topic|escape:'htmlall':'UTF-8'}</td>
        <td>{$row.created_at|escape:'htmlall':'UTF-8'}</td>
        <td>{$row.attempts|intval}</td>
        <td>{if $row.parked_at}{l s='given up' mod='crossdock'}{else}{$row.next_attempt_at|escape:'htmlall':'UTF-8'}{/if}</td>
        <td>{$row.last_error|escape:'htmlall':'UTF-8'}</td>
      </tr>
    {/foreach}
    </tbody>
  </table>
  <div class="panel-footer"><button type="submit" name="submitCrossdockAgain" class="btn btn-default">{l s='Send again' mod='crossdock'}</button></div>
  {/if}
</form>
