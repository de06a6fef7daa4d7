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
