// window.TicketsPortal(method, ...). docs/messenger.md describes how to use it.

import sheet from "./messenger.css" with { type: "css" };
import { conversationView } from "./conversation.js";
import { forgetDrafts } from "../../../../shared/web/assets/drafts.js";
import { empty, hide, isOpen, present, views } from "./drawer.js";
import { NAME, complain, shades, tell } from "./page.js";
import { reportView } from "./report.js";
import { forgetReader, session, signIn, signOut } from "./session.js";
import { spaceView } from "./space.js";
import { openingView, ticketView } from "./ticket.js";
import { forgetUnread, onUnread } from "./unread.js";

/** Removes everything that the reader was shown. What they have typed is kept for them alone. */
function forget() {
  forgetReader();
  forgetUnread();
  empty();
}

function idOf(value, what) {
  const id = String(value ?? "");
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new Error(`${what} takes an id, not ${JSON.stringify(value)}`);
  return id;
}

function booted() {
  if (!session) throw new Error('call TicketsPortal("boot") first');
}

const METHODS = {
  boot(settings = {}) {
    forget();
    if (settings === null || typeof settings !== "object") throw new Error("boot takes an object");
    const unknown = Object.keys(settings).filter((name) => name !== "identity_token");
    if (unknown.length > 0) throw new Error(`boot knows no setting ${unknown.join(", ")}`);
    const { identity_token: token } = settings;
    if ("identity_token" in settings && (typeof token !== "string" || !token)) {
      throw new Error("identity_token must be the token that your backend signed; "
        + "leave it out to use the session that there is");
    }
    signIn(token).then(() => tell("changed"), (error) => complain(`boot: ${error.words ?? error}`));
  },
  shutdown() {
    forget();
    forgetDrafts();
    const failed = (error) => complain(`shutdown: ${error.words} The session will be ended by the next boot.`);
    signOut().catch(failed).then(() => tell("changed"));
  },
  show() {
    booted();
    if (isOpen()) return;
    if (views.length > 0) present(...views);
    else METHODS.showSpace("tickets");
  },
  hide,
  showSpace(space) {
    booted();
    if (space !== "tickets") throw new Error(`there is no space ${JSON.stringify(space)}, only "tickets"`);
    present(spaceView());
  },
  showTicket(ticket) {
    booted();
    present(spaceView(), ticketView(idOf(ticket, "showTicket")));
  },
  showConversation(conversation, ticket) {
    booted();
    const from = ticket == null ? null : idOf(ticket, "showConversation");
    present(spaceView(), conversationView(idOf(conversation, "showConversation"), from));
  },
  showNewTicket() {
    booted();
    present(spaceView(), reportView());
  },
  startConversation(ticket) {
    booted();
    present(spaceView(), openingView(idOf(ticket, "startConversation")));
  },
  onShow: (callback) => listen("show", callback),
  onHide: (callback) => listen("hide", callback),
  onUnread(callback) {
    if (typeof callback !== "function") throw new Error("onUnread takes a function");
    onUnread(callback);
  },
};

function listen(what, callback) {
  if (typeof callback !== "function") throw new Error(`${what === "show" ? "onShow" : "onHide"} takes a function`);
  document.addEventListener(`tickets-portal:${what}`, () => callback());
}

function TicketsPortal(method, ...values) {
  try {
    if (!Object.hasOwn(METHODS, method)) {
      const known = Object.keys(METHODS).join(", ");
      throw new Error(`there is no method ${JSON.stringify(method)}; there are ${known}`);
    }
    METHODS[method](...values);
  } catch (error) {
    complain(error.message);
  }
}

// If the script is loaded twice, the first one stays in charge.
if (!customElements.get(NAME)) {
  customElements.define(NAME, class extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet, shades];
    }
  });
  const before = window.TicketsPortal?.q ?? [];
  window.TicketsPortal = TicketsPortal;
  for (const call of before) TicketsPortal(...call);
}
