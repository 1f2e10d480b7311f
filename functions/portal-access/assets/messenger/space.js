// The tickets space: the tickets that the reader created or joined.

import { arrange, button, element, state, time } from "./elements.js";
import { once, push, warn } from "./drawer.js";
import { reportView } from "./report.js";
import { ask } from "./session.js";
import { ticketView } from "./ticket.js";

/** @returns {import("./drawer.js").View} */
export function spaceView() {
  const rows = new Map();
  let tickets = [];
  let cursor = null;
  const banner = element("a", { class: "banner", hidden: true },
    element("span", null, "All your company’s tickets", element("small", null, "Open the tickets portal")),
    element("span", { class: "arrow", "aria-hidden": "true" }, "→"));
  const report = button("New ticket", () => push(reportView()), { class: "button main wide", hidden: true });
  const list = element("ul", { class: "rows", role: "list" });
  const nothing = element("p", { class: "alone soft", hidden: true },
    "No tickets yet. Those that you create or join are listed here.");
  const loadOlder = async () => {
    const { json } = await ask("GET", `/api/tickets-space?${new URLSearchParams({ cursor })}`);
    const first = tickets.length;
    tickets = [...tickets, ...json.tickets.filter((it) => !tickets.some((other) => other.id === it.id))];
    cursor = json.next_cursor;
    show();
    if (older.hidden) list.children[first]?.firstChild.focus();
  };
  const older = button("Older tickets", () => once(older, warn, loadOlder));
  const scroll = element("div", { class: "scroll" }, banner, report, list, nothing, element("p", { class: "more" }, older));

  const show = () => {
    arrange(list, tickets.map(rowOf));
    nothing.hidden = tickets.length > 0;
    older.hidden = !cursor;
  };
  const rowOf = (ticket) => {
    const said = JSON.stringify(ticket);
    const row = rows.get(ticket.id) ?? element("li", null, button("", null, { class: "row" }));
    if (row.said !== said) {
      row.said = said;
      row.firstChild.onclick = () => push(ticketView(ticket.id, ticket));
      row.firstChild.replaceChildren(
        element("span", { class: "over" }, state(ticket.state), element("span", null, `#${ticket.number}`)),
        element("span", { class: `title ${ticket.unread ? "new" : ""}`, dir: "auto" },
          ticket.unread && element("span", { class: "unseen" }, "Unread: "), ticket.title),
        element("span", { class: "over" }, roleIn(ticket), time(ticket.updated_at)),
      );
      rows.set(ticket.id, row);
    }
    return row;
  };
  const roleIn = ({ role, created_by: { name, you } }) => {
    if (role === "creator") return "Created by you";
    return element("span", null, "You joined", name && !you ? [" · by ", element("bdi", null, name)] : null);
  };

  return {
    title: "Your tickets",
    path: "/api/tickets-space",
    element: element("div", { class: "view" }, scroll),
    scroll,
    again: spaceView,
    learn({ tickets: first, portal, reporting, next_cursor }) {
      report.hidden = !reporting;
      banner.hidden = portal.access !== "granted";
      if (!banner.hidden) banner.href = portal.url;
      // Replaces the first page and keeps the later ones that were loaded, without tickets that have moved up.
      const isBelow = ({ id, updated_at }, last) =>
        updated_at < last.updated_at || (updated_at === last.updated_at && id < last.id);
      const rest = next_cursor ? tickets.filter((it) => isBelow(it, first.at(-1))) : [];
      if (rest.length === 0) cursor = next_cursor;
      tickets = [...first, ...rest];
      show();
    },
  };
}
