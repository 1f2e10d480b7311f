// Pictures of the pages: for reviewers in tests/out/screenshots/, with UPDATE_SCREENSHOTS=1 also for the README in
// docs/screenshots/, of a portal that runs already and has nothing but the demo data in it.

import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PAGES, SAMIRA, onPage, samirasTickets } from "../lib/pages.js";
import { PHONE, WIDE, extremes, host, inBrowser, messenger, most } from "../lib/site.js";

const OUT = fileURLToPath(new URL("../../out/screenshots/", import.meta.url));
const DOCS = fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));
const LARGEST = 300_000;

const PICTURES = {
  list: "list of three companies",
  ticket: "ticket with the longest history",
  "menu": "list with the state menu open",
  "empty": "list that a filter leaves empty",
  "right-to-left": "ticket with a right-to-left title",
  refusal: "refusal: neither e-mail address nor company",
  "sign-in": "sign-in page",
  "sign-in-teammate": "sign-in page for teammates",
  "help-desk-inbox": "Help Desk: inbox",
  "help-desk": "Help Desk: search for words, with the Company column",
  "help-desk-ticket": "Help Desk: ticket with the longest history",
  "help-desk-company": "Help Desk: tickets of a company",
  "help-desk-review": "Help Desk: review of a change of company",
  "help-desk-contact": "Help Desk: contact in three companies",
  "help-desk-extreme-conversation": "Help Desk: conversation without a ticket, of words that nothing breaks",
  "help-desk-extreme-ticket": "Help Desk: ticket with the longest of everything",
  thread: "ticket with the longest thread",
  asked: "ticket that waits on the customer",
  join: "ticket whose conversation can be joined",
  viewing: "list that a teammate sees as a contact",
  "help-desk-not-found": "address at the Help Desk that leads nowhere",
  "not-found": "ticket that is not there",
  "extreme-list": "list of words that nothing breaks",
  "extreme-menu": "list with a company menu of words that nothing breaks",
  "extreme-ticket": "ticket with the longest of everything",
};
/** Those that the README shows: picture, colour scheme and screen. */
const README = {
  "list-light-wide": "list", "ticket-light-wide": "ticket", "list-dark-wide": "list-dark", "list-light-phone": "phone",
  "help-desk-light-wide": "help-desk", "help-desk-ticket-light-wide": "help-desk-ticket", "help-desk-inbox-dark-wide": "help-desk-inbox",
  "messenger-thread-light-wide": "messenger",
};

const isForReadme = process.env.UPDATE_SCREENSHOTS === "1";

describe("pictures are taken", { concurrency: 3 }, () => {
  assert.ok(!isForReadme || !extremes, "those of the README are of a portal without what tests put into theirs: set PORTAL_URL");
  mkdirSync(OUT, { recursive: true });
  for (const [picture, name] of Object.entries(PICTURES)) {
    const it = PAGES.find((it) => it.name === name);
    test(`${picture}: ${name}`, { skip: !it && !extremes }, () =>
      onPage(it, {}, (page) => take(page, picture)));
  }

  test("messenger: a conversation, its ticket, the tickets space", () =>
    inBrowser({ who: SAMIRA, mayAsk: messenger() }, async (page) => {
      const ticket = most((await samirasTickets()).filter((it) => it.conversation?.participating), (it) => it.history.length);
      const thread = page.getByRole("region", { name: "Messages" });
      await host(page, ticket.conversation.id, ticket.id);
      await page.locator("#open").click();
      await thread.waitFor();
      await take(page, "messenger-thread");
      await page.getByRole("button", { name: /^Ticket #/ }).click();
      await page.getByRole("dialog").getByRole("heading", { level: 3 }).waitFor();
      await take(page, "messenger-ticket");
      await page.getByRole("button", { name: "Back" }).click();
      await thread.waitFor();
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("dialog").getByRole("listitem").first().waitFor();
      await take(page, "messenger-space");
    }));
});

/** On both screens, in both colour schemes. */
async function take(page, picture) {
  for (const [screen, viewport] of [["wide", WIDE], ["phone", PHONE]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const id = `${picture}-${colorScheme}-${screen}`;
      await page.screenshot({ path: `${OUT}${id}.png` });
      if (isForReadme && README[id]) {
        const path = `${DOCS}${README[id]}.png`;
        await page.screenshot({ path });
        assert.ok(statSync(path).size < LARGEST, `${path} is too large`);
      }
    }
  }
}
