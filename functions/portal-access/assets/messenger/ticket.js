// A ticket, and the way into its conversation.

import { arrange, button, element, linked, state, time } from "./elements.js";
import { conversationView } from "./conversation.js";
import { push, replaceTop, show, top } from "./drawer.js";
import { origin, tell } from "./page.js";
import { GONE, ask } from "./session.js";
import { markRead } from "./unread.js";

/**
 * @param {string} id
 * @param {object | null} [row] The ticket as a list has already shown it.
 * @returns {import("./drawer.js").View}
 */
export function ticketView(id, row) {
  let conversation = null;
  const talk = () => push(conversation ? conversationView(conversation.id, id) : openingView(id));
  const act = button("", talk, { class: "button main wide" });
  const card = element("article", { class: "card" });
  const more = element("p", null, element("a", { href: `${origin}/tickets/${id}` }, "All details and history"));
  const scroll = element("div", { class: "scroll" }, card, more);

  const fact = (name, value) => value && [element("dt", null, name), element("dd", null, value)];
  const fill = ({ number, title, description, type, company, created_by: { you, name }, ...ticket }) => {
    const person = you ? "You" : name && element("bdi", null, name);
    arrange(card, [
      element("p", { class: "over" }, state(ticket.state), element("span", null, `#${number}`)),
      element("h3", { dir: "auto" }, title),
      ...(description ? [element("div", { class: "text", dir: "auto" }, linked(description))] : []),
      element("dl", null,
        fact("Type", type.name),
        fact("Company", company && element("bdi", null, company.name)),
        fact("Created by", person),
        fact("Created", time(ticket.created_at)),
        fact("Updated", time(ticket.updated_at))),
    ]);
    card.append(act);
  };

  return {
    title: row ? `Ticket #${row.number}` : "Ticket",
    path: ticketPath(id),
    page: `/tickets/${id}`,
    element: element("div", { class: "view" }, scroll),
    scroll,
    again: (anew) => ticketView(id, anew ? null : row),
    learn(ticket) {
      conversation = ticket.conversation;
      this.title = `Ticket #${ticket.number}`;
      if (!conversation) act.textContent = "Send us a message";
      else act.textContent = conversation.participating ? "Continue the conversation" : "View the conversation";
      fill(ticket);
      if (ticket.unread) markRead(id);
    },
    // Readers who may not enter the portal still have their tickets space and the conversations in it.
    instead(error) {
      if (error.status !== 403 || !row) return false;
      act.textContent = row.role === "participant" ? "Continue the conversation" : "Send us a message";
      more.hidden = true;
      fill(row);
      show(this.element);
      return (this.loaded = true);
    },
  };
}

export const ticketPath = (id) => `/api/tickets/${id}`;

/**
 * Opens the conversation of a ticket, or a new one, and is then replaced by its view.
 * @returns {Partial<import("./drawer.js").View>}
 */
export function openingView(ticket) {
  return {
    title: "Conversation",
    page: `/tickets/${ticket}/conversation`,
    again: () => openingView(ticket),
    async before() {
      const { json } = await ask("POST", `${ticketPath(ticket)}/conversation`);
      tell("changed");
      if (top() === this) replaceTop(conversationView(json.id, ticket));
      throw GONE;
    },
  };
}
