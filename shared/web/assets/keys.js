// Keyboard shortcuts of the Help Desk. Single keys get in the way of speech input, so they can be turned off (WCAG 2.1, 2.1.4).
const box = document.getElementById("q");
/** Results come and go while somebody types. */
const rows = () => [...document.querySelectorAll(".results .what a")];
const composer = document.getElementById("compose");
const assignee = document.querySelector("select#assignee");
let on = true;
try { on = localStorage.getItem("desk-keys") !== "off"; } catch { /* Storage is blocked. */ }

/** Opens the composer, to answer or to note. */
const compose = (as) => {
  const mode = composer.querySelector(`[name=as][value=${as}]`);
  mode.checked = true;
  composer.elements.body.focus();
  composer.elements.body.scrollIntoView({ block: "nearest" });
};
/** What keys do on this page: the key, what to say of it, and what to do. */
const keys = [
  box && ["/", "search", () => { box.focus(); box.select(); }],
  (box || rows().length > 0) && ["j", "the next row", () => step(1)],
  (box || rows().length > 0) && ["k", "the row before", () => step(-1)],
  (box || rows().length > 0) && ["Enter", "open the row", null],
  composer && ["r", "reply", () => compose("reply")],
  composer && ["n", "write a note", () => compose("note")],
  assignee && ["a", "choose the assignee", () => { assignee.focus(); assignee.scrollIntoView({ block: "nearest" }); }],
  ["?", "show these keys", () => help.showModal()],
].filter(Boolean);

const help = document.createElement("dialog");
help.setAttribute("aria-labelledby", "keys-heading");
const helpHeading = Object.assign(document.createElement("h2"), { id: "keys-heading", textContent: "Keys" });
const helpLines = document.createElement("dl");
for (const [key, what] of keys) {
  const [line, name, told] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  const cap = document.createElement("kbd");
  cap.textContent = key;
  name.append(cap);
  told.textContent = what;
  line.append(name, told);
  helpLines.append(line);
}
const closeHelp = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Close" });
closeHelp.addEventListener("click", () => help.close());
help.append(helpHeading, helpLines, closeHelp);
document.body.append(help);

const keysLine = Object.assign(document.createElement("p"), { className: "keys" });
const showKeys = Object.assign(document.createElement("button"), { type: "button", className: "text", textContent: "Keys" });
const keysOff = Object.assign(document.createElement("button"), { type: "button", className: "text", textContent: "Keys off" });
showKeys.addEventListener("click", () => help.showModal());
const tellKeys = () => keysOff.setAttribute("aria-pressed", !on);
keysOff.addEventListener("click", () => {
  on = !on;
  try { localStorage.setItem("desk-keys", on ? "on" : "off"); } catch { /* It lasts until the next page. */ }
  tellKeys();
});
tellKeys();
keysLine.append(showKeys, keysOff);
if (box || composer || rows().length > 0) document.getElementById("main").append(keysLine);

const step = (by) => {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (at === 0 && by < 0 && box) box.focus();
  else all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
};
const writes = (it) => it.matches("textarea,select,input:not([type=checkbox],[type=radio]),[contenteditable]");
document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
  const { key, target } = event;
  const inBox = target === box;
  if (inBox && key === "Escape") box.blur();
  if (writes(target) && !(inBox && key === "ArrowDown")) return;
  if (target.closest("details.menu[open]")) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (by) {
    // Arrow keys scroll the page unless the focus is on a row.
    if (rows().length === 0 || (rows().indexOf(document.activeElement) < 0 && !inBox)) return;
    event.preventDefault();
    return step(by);
  }
  const act = keys.find(([name]) => name === key)?.[2];
  if (!act) return;
  event.preventDefault();
  act();
});
