// The ticket page: what people wrote, and when things happened.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SAMIRA, YOUSEF, samirasTickets } from "../lib/pages.js";
import { api, inBrowser, most, ticketsOf } from "../lib/site.js";

describe("the ticket page", { concurrency: 3 }, () => {
  test("shows what the ticket has: state, number, details and attributes", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      const ticket = most(await samirasTickets(), (it) => it.attributes.length);
      await page.goto(ticket.url);
      assert.equal(await page.title(), `#${ticket.number} ${ticket.title} · Quayhaven Freight Cloud`);
      assert.equal(await page.locator("article .state").textContent(), ticket.state.label);
      const terms = await page.locator("dt").allTextContents();
      assert.deepEqual(terms, ["Type", "Company", "Created by", "Created", "Last updated", ...ticket.attributes.map((it) => it.name)]);
      const company = page.locator("dl > div", { has: page.locator("dt", { hasText: /^Company$/ }) }).locator("dd");
      assert.equal(await company.textContent(), ticket.company.name);
    }));

  test("shows text from people as text, also where it looks like a page", async () => {
    const tickets = await samirasTickets();
    const odd = tickets.filter((it) => it.description.includes("<script>"));
    assert.ok(odd.length > 0, "the demo has a ticket with HTML in its description");
    await inBrowser({ who: SAMIRA }, async (page) => {
      for (const ticket of odd.concat(tickets.filter((it) => it.title.includes("<")))) {
        await page.goto(ticket.url);
        assert.equal(await page.locator(".prose").textContent(), ticket.description);
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), ticket.title);
        assert.equal(await page.locator(".prose :not(a), h1 *").count(), 0, "nothing in it became an element");
      }
    });
  });

  test("makes addresses in a description links that tell nothing about the reader", async () => {
    const ticket = (await samirasTickets()).find((it) => /https:\/\//.test(it.description));
    assert.ok(ticket, "the demo has a ticket with an address in it");
    await inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto(ticket.url);
      const link = page.locator(".prose a").first();
      assert.equal(await link.getAttribute("href"), await link.textContent());
      assert.match(await link.getAttribute("rel"), /noopener noreferrer/);
    });
  });

  test("says in reading order who did what, also where the name is written from right to left", async () => {
    const rows = await ticketsOf(YOUSEF);
    const row = rows.find((it) => /^\p{Script=Arabic}/u.test(it.created_by.name) && !it.created_by.you);
    await inBrowser({ who: YOUSEF }, async (page) => {
      await page.goto(row.url);
      const [name, verb] = await page.locator(".history li > span").first().evaluate((span) => {
        const walker = document.createTreeWalker(span, NodeFilter.SHOW_TEXT);
        const lefts = (words) => {
          walker.currentNode = span;
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.search(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect().left;
          }
          return null;
        };
        return [lefts(/\p{Script=Arabic}/u), lefts(/created/)];
      });
      assert.ok(name < verb, `the name is at ${name} px, what its bearer did at ${verb} px`);
    });
  });

  test("keeps the line breaks of a description", async () => {
    const ticket = (await samirasTickets()).find((it) => it.description.includes("\n\n"));
    await inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto(ticket.url);
      assert.ok((await page.locator(".prose").innerText()).includes("\n\n"));
    });
  });
});

describe("times", { concurrency: 3 }, () => {
  // 25 hours lie between these two, so that their dates always differ.
  for (const timezoneId of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"]) {
    test(`are those of a reader in ${timezoneId}, exact in the tooltip`, async () => {
      const { tickets: [ticket] } = await api(SAMIRA, "/api/tickets");
      const at = new Date(ticket.updated_at);
      const part = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: timezoneId, ...options }).format(at);
      await inBrowser({ who: SAMIRA, timezoneId }, async (page) => {
        await page.goto(ticket.url);
        const time = page.locator("dl > div", { hasText: "Last updated" }).locator("time");
        assert.equal(new Date(await time.getAttribute("datetime")).getTime(), at.getTime(), "to the millisecond for programs");
        const exact = await time.getAttribute("title");
        for (const words of [
          part({ weekday: "long" }), part({ day: "numeric" }), part({ month: "long" }), part({ year: "numeric" }),
          part({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
        ]) {
          assert.ok(exact.includes(words), `${words} in ${exact}`);
        }
        assert.match(exact, /(GMT|UTC|[A-Z]{3,4})[+-]?/, "the zone is named");
      });
    });
  }

  for (const [name, later, inList, onPage, example] of [
    ["today", 1, /^Today, \d{1,2}:\d{2}$/, /^Today, \d{1,2}:\d{2}$/, "Today, 10:12"],
    ["yesterday", 25, /^Yesterday, \d{1,2}:\d{2}$/, /^Yesterday, \d{1,2}:\d{2}$/, "Yesterday, 10:12"],
    ["this year", 24 * 3, /^\d{1,2} [A-Z][a-z]{2,3}$/, /^\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d{2}:\d{2}$/, "3 Nov, and its hour on the ticket page"],
    ["another year", 24 * 366, /^\d{1,2} [A-Z][a-z]{2,3} \d{4}$/, /^\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d{2}:\d{2}$/, "3 Nov 2025, and its hour on the ticket page"],
  ]) {
    test(`of ${name} are short: ${example}`, async () => {
      const { tickets } = await api(SAMIRA, "/api/tickets");
      // Early enough in the day and the year that it is still the same day or year some time later.
      const ticket = tickets.find((it) => new Date(it.updated_at).getUTCHours() < 22 && !/-12-(2[89]|3.)T/.test(it.updated_at));
      assert.ok(ticket, "a ticket of the first page was not updated late in the evening");
      await inBrowser({ who: SAMIRA }, async (page) => {
        await page.clock.setFixedTime(Date.parse(ticket.updated_at) + later * 3_600_000);
        await page.goto("/tickets");
        const row = page.locator("tbody tr", { has: page.locator(`a[href="${ticket.url}"]`) });
        assert.match(await row.locator("time").textContent(), inList);
        await page.goto(ticket.url);
        const time = page.locator("dl > div", { hasText: "Last updated" }).locator("time");
        assert.match(await time.textContent(), onPage);
      });
    });
  }

  test("follow the reader's language", async () => {
    const { tickets: [ticket] } = await api(SAMIRA, "/api/tickets");
    await inBrowser({ who: SAMIRA, locale: "de-DE" }, async (page) => {
      await page.goto(ticket.url);
      const exact = await page.locator("time").last().getAttribute("title");
      assert.match(exact, /(Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch/);
    });
  });
});
