// The way of somebody who opens the portal for the first time, from the sign-in page to signing out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PRIYA, SAMIRA } from "../lib/pages.js";
import { api, inBrowser, messenger, origin, signIn } from "../lib/site.js";

const location = (page) => page.url().replace(origin, "");

describe("a newcomer", { concurrency: 3 }, () => {
  test("finds a ticket from the sign-in page with a click each, and comes back to the filtered list", () =>
    inBrowser({}, async (page) => {
      const { counts, tickets } = await api(SAMIRA, "/api/tickets?state=in_progress");
      assert.ok(tickets.length > 0);

      await page.goto("/tickets");
      assert.match(location(page), /^\/sign-in\?return_to=/);
      const people = page.getByRole("table", { name: "Demo people" }).getByRole("link");
      assert.ok((await people.count()) >= 25);
      await people.getByText("Samira Osei").click();

      assert.equal(location(page), "/tickets");
      assert.equal(await page.title(), "Tickets · Quayhaven Freight Cloud");
      assert.equal(await page.getByRole("banner").getByText("Samira Osei").count(), 1);
      const menu = page.locator("details.menu").filter({ has: page.locator("summary", { hasText: "State" }) });
      await menu.locator("summary").click();
      assert.deepEqual(await menu.getByRole("link").allInnerTexts().then(lines), [
        `All states ${counts.all}`,
        `Submitted ${counts.submitted}`,
        `In progress ${counts.in_progress}`,
        `Waiting on you ${counts.waiting_on_customer}`,
        `Resolved ${counts.resolved}`,
      ]);
      await menu.getByRole("link", { name: "In progress" }).click();

      assert.equal(location(page), "/tickets?state=in_progress");
      assert.equal(await menu.locator("summary").innerText().then(line), "State: In progress");
      const titles = page.locator("td.what a");
      assert.deepEqual(await titles.allTextContents(), tickets.map((it) => it.title));
      await titles.first().click();

      const ticket = await api(SAMIRA, `/api/tickets/${tickets[0].id}`);
      assert.equal(location(page), ticket.url);
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), ticket.title);
      const events = page.getByRole("region", { name: "Conversation and history" }).locator(".event > span");
      assert.deepEqual(await events.allTextContents(), ticket.history.map((it) => it.text));

      await page.getByRole("link", { name: "All tickets" }).click();
      assert.equal(location(page), "/tickets?state=in_progress");
      await titles.nth(1).click();
      await page.goBack();
      assert.equal(location(page), "/tickets?state=in_progress");
      assert.equal(await titles.count(), tickets.length);
    }));

  test("who follows a shared link signs in and arrives at the same address", () =>
    inBrowser({}, async (page) => {
      await page.goto("/tickets?state=resolved&company=bluepeak");
      await page.getByRole("link", { name: "Samira Osei" }).click();
      assert.equal(location(page), "/tickets?state=resolved&company=bluepeak");
    }));

  test("can sign in with a contact id", () =>
    inBrowser({}, async (page) => {
      await page.goto("/tickets?state=resolved");
      await page.getByLabel("Contact id").fill(PRIYA);
      await page.getByRole("button", { name: "Sign in" }).click();
      assert.equal(location(page), "/tickets?state=resolved");
      assert.equal(await page.getByRole("banner").getByText("Priya Raman").count(), 1);
    }));

  test("signs out with one click, and is nobody afterwards", () =>
    inBrowser({}, async (page) => {
      await page.context().addCookies(await signIn(PRIYA));
      await page.goto("/tickets");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
      assert.deepEqual(await page.context().cookies(), []);
      await page.goto("/tickets");
      assert.match(location(page), /^\/sign-in/);
    }));

  test("whose session is forged reads so, and is offered to sign in", () =>
    inBrowser({}, async (page) => {
      await page.context().addCookies([{ name: "portal_session", value: "forged", url: origin }]);
      await page.goto("/tickets?state=resolved");
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Sign in to see your tickets");
      await page.getByRole("link", { name: "Sign in", exact: true }).click();
      await page.getByRole("link", { name: "Priya Raman" }).click();
      assert.equal(location(page), "/tickets?state=resolved");
    }));

  for (const [who, headings] of [
    ["u-viktor", ["You aren’t connected to a company"]],
    ["u-ebele", ["Your account has no email address"]],
    ["u-kai", ["Your account has no email address", "You aren’t connected to a company"]],
    ["u-marisol", ["There are no tickets yet"]],
  ]) {
    test(`${who} is told, and can sign in as someone else: ${headings.join(", ")}`, () =>
      inBrowser({ who, mayAsk: messenger() }, async (page) => {
        await page.goto("/tickets");
        assert.deepEqual(await page.getByRole("main").getByRole("heading").allTextContents(), headings);
        assert.equal(await page.getByRole("table").count(), 0);
        assert.ok(await page.getByRole("button", { name: "Sign out" }).isVisible());
        await page.getByRole("button", { name: "Tickets that you created or joined" }).click();
        await page.getByRole("dialog", { name: "Your tickets" }).waitFor();
        await page.getByRole("button", { name: "Close", exact: true }).click();
        await page.getByRole("link", { name: "Sign in as someone else" }).click();
        await page.getByRole("link", { name: "Priya Raman" }).click();
        assert.equal(location(page), "/tickets");
        assert.equal(await page.getByRole("table").count(), 1);
      }));
  }
});

function line(text) {
  return text.replace(/\s+/g, " ").trim();
}

function lines(texts) {
  return texts.map(line);
}
