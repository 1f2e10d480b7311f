// A conversation: its thread, and joining and writing in it.

import { composer } from "./composer.js";
import { draft, forgetDrafts } from "../../../../shared/web/assets/drafts.js";
import { announce, focused, goBack, lookNow, once, push, top, views, warn } from "./drawer.js";
import { arrange, button, element, linked, refusal, state, time } from "./elements.js";
import { outbox } from "./outbox.js";
import { tell } from "./page.js";
import { ask } from "./session.js";
import { ticketPath, ticketView } from "./ticket.js";
import { markRead } from "./unread.js";

/**
 * @param {string} id
 * @param {string | null} ticket The id of the ticket from which the reader has come, if any.
 * @returns {import("./drawer.js").View}
 */
export function conversationView(id, ticket) {
  const path = `/api/conversations/${id}`;
  const items = new Map();
  let parts = [];
  let cursor = null;
  /** Both are null until the first answer. The reader is a contact's id. */
  let participating = null;
  let reader = null;
  let unread = 0;

  const about = element("div", { class: "about", hidden: true });
  const loadEarlier = async () => {
    const { json } = await ask("GET", `${path}?${new URLSearchParams({ cursor })}`);
    const bottom = scroll.scrollHeight - scroll.scrollTop;
    parts = [...json.parts, ...parts];
    cursor = json.next_cursor;
    show();
    scroll.scrollTop = scroll.scrollHeight - bottom;
    announce(`${json.parts.length} earlier messages`);
    if (earlier.hidden) scroll.focus({ preventScroll: true });
  };
  const earlier = button("Earlier messages", () => once(earlier, warn, loadEarlier));
  const list = element("ol", { class: "thread", role: "list" });
  const nothing = element("p", { class: "alone soft", hidden: true }, "Nothing has been written yet.");
  const region = { class: "scroll", tabindex: 0, role: "region", "aria-label": "Messages" };
  const scroll = element("div", { ...region, scroll: () => isAtEnd() && read() },
    element("p", { class: "more", hidden: true }, earlier), nothing, list);
  const toNews = () => {
    toEnd();
    read();
    scroll.focus({ preventScroll: true });
  };
  const news = button("", toNews, { class: "button new", hidden: true });
  const foot = element("div", { class: "foot", hidden: true });

  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
  const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);
  let linkedTo = ticket;
  let isNews = true;
  const read = () => {
    unread = 0;
    news.hidden = true;
    if (isNews) markRead(linkedTo);
    isNews = false;
  };
  const show = () => {
    arrange(list, [...parts.map(itemOf), ...sending.items()]);
    earlier.hidden = earlier.parentNode.hidden = !cursor;
    nothing.hidden = list.children.length > 0;
  };
  const itemOf = (part) => {
    if (!items.has(part.id)) {
      const { name, kind, you } = part.author;
      const who = element("bdi", null, you ? "You" : name);
      items.set(part.id, element("li", { class: `${kind} ${you ? "you" : ""}` },
        element("p", { class: "by" }, who, kind === "teammate" && " Support", " · ", time(part.at)),
        element("div", { class: "text", dir: "auto" }, linked(part.body))));
    }
    return items.get(part.id);
  };

  const sending = outbox(id, {
    said(part, item) {
      if (!parts.some((it) => it.id === part.id)) parts.push(part);
      if (item.contains(focused())) scroll.focus({ preventScroll: true });
      show();
      tell("changed");
      announce("Your message was sent.");
    },
    stuck: () => isAtEnd() && toEnd(),
    refused() {
      show();
      // Without the tag the next answer is complete and offers to join, if the reader no longer takes part.
      view.tag = null;
      if (top() === view) lookNow();
    },
    retried: () => top() === view && lookNow(),
  });
  const write = () => composer(id, reader, (body, refused) => {
    sending.send(body, refused);
    show();
    toEnd();
  });
  const join = async () => {
    await ask("POST", `${path}/join`);
    participating = true;
    foot.replaceChildren(write());
    foot.querySelector("textarea").focus();
    announce("You joined the conversation.");
    tell("changed");
    lookNow();
  };
  const offer = () => {
    const wrong = refusal();
    const words = "Join this conversation to write in it and to find it among your tickets.";
    const act = button("Join conversation", () => once(act, wrong.say, join), { class: "button main wide" });
    return [wrong, element("p", { class: "soft" }, words), act];
  };

  const learn = (json) => {
    const isFirst = participating === null;
    view.reader = reader = json.reader;
    forgetDrafts(reader);
    const wasAtEnd = isFirst || isAtEnd();
    const known = new Set(parts.map((it) => it.id));
    take(json, known);
    const others = isFirst ? [] : json.parts.filter((it) => !known.has(it.id) && !it.author.you);
    linkedTo = json.ticket?.id ?? null;
    isNews ||= others.length > 0;
    show();
    if (wasAtEnd) {
      toEnd();
      read();
    } else if (others.length > 0) {
      unread += others.length;
      news.textContent = unread === 1 ? "1 new message" : `${unread} new messages`;
      news.hidden = false;
    }
    const heard = ({ author, body }) =>
      element("span", null, `New message from ${author.name}: ${body.slice(0, 300)} `);
    if (others.length > 0) announce(...others.map(heard));
    view.title = json.title;
    about.hidden = !json.ticket;
    if (json.ticket) about.replaceChildren(state(json.ticket.state), wayTo(json.ticket));
    view.page = json.ticket ? `/tickets/${json.ticket.id}/conversation` : undefined;
    if (participating !== json.participating) {
      participating = json.participating;
      foot.replaceChildren(...(participating ? [write()] : offer()));
      foot.hidden = false;
      if (wasAtEnd) toEnd();
    }
  };
  /** Adds the newest messages after those that are known. */
  const take = (json, known) => {
    // If more than a page of messages has arrived in the meantime, the thread begins again with the newest page.
    const isGap = json.next_cursor && !json.parts.some((it) => known.has(it.id));
    const first = json.parts[0];
    const at = isGap || !first ? 0 : Math.max(0, parts.findIndex((it) => it.id === first.id));
    if (at === 0) cursor = json.next_cursor;
    parts = [...parts.slice(0, at), ...json.parts];
  };
  const wayTo = (it) => {
    const go = () => (views.at(-2)?.path === ticketPath(it.id) ? goBack() : push(ticketView(it.id, it)));
    return button(`Ticket #${it.number}`, go, { class: null });
  };

  const view = {
    title: "Conversation",
    path: ticket ? `${path}?${new URLSearchParams({ ticket })}` : path,
    page: ticket ? `/tickets/${ticket}/conversation` : undefined,
    element: element("div", { class: "view" }, about, scroll, element("div", { class: "fresh" }, news), foot),
    scroll,
    again: () => conversationView(id, ticket),
    unsent: () => draft(id, reader),
    // Messages that could not be sent are sent first, so that no message is shown twice.
    before: sending.sendAll,
    learn,
    shown: toEnd,
  };
  return view;
}
