// What is reported already, beside the forms in which a teammate makes a ticket of something.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { indexing } from "../lib/pages.js";
import { PHONE, violations } from "../lib/site.js";
import { atDesk, deskApi } from "../lib/teammate.js";

const alike = (page) => page.locator("#alike li");
const mayAsk = (request) => /\/api\/helpdesk\/(tickets\/similar|contacts\/find)\?/.test(request.url());
const isQuestion = (it) => it.startsWith("GET /api/helpdesk/tickets/similar");

/** A ticket that is the most like its own title, once search has the demo. */
async function findable() {
  await indexing();
  const { results } = await deskApi("/api/helpdesk/search?kind=ticket");
  for (const { id, title, requester } of results) {
    const { tickets } = await deskApi(`/api/helpdesk/tickets/similar?${new URLSearchParams({ text: title })}`);
    if (tickets.some((it) => it.id === id) && requester.name) return { id, title, requester };
  }
  throw new Error("Nothing is like itself.");
}

describe("what is reported already", { concurrency: 2 }, () => {
  test("appears while a teammate writes a new ticket, asked for at most once a second, and not while nothing changes", () =>
    atDesk({ mayAsk, axe: true, viewport: PHONE }, async (page, seen) => {
      const known = await findable();
      await page.goto("/helpdesk/new");
      assert.ok(await page.locator("#alike").isHidden());
      assert.ok(await page.getByRole("button", { name: "Already reported?" }).isHidden(), "that is for pages without script");
      const began = Date.now();
      await page.getByLabel("Title", { exact: true }).pressSequentially(known.title, { delay: 60 });
      await alike(page).filter({ hasText: known.title }).first().waitFor();
      const took = Date.now() - began;
      const asked = seen.requests.filter(isQuestion).length;
      assert.ok(asked >= 1 && asked <= 1 + took / 1000, `${asked} questions in ${took} ms`);
      await page.waitForTimeout(2500);
      const later = seen.requests.filter(isQuestion).length;
      assert.ok(later <= asked + 1, "typing has ended");
      // Whose it is decides which come first.
      const requester = page.getByRole("combobox", { name: "Requester" });
      await requester.fill(known.requester.name);
      await page.locator("#requester-list li").first().click();
      await page.waitForTimeout(2000);
      assert.equal(seen.requests.filter(isQuestion).length, later + 1);
      assert.match(seen.requests.findLast(isQuestion), /requester=/);
      assert.deepEqual(await violations(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await alike(page).filter({ hasText: known.title }).getByRole("link").first().click();
      await page.waitForURL(/\/helpdesk\/tickets\//);
    }));

  test("is shown without script when the form is shown again", () =>
    atDesk({ javaScriptEnabled: false }, async (page) => {
      const known = await findable();
      await page.goto("/helpdesk/new");
      await page.getByLabel("Title", { exact: true }).fill(known.title);
      await page.getByRole("button", { name: "Already reported?" }).click();
      assert.ok(await alike(page).filter({ hasText: known.title }).first().isVisible());
      assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), known.title);
      assert.equal(await page.locator(".amiss").count(), 0, "nothing was to be sent yet");
    }));

  test("is there at once where a conversation is converted", () =>
    atDesk({ mayAsk, axe: true }, async (page) => {
      await findable();
      const { results } = await deskApi("/api/helpdesk/search?kind=conversation");
      await page.goto(results[0].url);
      await page.locator("summary", { hasText: "Convert to ticket" }).click();
      assert.match(await page.locator("#alike-head").textContent(), /Is it one of these\?|Nothing looks alike/);
      assert.ok(await page.locator("#alike").isVisible());
      assert.deepEqual(await violations(page), []);
    }));
});
