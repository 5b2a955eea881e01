// Keys, menus and dialogs. Reading, filtering and exporting work without any of this.
"use strict";
(() => {
  const say = (words) => { document.getElementById("said").textContent = words; };
  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");
  const lines = () => [...document.querySelectorAll("[data-line]")];
  let before = "";

  const move = (by) => {
    const all = lines();
    if (!all.length) return;
    const now = all.findIndex((line) => line.classList.contains("here"));
    const next = Math.min(Math.max(now + by, 0), all.length - 1);
    all.forEach((line, place) => line.classList.toggle("here", place === next));
    const link = all[next].querySelector("th a");
    link.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  };

  const press = (key) => {
    const held = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].pop();
    if (!held) return false;
    if (held.matches("input, textarea")) { held.focus(); held.select(); } else { held.click(); if (held.matches("summary")) held.parentElement.querySelector("a, select")?.focus(); }
    return true;
  };

  const picks = () => [...document.querySelectorAll('input[name="party"]')];
  const count = () => {
    const held = picks().filter((pick) => pick.checked).length;
    const told = document.querySelector("[data-count]");
    if (told) told.textContent = held ? `${held} selected` : "";
    const whole = document.querySelector("[data-all]");
    if (whole) { whole.checked = held > 0 && held === picks().length; whole.indeterminate = held > 0 && held < picks().length; }
  };
  const pickAll = (yes) => { picks().forEach((pick) => { pick.checked = yes; }); count(); };
  const here = () => document.querySelector("[data-line].here");
  const pickHere = () => {
    if (!here()) move(1);
    const pick = here()?.querySelector('input[name="party"]');
    if (pick) { pick.checked = !pick.checked; count(); }
  };

  const open = (name) => {
    const dialog = document.getElementById(name);
    if (dialog && !dialog.open) dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open("go"); return; }
    if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (before === "g") {
      before = "";
      const place = { h: "/", w: "/worklist", s: "/sources", a: "/audit" }[key];
      if (place) { event.preventDefault(); location.assign(place); }
      return;
    }
    if (key === "g") before = "g";
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "?") open("keys");
    else if (key === "x") pickHere();
    else if (key === "X") pickAll(!picks().every((pick) => pick.checked));
    else if (key === "Enter" && here() && event.target === document.body) here().querySelector("th a").click();
    else if ("as".includes(key) && picks().length && !picks().some((pick) => pick.checked)) { pickHere(); press(key); event.preventDefault(); }
    else if (press(key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "go-text") return;
    const words = event.target.value.toLowerCase();
    document.querySelectorAll("#go-list li").forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(words); });
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) pickAll(event.target.checked);
    else if (event.target.matches('input[name="party"]')) count();
  });

  const toast = document.querySelector("[data-toast]");
  if (toast) setTimeout(() => { toast.remove(); history.replaceState(null, "", location.href.replace(/([?&])undo=[^&]*&?/, "$1").replace(/[?&]$/, "")); }, 10000);

  const now = document.querySelector("[data-events]");
  if (now) {
    const source = new EventSource(now.dataset.events);
    let was = "";
    source.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      now.querySelector("[data-phase]").textContent = told.phase;
      now.querySelector("[data-streams]").replaceChildren(...told.streams.map(([name, read, total, note]) => {
        const line = document.createElement("li");
        line.textContent = `${name}: ${read.toLocaleString("en")}${total ? ` of ${total.toLocaleString("en")}` : ""} ${note}`;
        return line;
      }));
      if (was && was !== "ready" && told.phase === "ready") location.reload();
      was = told.phase;
    });
    addEventListener("pagehide", () => source.close());
  }

  document.addEventListener("htmx:after:swap", () => {
    const sums = document.querySelector("#found .sums");
    if (sums) say(sums.textContent.replace(/\s+/g, " ").trim());
  });
})();
