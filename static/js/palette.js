// The command palette: what the search page finds, under the fingers.
(() => {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const results = dialog.querySelector(".palette-results");
  let waiting, asked, chosen = -1;

  const items = () => [...results.querySelectorAll("a")];
  const choose = (index) => {
    const all = items();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = `${dialog.dataset.address}?${new URLSearchParams({ q: input.value.trim() })}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, signal: asked.signal });
      // The session has ended: log in, then come back to this page.
      const login = answer.headers.get("HX-Redirect");
      if (login) return location.assign(login);
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      results.innerHTML = await answer.text();
      items().forEach((item, place) => { item.id = `palette-${place}`; item.role = "option"; });
      for (const title of results.querySelectorAll(".palette-group")) title.role = "presentation";
      results.role = items().length ? "listbox" : "status";
      choose(0);
    } catch (error) {
      if (error.name !== "AbortError") results.textContent = portal.words.searchFailed;
    }
  };

  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    if (event.key === "Enter" && items()[chosen]) { event.preventDefault(); items()[chosen].click(); }
  });
  new MutationObserver(() => { if (dialog.open) { input.select(); ask(); } }).observe(dialog, { attributeFilter: ["open"] });
})();
