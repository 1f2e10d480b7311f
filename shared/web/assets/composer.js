// Writing on the ticket page: drafts outlive the page, and a message is sent without leaving it.

import { draft, forgetDrafts, keepDraft } from "./drafts.js";

/** Gives the field back what its reader has typed and not sent. */
export function restoreDraft() {
  const field = document.querySelector("textarea[data-reader]");
  if (!field) return;
  const { draft: id, reader } = field.dataset;
  forgetDrafts(reader);
  field.value ||= draft(id, reader);
  keepDraft(id, reader, field.value);
}

/** Forgets what is being sent by a form that leads away from the page. */
export function forgetSent() {
  document.addEventListener("submit", ({ target }) => {
    const field = target.querySelector("textarea[data-reader]");
    if (field) keepDraft(field.dataset.draft, field.dataset.reader, "");
  });
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[data-reader]")) keepDraft(target.dataset.draft, target.dataset.reader, target.value);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches(".say textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

/** Says beside the field what is wrong, perhaps with a link. */
function complain(form, words, link = "") {
  const field = form.elements.body;
  const wrong = form.querySelector("#wrong") ?? document.createElement("p");
  Object.assign(wrong, { id: "wrong", className: "alert", role: "alert" });
  wrong.replaceChildren(words, link);
  field.before(wrong);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "wrong");
}

function signIn() {
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = "Sign in";
  return link;
}

/** Sends what is written. `learn` takes over the page after it; `loop` asks whether there is more. */
export function sendInPlace(learn) {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest(".say");
    if (!form) return;
    event.preventDefault();
    const field = form.elements.body;
    if (field.readOnly) return;
    if (!field.value.trim()) return field.focus();
    field.readOnly = true;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    const html = await answer?.text().catch(() => null);
    field.readOnly = false;
    const next = html && new DOMParser().parseFromString(html, "text/html");
    if (answer?.redirected && answer.ok && next) {
      keepDraft(field.dataset.draft, field.dataset.reader, "");
      field.value = "";
      form.querySelector("#wrong")?.remove();
      for (const name of ["aria-invalid", "aria-describedby"]) field.removeAttribute(name);
      return learn(next, answer.headers.get("etag"));
    }
    const why = next?.getElementById("wrong")?.textContent;
    if (answer?.status === 401) complain(form, "You are signed out. What you wrote is kept here. ", signIn());
    else if (why) {
      complain(form, why);
      // It is sent as the page says now: under another id, and perhaps joining first.
      form.replaceChildren(...[...form.children].filter((it) => it.type !== "hidden"), ...next.querySelectorAll(".say [type=hidden]"));
    } else complain(form, answer && answer.status < 500 && answer.status !== 429
      ? "This cannot be sent any more. Copy what you wrote, then reload the page."
      : "It could not be sent, and is kept here. Try again in a moment.");
    field.focus();
  });
}
