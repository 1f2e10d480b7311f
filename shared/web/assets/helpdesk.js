"use strict";
(() => {
  // The Company column, at once. The server reads the same cookie.
  const columns = document.querySelector("form.columns");
  const table = document.querySelector("table.results");
  if (columns && table) {
    columns.addEventListener("submit", (event) => {
      event.preventDefault();
      const shown = !table.classList.toggle("no-company");
      columns.querySelector("button").setAttribute("aria-pressed", shown);
      columns.elements.company.value = shown ? "" : "true";
      const secure = columns.dataset.secure === "true" ? "; Secure" : "";
      document.cookie = `desk_columns=${shown ? "company" : ""}; Path=/helpdesk; Max-Age=31536000; SameSite=Lax${secure}`;
    });
  }

  // Back to the results as they were.
  const up = document.querySelector('a.up[href="/helpdesk"]');
  if (up && document.referrer.startsWith(`${location.origin}/helpdesk?`)) up.href = document.referrer;

  // Keys for the search and its results. Who speaks to their machine can turn them off.
  const box = document.getElementById("q");
  const rows = [...document.querySelectorAll(".results .what a")];
  const hint = document.querySelector(".keys");
  let on = true;
  try { on = localStorage.getItem("desk-keys") !== "off"; } catch { /* Nothing is kept here. */ }
  if (hint) {
    const button = hint.querySelector("button");
    const show = () => button.setAttribute("aria-pressed", !on);
    button.addEventListener("click", () => {
      on = !on;
      try { localStorage.setItem("desk-keys", on ? "on" : "off"); } catch { /* Then only until the next page. */ }
      show();
    });
    show();
    hint.hidden = false;
  }
  const writes = (it) => it.matches("textarea,select,input:not([type=checkbox]),[contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { key, target } = event;
    const inBox = target === box;
    if (inBox && key === "Escape") box.blur();
    if (writes(target) && !(inBox && key === "ArrowDown")) return;
    if (target.closest("details.menu[open]")) return;
    if (key === "/" && box) {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
    if (!step || rows.length === 0) return;
    const at = rows.indexOf(document.activeElement);
    // Arrows scroll the page, unless the reader is among the rows.
    if (key.startsWith("Arrow") && at < 0 && !inBox) return;
    event.preventDefault();
    if (at === 0 && step < 0 && box) box.focus();
    else rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
  });
})();
