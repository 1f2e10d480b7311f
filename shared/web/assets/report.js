// Reporting something: what is like it appears while it is written, what was typed outlives the page, and it is sent once.

import { draft, forgetDrafts, keepDraft } from "./drafts.js";

const DRAFT = "new ticket";
/** Milliseconds between two questions for what is alike, at least. */
const PACE = 1000;

const page = document.querySelector("form.report");
const reader = page.dataset.reader;
let sending = false;

const fields = () => [...new FormData(page)].filter(([name]) => name !== "do");
const isEmpty = () => !page.elements.title.value.trim() && !page.elements.description.value.trim();
/** With the key by which it counts once: sent again after a reload, it is still the same. */
const keep = () => keepDraft(DRAFT, reader, isEmpty() ? "" : JSON.stringify(fields()));

function restore() {
  let kept = [];
  try {
    kept = JSON.parse(draft(DRAFT, reader) || "[]");
  } catch {
    // A draft of another version.
  }
  for (const [name, value] of kept) {
    for (const field of page.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
      else field.value = value;
    }
  }
}

forgetDrafts(reader);
// What comes back from the portal is newer than what was kept.
if (isEmpty()) restore();
keep();

/* What is alike. */

let asked = "", soon, last = 0, asking;

const text = () => `${page.elements.title.value} ${page.elements.description.value}`.trim().slice(0, 300);

/** Makes an element with these properties and contents. */
function element(name, properties, ...contents) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...contents);
  return made;
}

function entry({ url, title, number, state, match, created_by }) {
  const line = (match?.snippet ?? []).map((piece) => (piece.hit ? element("mark", {}, piece.text) : piece.text));
  const says = match && match.in !== "title" && match.in !== "number" ? [" · ", element("bdi", {}, ...line)] : [];
  const shown = [
    element("a", { href: url, dir: "auto" }, ...(says.length === 0 && line.length > 0 ? line : [title])), " ",
    element("span", { className: `state ${state.category}`, dir: "auto" }, state.label),
    element("p", { className: "sub" }, `#${number}`, ...says),
  ];
  if (!created_by.you) {
    shown.push(element("button", { className: "quiet", name: "following", value: "true", formAction: `${url}/follow`, formNoValidate: true },
      "This is it", element("span", { className: "unseen" }, `: ${title}`)));
  }
  return element("li", {}, ...shown);
}

function show(tickets) {
  const box = document.getElementById("alike");
  box.hidden = tickets.length === 0;
  document.getElementById("alike-head").textContent = "Is it one of these?";
  box.querySelector("ul").replaceChildren(...tickets.map(entry));
  const many = tickets.length === 1 ? "1 ticket looks alike" : `${tickets.length} tickets look alike`;
  document.getElementById("alike-count").textContent = tickets.length === 0 ? "" : many;
}

async function ask() {
  const wanted = text();
  if (wanted === asked || sending) return;
  [asked, last] = [wanted, Date.now()];
  asking?.abort();
  if (wanted.length < 3) return show([]);
  asking = new AbortController();
  const { signal } = asking;
  const answer = await fetch(`/api/tickets/similar?${new URLSearchParams({ text: wanted })}`, { signal }).catch(() => null);
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  if (found && !signal.aborted) show(found.tickets);
}

/** Asks once typing has paused, and not more often than once a second. */
function askSoon() {
  clearTimeout(soon);
  if (text() !== asked) soon = setTimeout(ask, Math.max(400, last + PACE - Date.now()));
}

document.addEventListener("input", ({ target, isComposing }) => {
  if (target.form !== page) return;
  keep();
  if (!isComposing && ["title", "description"].includes(target.name)) askSoon();
});
document.addEventListener("change", ({ target }) => {
  if (target.form === page) keep();
});
page.addEventListener("compositionend", askSoon);
const withoutScript = () => page.querySelectorAll("[data-look]").forEach((it) => (it.hidden = true));
withoutScript();
if (!isEmpty()) askSoon();

/* Sending. */

function complain(words, ...more) {
  const alert = page.querySelector(".alert") ?? element("p", { className: "alert" });
  alert.setAttribute("role", "alert");
  alert.replaceChildren(words, ...more);
  page.querySelector("h1").after(alert);
}

page.addEventListener("submit", async (event) => {
  // It is one that is there already.
  if (event.submitter?.name === "following") return keepDraft(DRAFT, reader, "");
  event.preventDefault();
  if (sending) return;
  sending = true;
  clearTimeout(soon);
  const body = new URLSearchParams([...fields(), ["do", "send"]]);
  const answer = await fetch(page.getAttribute("action"), { method: "POST", body }).catch(() => null);
  const html = await answer?.text().catch(() => null);
  sending = false;
  if (answer?.redirected && answer.ok) {
    keepDraft(DRAFT, reader, "");
    location.assign(answer.url);
    return;
  }
  const next = html && new DOMParser().parseFromString(html, "text/html").querySelector("form.report");
  if (next && next.dataset.reader === reader) {
    page.replaceChildren(...next.childNodes);
    withoutScript();
    keep();
    asked = "";
    askSoon();
    (page.querySelector("[aria-invalid]") ?? page.elements.title).focus();
  } else if (answer?.status === 401) {
    complain("You are signed out. What you wrote is kept here. ", element("a", { href: location.pathname }, "Sign in"));
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    complain("This cannot be sent any more. Copy what you wrote, then reload the page.");
  } else complain("It could not be sent, and is kept here. Try again in a moment.");
});
