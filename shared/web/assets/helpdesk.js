// What pages of the Help Desk do in addition to portal.js.

// Shows or hides the Company column without a request. The server reads the same cookie.
document.addEventListener("submit", (event) => {
  const columns = event.target;
  const table = document.querySelector("table.results");
  if (!columns.matches("form.columns") || !table) return;
  event.preventDefault();
  const shown = !table.classList.toggle("no-company");
  columns.querySelector("button").setAttribute("aria-pressed", shown);
  columns.elements.company.value = shown ? "" : "true";
  const secure = columns.dataset.secure === "true" ? "; Secure" : "";
  const chosen = shown ? "company" : "";
  document.cookie = `desk_columns=${chosen}; Path=/helpdesk; Max-Age=31536000; SameSite=Lax${secure}`;
});

// A reply goes by what its writer has before their eyes, also when it has arrived since the page was opened.
document.getElementById("compose")?.addEventListener("submit", ({ target }) => {
  const { seen } = target.elements;
  const shown = [...document.querySelectorAll(".thread .message")].filter((it) => it.getBoundingClientRect().top < target.getBoundingClientRect().top);
  const last = shown.at(-1)?.dataset.key.split(" ").at(-1);
  if (seen && last) seen.value = last;
});

// Buttons that copy text.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let copied = true;
    try { await navigator.clipboard.writeText(field.value); } catch { copied = false; }
    const said = document.getElementById("copied");
    said.textContent = copied ? "Copied." : "It is selected; copy it with your keyboard.";
    if (copied) button.firstChild.textContent = "Copied:";
  });
}

// Adds and removes conditions without a request. The server numbers the rows in the same way.
const number = (rows) => [...rows.children].forEach((rule, index) => {
  rule.setAttribute("aria-label", `Condition ${index + 1}`);
  rule.querySelector("button .unseen").textContent = ` condition ${index + 1}`;
  for (const it of rule.querySelectorAll("[id],[for],[name]")) {
    for (const name of it.localName === "button" ? ["value", "formaction"] : ["id", "for", "name"]) {
      const value = it.getAttribute(name)?.replace("LIST", rows.dataset.list);
      if (value) it.setAttribute(name, value.replace(/\.(\d+|INDEX)(?=\.|$)/, `.${index}`));
    }
  }
});
const settings = document.getElementById("settings");
settings?.addEventListener("click", (event) => {
  const [act, list] = event.target.closest("button")?.value.split(".") ?? [];
  const rows = list && settings.querySelector(`[data-list="${list}"]`);
  if (!rows) return;
  event.preventDefault();
  const add = settings.querySelector(`[value="add.${list}"]`);
  if (act === "add") {
    rows.append(document.getElementById("rule").content.cloneNode(true));
    number(rows);
    rows.lastElementChild.querySelector("select").focus();
  } else {
    const gone = event.target.closest(".rule");
    const next = gone.nextElementSibling ?? gone.previousElementSibling;
    gone.remove();
    number(rows);
    (next?.querySelector("button") ?? add ?? rows).focus();
  }
  if (add) add.hidden = rows.children.length >= Number(rows.dataset.most);
  look();
});

// Previews who matches while the conditions are being edited.
const audience = document.querySelector("[data-preview]");
let asked = null;
let waiting = 0;
const conditions = () => [...audience.querySelectorAll(".rule")].flatMap((rule) => {
  const field = (part) => rule.querySelector(`[name$=".${part}"]`).value.trim();
  const [subject, attribute, op, value] = ["subject", "attribute", "op", "value"].map(field);
  const values = value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!attribute || !value) return [];
  return [{ subject, attribute, op, value: op.endsWith("in") ? values : value }];
});
const preview = document.getElementById("preview");
const show = (text, contacts, next) => {
  preview.querySelector("[role=status]").textContent = text;
  preview.querySelector("[name=cursor]")?.remove();
  preview.querySelector("button")?.remove();
  preview.querySelector("ul").append(...contacts.map((it) => {
    const [item, name, companies] = ["li", "bdi", "span"].map((tag) => document.createElement(tag));
    name.textContent = it.name ?? it.email ?? it.id;
    companies.className = "faint";
    companies.append(...it.companies.flatMap((company, place) => {
      const one = document.createElement("bdi");
      one.textContent = company.name;
      return place ? [", ", one] : [one];
    }));
    if (it.companies.length === 0) companies.textContent = "No company";
    item.append(name, " ", companies);
    return item;
  }));
  if (!next) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button";
  more.textContent = "Look at further contacts";
  more.addEventListener("click", () => ask(next));
  preview.append(more);
};
const ask = async (cursor) => {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ audience: conditions(), cursor });
  try {
    const answer = await fetch(audience.dataset.preview, { method: "POST", headers, body, signal });
    const found = await answer.json();
    if (!cursor) preview.querySelector("ul").replaceChildren();
    if (!answer.ok) return show(found.detail, []);
    const { matching, looked_at, complete, contacts, next_cursor } = found;
    show(`${matching} of ${complete ? "all" : "the first"} ${looked_at} contacts match.`, contacts, next_cursor);
  } catch (error) {
    if (error.name !== "AbortError") show("Who matches could not be looked up. Try again.", []);
  }
};
let known = audience && JSON.stringify(conditions());
const look = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const now = JSON.stringify(conditions());
    if (now !== known) ask();
    known = now;
  }, 300);
};
audience?.addEventListener("input", look);
audience?.querySelector('[value="preview"]').addEventListener("click", (event) => {
  event.preventDefault();
  ask();
});
