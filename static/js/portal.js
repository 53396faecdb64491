// What every page does in the browser: ages that live, parts that refresh, keys, theme, toasts. Pages work without it.
(() => {
  "use strict";
  const readJson = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
  const words = readJson("words");
  // Business time may run ahead of this machine's clock, and this machine's clock may be wrong.
  let offset = Number(document.querySelector('meta[name="portal-now"]')?.content || Date.now()) - Date.now();
  const now = () => Date.now() + offset;
  window.portal = { words, now, zone: document.body.dataset.zone, language: document.documentElement.lang };

  // Ages -------------------------------------------------------------------------------------------------------
  const spans = [[86400 * 2, 86400, "days"], [3600, 3600, "hours"], [60, 60, "minutes"]];
  const inWords = (milliseconds, kind) => {
    const past = milliseconds < 0;
    const form = words[kind === "left" ? (past ? "late" : "left") : past ? "ago" : "ahead"];
    const seconds = Math.abs(milliseconds) / 1000;
    for (const [from, unit, name] of spans) {
      if (seconds >= from) return form[name].replace("{n}", Math.floor(seconds / unit));
    }
    return form.moment;
  };
  const showAges = () => {
    for (const element of document.querySelectorAll("time[data-age]")) {
      const text = inWords(Date.parse(element.dateTime) - now(), element.dataset.age);
      if (element.textContent !== text) element.textContent = text;
    }
    const clock = document.querySelector("[data-clock]");
    if (clock) clock.textContent = new Intl.DateTimeFormat(portal.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: portal.zone }).format(now());
  };

  // Parts that refresh: one timer, at rest while nobody looks -----------------------------------------------------
  let ticks = 0;
  const refresh = (all) => {
    if (document.hidden) return;
    for (const part of document.querySelectorAll("[data-live]")) {
      if (all || ticks % Number(part.dataset.live) === 0) part.dispatchEvent(new CustomEvent("refresh"));
    }
  };
  setInterval(() => { ticks += 1; refresh(false); if (ticks % 10 === 0 && !document.hidden) showAges(); }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { showAges(); refresh(true); } });

  // What was read again without a difference only grows younger.
  document.addEventListener("ages", (event) => {
    for (const element of document.querySelectorAll("time[data-reading]")) {
      const at = event.detail[element.dataset.reading];
      if (at) element.dateTime = at;
    }
    showAges();
  });

  // What moves at every reading without being news.
  document.addEventListener("figures", (event) => {
    for (const element of document.querySelectorAll("[data-figure]")) {
      const text = event.detail[element.dataset.figure];
      if (text && element.textContent !== text) element.textContent = text;
    }
  });

  // At whose request staff act is chosen without losing what was typed; every form then says what the banner says.
  document.addEventListener("htmx:after:swap", () => {
    const person = document.getElementById("acting")?.dataset.person;
    if (person === undefined) return;
    for (const field of document.querySelectorAll("input[data-for-whom]")) field.value = person;
  });

  // The language may have been changed in another tab: parts go on in the language of the page that they stand in.
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-Page-Language"] = portal.language;
  });

  // Business time may have moved on since the page was drawn.
  document.addEventListener("htmx:after:request", (event) => {
    const told = Number(event.detail?.ctx?.response?.headers?.get("X-Portal-Now"));
    if (!told || Math.abs(told - now()) < 5000) return;
    offset = told - Date.now();
    showAges();
  });

  // An old picture is never left looking like a fresh one.
  const stale = document.getElementById("stale");
  const seenWell = (event) => {
    const context = event.detail?.ctx;
    if (!stale || !context?.sourceElement?.matches?.("[data-live]")) return;
    const status = context.response?.status;
    const well = status !== undefined && status < 400;
    if (!well && stale.hidden) stale.querySelector("time").textContent = new Date(now()).toLocaleTimeString(portal.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: portal.zone });
    stale.hidden = well;
  };
  document.addEventListener("htmx:finally:request", seenWell);

  // Theme: shown at once, kept by the server ------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    const body = new FormData(form, event.submitter);
    if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
    for (const button of form.querySelectorAll("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === theme));
    document.dispatchEvent(new CustomEvent("portal:theme"));
    fetch(form.action, { method: "POST", body, redirect: "manual" });
  });

  // Forms that need no button press; toasts; dialogs ----------------------------------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
    if (event.target.id === "shortcuts-switch") localStorage.setItem("shortcuts", event.target.checked ? "on" : "off");
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest(closer.dataset.closes).remove();
    const opener = event.target.closest("[data-opens]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.opens).showModal(); }
    if (event.target.matches("dialog")) event.target.close();
    if (event.target.closest("[data-prints]")) window.print();
  });

  // Keys: single ones can be switched off --------------------------------------------------------------------------
  const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");
  const shortcutsOn = () => localStorage.getItem("shortcuts") !== "off";
  let jumping = -Infinity;
  const open = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); return open("palette"); }
    if (event.ctrlKey || event.metaKey || typing(event.target) || !shortcutsOn() || document.querySelector("dialog[open]")) return;
    if (event.timeStamp - jumping < 1500) {
      jumping = -Infinity;
      const place = document.querySelector(`a[data-jump="${CSS.escape(event.key)}"]`);
      if (place) { event.preventDefault(); place.click(); }
    } else if (event.key === "g") jumping = event.timeStamp;
    else if (event.key === "/") { event.preventDefault(); open("palette"); }
    else if (event.key === "?") { event.preventDefault(); open("keys"); }
  });

  const begin = () => {
    showAges();
    const shortcutsSwitch = document.getElementById("shortcuts-switch");
    if (shortcutsSwitch) shortcutsSwitch.checked = shortcutsOn();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
