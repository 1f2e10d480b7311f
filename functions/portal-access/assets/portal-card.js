// The card of Tickets Portal for a Help Center's home page: <tickets-portal-card>. It appears only to those who may
// enter the portal. docs/messenger.md describes how to use it.

import sheet from "./portal-card.css" with { type: "css" };
import { wear } from "./shades.js";

const origin = new URL(import.meta.url).origin;

class Card extends HTMLElement {
  #asked = 0;
  #shown = "";
  #shades = new CSSStyleSheet();
  #ask = () => this.#show();

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet, this.#shades];
  }

  connectedCallback() {
    // The Messenger signs people in and out, and reports it with this event.
    document.addEventListener("tickets-portal:changed", this.#ask);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("tickets-portal:changed", this.#ask);
    this.#clear();
  }

  #clear() {
    this.#asked += 1;
    this.#shown = "";
    this.hidden = true;
    this.shadowRoot.replaceChildren();
  }

  async #show() {
    const asked = ++this.#asked;
    if (!this.shadowRoot.hasChildNodes()) this.hidden = true;
    let access = null;
    try {
      const request = { mode: "cors", credentials: "include", cache: "no-store" };
      const answer = await fetch(`${origin}/api/portal/access`, request);
      wear(this.#shades, answer);
      access = answer.ok ? await answer.json() : null;
    } catch {
      // Without an answer, no card is shown.
    }
    const shown = JSON.stringify(access);
    if (asked !== this.#asked || shown === this.#shown) return;
    this.#clear();
    if (access?.access !== "granted") return;
    this.#shown = shown;

    const all = access.companies.reduce((sum, it) => sum + it.counts.all, 0);
    const element = (tag, ...children) => {
      const it = document.createElement(tag);
      it.append(...children);
      return it;
    };
    const level = /^[2-6]$/.test(this.getAttribute("heading-level")) ? this.getAttribute("heading-level") : 2;
    const heading = element(`h${level}`, this.getAttribute("heading") || "Your company’s tickets");
    heading.className = "name";
    const unread = access.unread > 0 ? [element("strong", `${access.unread} unread`), " · "] : [];
    const turn = [...unread, ...(access.waiting > 0 ? [element("strong", `${access.waiting} waiting on you`), " · "] : [])];
    const link = element("a", heading, element("p", ...turn, all === 1 ? "1 ticket" : `${all} tickets`));
    link.href = access.portal_url;
    this.shadowRoot.append(link);
    this.hidden = false;
  }
}

// If the script is loaded twice, the first one stays in charge.
if (!customElements.get("tickets-portal-card")) customElements.define("tickets-portal-card", Card);
