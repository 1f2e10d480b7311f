// The page on which the Messenger is.

export const NAME = "tickets-portal-messenger";

/** The portal's origin, from which this script was loaded. */
export const origin = new URL(import.meta.url).origin;

/** Whether there is room for the drawer beside the page. */
export const isWide = matchMedia("(min-width: 44.01rem)");

/** The workspace's colour. Until an answer has brought it, edges have none, rather than one that changes under the reader. */
export const shades = new CSSStyleSheet();

export const complain = (words) => console.error(`TicketsPortal: ${words}`);
export const tell = (what) => document.dispatchEvent(new CustomEvent(`tickets-portal:${what}`));
