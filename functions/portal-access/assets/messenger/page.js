// The page that the Messenger stands on.

export const NAME = "tickets-portal-messenger";

/** Where the portal is: the script has come from there. */
export const origin = new URL(import.meta.url).origin;

/** Whether there is room for the drawer beside the page. */
export const isWide = matchMedia("(min-width: 44.01rem)");

export const complain = (words) => console.error(`TicketsPortal: ${words}`);
export const tell = (what) => document.dispatchEvent(new CustomEvent(`tickets-portal:${what}`));
