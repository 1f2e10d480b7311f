// What every page of the portal does.

import { forgetSent, restoreDraft } from "./composer.js";
import { forgetDrafts } from "./drafts.js";
import "./menus.js";
import { keepCurrent } from "./open_page.js";
import "./search.js";
import { tellTimes } from "./time_tags.js";

tellTimes(document);

// Whoever signs out leaves nothing behind.
if (document.querySelector("[data-signed-out]")) forgetDrafts();

// Leads those who may not enter to their own tickets, which only the Messenger shows.
let booted = false;
const space = document.querySelector("[data-space]");
if (space) {
  space.hidden = false;
  space.addEventListener("click", async () => {
    await import("/embed/messenger.js");
    if (!booted) window.TicketsPortal("boot");
    booted = true;
    window.TicketsPortal("showSpace", "tickets");
  });
}

// Opens a thread at what its reader has not read, unless what they are asked stands on top.
if (!location.hash && !document.getElementById("asked")) document.getElementById("unread")?.scrollIntoView();

restoreDraft();
const status = document.querySelector("[data-tag]");
if (status) keepCurrent(status);
else forgetSent();
