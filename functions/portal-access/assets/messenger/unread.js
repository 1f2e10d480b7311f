// How many tickets have something that the reader has not seen: for the vendor's own button.

import { live } from "../../../../shared/web/assets/live.js";
import { ask, session } from "./session.js";

const spacePath = "/api/tickets-space?limit=1";
const told = [];
let unreadCount = 0;
let unreadTag = null;
let counting = null;

function tellUnread(now) {
  if (now === unreadCount) return;
  unreadCount = now;
  for (const callback of told) callback(unreadCount);
}

async function lookForUnread() {
  try {
    const answer = await ask("GET", spacePath, undefined, unreadTag);
    unreadTag = answer.tag ?? unreadTag;
    if (answer.json) tellUnread(answer.json.unread);
    return {};
  } catch (error) {
    return { failed: true, after: error.after };
  }
}

/** Calls back with the number, now and whenever it changes. */
export function onUnread(callback) {
  told.push(callback);
  callback(unreadCount);
  if (counting) return;
  counting = live(lookForUnread, () => Boolean(session));
  document.addEventListener("tickets-portal:changed", () => session && counting.now());
  if (session) counting.begin();
}

/** Forgets the number with its reader. */
export function forgetUnread() {
  unreadTag = null;
  tellUnread(0);
}

/** Notes that the reader has seen all of a ticket up to now. */
export async function markRead(ticket) {
  if (!ticket || document.hidden) return;
  await ask("PUT", `/api/tickets/${ticket}/read`).catch(() => {});
  counting?.now();
}
