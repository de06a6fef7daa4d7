// Everything works without this file; it shows times in the reader's zone, keeps live parts fresh and helps with forms.
const { lang, dataset } = document.documentElement;
const timeZone = dataset.zone || undefined;
const day = { hourCycle: "h23", hour: "2-digit", minute: "2-digit", timeZone };
const format = parts => new Intl.DateTimeFormat(lang === "en" || lang === "es" ? [navigator.languages.find(one => one.startsWith(lang)) ?? lang] : lang, { ...day, ...parts });
const hour = format({}), seconds = format({ second: "2-digit" }), date = format({ day: "numeric", month: "short" }), year = format({ day: "numeric", month: "short", year: "numeric" });
const today = new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
const since = new Intl.RelativeTimeFormat(lang, { style: "narrow" });
// As short as it is clear: today the time will do.
function clock(at) {
  const [now, then] = [today.format(new Date()), today.format(at)];
  return (now === then ? seconds : now.slice(-4) === then.slice(-4) ? date : year).format(at);
}
function ago(at) {
  const s = Math.max(0, Math.round((Date.now() - at) / 1000));
  return s < 60 ? since.format(-s, "second") : s < 3600 ? since.format(-Math.floor(s / 60), "minute") : s < 86400 ? since.format(-Math.floor(s / 3600), "hour") : clock(at);
}
function times(root) {
  for (const t of root.querySelectorAll("time[datetime]")) {
    const at = new Date(t.dateTime);
    t.textContent = t.dataset.as === "ago" ? ago(at) : t.dataset.as === "hour" ? hour.format(at) : t.dataset.as === "seconds" ? seconds.format(at) : clock(at);
  }
}
// A form's token is new every time, and says nothing.
const plain = part => part.innerHTML.replace(/value="CfDJ[^"]*"/g, "");
// A click is a press and a release on the same thing: until the button is up, nothing on the page is replaced or moves.
let isPressed = false;
addEventListener("pointerdown", () => { isPressed = true; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => setTimeout(() => { isPressed = false; }));
// Nobody's typing, choosing, marking or reading is swept away.
const isMarked = part => !getSelection().isCollapsed && getSelection().containsNode(part, true);
const isBusy = part => part.contains(document.activeElement) || isMarked(part) || part.querySelector("details[open]")
  || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some(field => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
async function refresh() {
  const live = [...document.querySelectorAll("[data-live]")];
  if (document.hidden || live.length === 0) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (answer.redirected) { location.href = answer.url; return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    times(page);
    if (isPressed) return;
    for (const part of live) {
      const next = page.getElementById(part.id);
      if (next && plain(next) !== plain(part) && !isBusy(part)) part.innerHTML = next.innerHTML;
    }
    document.getElementById("offline").hidden = true;
  } catch {
    if (!isPressed) document.getElementById("offline").hidden = false;
  }
}
times(document);
if (document.querySelector("[data-live]")) {
  (async function loop() { await new Promise(done => setTimeout(done, 2000)); await refresh(); loop(); })();
  document.addEventListener("visibilitychange", refresh);
}
document.addEventListener("click", e => {
  const close = e.target.closest("[data-close]");
  if (close) close.closest("dialog").close();
  const toggle = e.target.closest("[data-menu]");
  if (toggle) toggle.setAttribute("aria-expanded", String(toggle.closest(".side").classList.toggle("open")));
});
document.addEventListener("change", e => {
  if (e.target.matches("[data-all]")) for (const box of e.target.form.querySelectorAll("input[name=id]")) box.checked = e.target.checked;
});
document.addEventListener("submit", e => {
  for (const field of e.target.querySelectorAll("[data-drop-empty]")) if (!field.value) field.disabled = true;
});
// A payload is searched and copied where it is shown; without this file the browser's own search does.
for (const tools of document.querySelectorAll("[data-raw]")) {
  const body = tools.parentElement.querySelector("[data-body]");
  if (!body) continue;
  const text = body.textContent, found = tools.querySelector("[data-found]");
  tools.hidden = false;
  tools.querySelector("[data-find]").addEventListener("input", e => {
    const wanted = e.target.value.toLowerCase(), parts = [], lower = text.toLowerCase();
    let at = 0, hits = 0;
    // Beyond this many marks a page gets slow, and nobody reads them.
    for (let next; wanted && hits < 500 && (next = lower.indexOf(wanted, at)) >= 0; hits++) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(next, next + wanted.length);
      parts.push(text.slice(at, next), mark);
      at = next + wanted.length;
    }
    body.replaceChildren(...parts, text.slice(at));
    found.textContent = !wanted ? "" : hits === 500 ? "500 and more" : `${hits} found`;
    const first = body.querySelector("mark");
    if (first) body.scrollTop = first.offsetTop - body.offsetTop - 40;
  });
  tools.querySelector("[data-find]").addEventListener("keydown", e => { if (e.key === "Enter") e.preventDefault(); });
  tools.querySelector("[data-copy]").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); found.textContent = "Copied."; }
    catch { getSelection().selectAllChildren(body); found.textContent = "Marked: copy it with the keyboard."; }
  });
}

// Search as you type: the same page is asked for its list, the last question counts, and the address says what is shown.
let asking = null, waiting = 0;
const said = document.getElementById("said");
const say = text => { if (said) said.textContent = text; };
function question(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  return form.action.split("?")[0] + (fields.length ? "?" + new URLSearchParams(fields) : "");
}
async function search(form) {
  asking?.abort();
  asking = new AbortController();
  const address = question(form), list = document.getElementById(form.dataset.search);
  try {
    const answer = await fetch(address, { headers: { "X-Live": "1" }, signal: asking.signal });
    if (answer.redirected) { location.href = answer.url; return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    times(page);
    list.innerHTML = page.getElementById(list.id).innerHTML;
    history.replaceState(null, "", address);
    remember();
    say(list.querySelector(".pager span")?.textContent ?? list.querySelector(".empty b")?.textContent ?? "");
  } catch (error) {
    if (error.name !== "AbortError") say("The hub does not answer.");
  }
}
document.addEventListener("input", e => {
  if (!e.target.matches("[data-search] input[type=search]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(search, 200, e.target.form);
});

// Keys: nothing happens while somebody types, and nothing with Ctrl, Alt or Meta.
const rows = () => [...document.querySelectorAll("main table.cards tbody tr")].map(row => row.querySelector("a.strong, td a")).filter(Boolean);
function move(by) {
  const all = rows();
  if (all.length === 0) return false;
  const at = all.findIndex(link => link.closest("tr").contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}
function remember() {
  if (document.querySelector("[data-list=orders]")) try { sessionStorage.setItem("orders", JSON.stringify(rows().map(link => link.getAttribute("href")))); } catch { /* without it there is no next order */ }
}
remember();
function neighbour(by) {
  try {
    const all = JSON.parse(sessionStorage.getItem("orders") ?? "[]"), at = all.indexOf(location.pathname), to = all[at + by];
    if (at >= 0 && to) location.href = to; else say(by > 0 ? "This was the last order of the list." : "This was the first order of the list.");
  } catch { say("Open an order from the list first."); }
  return true;
}
// A button that asks for a reason: first the reason, then Enter presses that button and no other.
function decide(key) {
  const button = document.querySelector(`main [data-key="${key}"]`);
  if (!button) return false;
  const reason = button.form.querySelector("[name=because]");
  if (reason && !reason.value) {
    button.form.dataset.chosen = key;
    reason.focus();
    say(`${button.textContent}: give a reason, then Enter.`);
  } else button.form.requestSubmit(button);
  return true;
}
const keys = {
  "/": () => { const field = document.querySelector("main input[type=search]"); field?.focus(); field?.select(); return !!field; },
  j: () => move(1), k: () => move(-1), ArrowDown: () => document.querySelector("main table.cards tbody")?.contains(document.activeElement) && move(1), ArrowUp: () => document.querySelector("main table.cards tbody")?.contains(document.activeElement) && move(-1),
  x: () => { const box = document.activeElement.closest("tr")?.querySelector("input[type=checkbox]"); if (box) { box.click(); say(box.checked ? "Chosen." : "Not chosen."); } return !!box; },
  a: () => decide("a"), h: () => decide("h"),
  n: () => /^\/orders\/[0-9a-f-]{36}$/.test(location.pathname) && neighbour(1), p: () => /^\/orders\/[0-9a-f-]{36}$/.test(location.pathname) && neighbour(-1),
  "?": () => { const help = document.getElementById("keys"); help?.showModal(); return !!help; },
};
// Single keys can be switched off, for who speaks to the browser or hits them by chance.
const hasKeys = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
const keySwitch = document.getElementById("keys-on");
if (keySwitch) {
  keySwitch.checked = hasKeys();
  keySwitch.addEventListener("change", () => { try { localStorage.setItem("keys", keySwitch.checked ? "on" : "off"); } catch { /* then they stay on */ } });
}
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
  const at = e.target;
  if (e.key === "Enter" && at.matches?.("input[name=because]") && at.form.dataset.chosen) {
    const button = at.form.querySelector(`[data-key="${at.form.dataset.chosen}"]`);
    if (button && at.value) { e.preventDefault(); at.form.requestSubmit(button); }
    return;
  }
  if (e.key === "Escape" && at.matches?.("input, textarea")) { at.blur(); return; }
  if (at.matches?.("textarea, select, [contenteditable], input:not([type=checkbox])") || document.querySelector("dialog[open]")) return;
  if (Object.hasOwn(keys, e.key) && (hasKeys() || e.key === "?") && keys[e.key]()) e.preventDefault();
});
