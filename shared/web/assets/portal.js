// What every page of the portal does.

import { draft, forgetDrafts, keepDraft } from "./drafts.js";
import "./menus.js";
import { keepCurrent } from "./open_page.js";
import { tellTimes } from "./time_tags.js";

tellTimes(document);

// Leads back to the list with the filters that the reader had chosen.
const back = document.querySelector("a.back");
if (back && document.referrer.startsWith(`${location.origin}/tickets?`)) back.href = document.referrer;

const signOut = document.getElementById("sign-out");
if (signOut) {
  signOut.hidden = false;
  signOut.addEventListener("click", async () => {
    const answer = await fetch("/api/session", { method: "DELETE" }).catch(() => null);
    if (!answer?.ok) {
      signOut.textContent = "Try signing out again";
      return;
    }
    forgetDrafts();
    location.assign("/tickets");
  });
}

// The Messenger is loaded the first time that it is needed.
let messenger;
const withMessenger = () => (messenger ??= import("/embed/messenger.js").then(() => window.TicketsPortal("boot")));

// Leads those who may not enter to their own tickets, which only the Messenger shows.
const space = document.querySelector("[data-space]");
if (space) {
  space.hidden = false;
  space.addEventListener("click", () => withMessenger().then(() => window.TicketsPortal("showSpace", "tickets")));
}

// Opens conversations in the Messenger. If it cannot be loaded, they open as a page.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-ticket]");
  if (!button || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { ticket, conversation } = button.dataset;
  try {
    await withMessenger();
  } catch {
    if (button.form) button.form.submit();
    else location.assign(button.href);
    return;
  }
  if (conversation) window.TicketsPortal("showConversation", conversation, ticket);
  else window.TicketsPortal("startConversation", ticket);
});

// What the reader has typed in the Messenger, in this tab, before their session ended.
const field = document.querySelector("textarea[data-reader]");
if (field) {
  const { conversation, reader } = field.dataset;
  field.value ||= draft(conversation, reader);
  field.form.addEventListener("submit", () => keepDraft(conversation, reader, ""));
}

const status = document.querySelector("[data-tag]");
if (status) keepCurrent(status);
