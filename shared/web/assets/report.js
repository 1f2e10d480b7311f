// Reporting something: what is like it appears while it is written, what was typed outlives the page, and it is sent once.

import { askWhatIsAlike } from "./alike.js";
import { alikeAt, element, showAlike } from "./alike_box.js";
import { draft, forgetDrafts, keepDraft } from "./drafts.js";

const DRAFT = "new ticket";

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

const written = () => ({ text: `${page.elements.title.value} ${page.elements.description.value}` });
const alike = askWhatIsAlike(alikeAt("/api/tickets/similar"), written, (found) =>
  showAlike(found, ({ url, title, created_by }) => ({
    acts: created_by.you ? [] : [
      element("button", { className: "quiet", name: "following", value: "true", formAction: `${url}/follow`, formNoValidate: true },
        "This is it", element("span", { className: "unseen" }, `: ${title}`)),
    ],
  })));

document.addEventListener("input", ({ target, isComposing }) => {
  if (target.form !== page) return;
  keep();
  if (!isComposing && ["title", "description"].includes(target.name)) alike.soon();
});
document.addEventListener("change", ({ target }) => {
  if (target.form === page) keep();
});
page.addEventListener("compositionend", alike.soon);
const withoutScript = () => page.querySelectorAll("[data-look]").forEach((it) => (it.hidden = true));
withoutScript();
if (!isEmpty()) alike.soon();

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
  alike.stop();
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
    alike.forget();
    alike.soon();
    (page.querySelector("[aria-invalid]") ?? page.elements.title).focus();
  } else if (answer?.status === 401) {
    complain("You are signed out. What you wrote is kept here. ", element("a", { href: location.pathname }, "Sign in"));
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    complain("This cannot be sent any more. Copy what you wrote, then reload the page.");
  } else complain("It could not be sent, and is kept here. Try again in a moment.");
});
