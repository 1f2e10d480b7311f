// The ticket page: what people wrote, and when things happened.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { TALK } from "../lib/extremes.js";
import { SAMIRA, YOUSEF, samirasTickets } from "../lib/pages.js";
import { FAILED, PAPER, PHONE, api, cookiesOf, extremes, inBrowser, most, signIn, ticketsOf } from "../lib/site.js";
import { NGOZI, deskApi, deskSend, viewingCookies } from "../lib/teammate.js";

const takingPart = (ticket) => (ticket.conversation ? ["Taking part"] : []);

describe("the ticket page", { concurrency: 3 }, () => {
  test("shows what the ticket has: state, number, details and attributes", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      const ticket = most(await samirasTickets(), (it) => it.attributes.length);
      await page.goto(ticket.url);
      assert.equal(await page.title(), `#${ticket.number} ${ticket.title} · Quayhaven Freight Cloud`);
      assert.equal(await page.locator("article .state").textContent(), ticket.state.label);
      const ofTheReader = ["Seen by", "Among your tickets"];
      const terms = (await page.locator("dt").allTextContents()).filter((it) => !ofTheReader.includes(it));
      assert.deepEqual(terms, ["Type", "Company", "Created by", "Created", "Last updated", ...ticket.attributes.map((it) => it.name), ...takingPart(ticket)]);
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
        assert.equal(await page.locator(".description").textContent(), ticket.description);
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
      const link = page.locator(".description a").first();
      assert.equal(await link.getAttribute("href"), await link.textContent());
      assert.match(await link.getAttribute("rel"), /noopener noreferrer/);
    });
  });

  test("says in reading order who did what, also where the name is written from right to left", async () => {
    const rows = await ticketsOf(YOUSEF);
    const row = rows.find((it) => /^\p{Script=Arabic}/u.test(it.created_by.name) && !it.created_by.you);
    await inBrowser({ who: YOUSEF }, async (page) => {
      await page.goto(row.url);
      const [name, verb] = await page.locator(".event > span").first().evaluate((span) => {
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

  test("prints everything that it has: messages, what happened, and the details", async () => {
    const folds = ({ timeline }) => timeline.some((it, index) => it.kind === "event" && timeline[index + 1]?.kind === "event");
    const ticket = most((await samirasTickets()).filter(folds), (it) => it.attributes.length);
    await inBrowser({ who: SAMIRA, viewport: PAPER }, async (page) => {
      await page.goto(ticket.url);
      await page.emulateMedia({ media: "print" });
      const shown = (selector) => page.locator(selector).evaluateAll((all) => all.filter((it) => it.checkVisibility()).map((it) => it.textContent));
      const [messages, events] = ["message", "event"].map((kind) => ticket.timeline.filter((it) => it.kind === kind));
      assert.deepEqual(await shown(".message .prose"), messages.map((it) => it.body));
      assert.deepEqual(await shown(".event > span"), events.map((it) => it.text));
      assert.deepEqual((await shown("dt")).slice(5), [...ticket.attributes.map((it) => it.name), ...takingPart(ticket)]);
      assert.deepEqual(await shown(".write, .turn-page .button"), []);
    });
  });

  test("calls the type what customers call it, as list and API do", async () => {
    const ticket = (await ticketsOf(SAMIRA)).find((it) => it.type.id === "internal");
    assert.equal(ticket.type.name, "Task");
    assert.equal((await deskApi(`/api/helpdesk/tickets/${ticket.id}`)).type.name, "Internal task");
    await inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets?type=internal");
      const row = page.locator("tr", { has: page.locator(`a[href="${ticket.url}"]`) });
      assert.equal(await row.locator(".kind bdi").textContent(), "Task");
      await row.getByRole("link").click();
      assert.match(await page.locator("dd").first().textContent(), /Task$/);
      assert.doesNotMatch(await page.content(), /Internal task/);
    });
  });

  test("keeps the line breaks of a description", async () => {
    const ticket = (await samirasTickets()).find((it) => it.description.includes("\n\n"));
    await inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto(ticket.url);
      assert.ok((await page.locator(".description").innerText()).includes("\n\n"));
    });
  });
});

describe("the thread of a ticket", { skip: !extremes && "needs a portal of its own", concurrency: 3 }, () => {
  const who = TALK.contact;
  const field = (page) => page.getByLabel("Your message");
  const send = (page) => page.getByRole("button", { name: "Send" }).click();
  const said = (page) => page.locator(".message .prose").allTextContents();
  const isFocused = (it) => it.evaluate((it) => it === document.activeElement);

  test("is the page: what is asked on top, messages and folded events, the composer at the foot", async () => {
    const ticket = (await samirasTickets()).find((it) => it.asked);
    await inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto(ticket.url);
      const asked = page.getByRole("region", { name: "We need something from you" });
      assert.equal(await asked.locator(".prose").textContent(), ticket.asked.text);
      await asked.getByRole("link", { name: "Answer" }).click();
      assert.ok(await page.locator("#write").evaluate((it) => it.getBoundingClientRect().top < innerHeight));
      const messages = ticket.timeline.filter((it) => it.kind === "message");
      assert.deepEqual(await said(page), messages.map((it) => it.body));
      const events = ticket.timeline.filter((it) => it.kind === "event");
      assert.deepEqual(await page.locator(".event > span").allTextContents(), events.map((it) => it.text));
    });
  });

  test("leads by Answer to the field, with the focus in it", async () => {
    await deskSend("PATCH", "/api/helpdesk/tickets/tk-talk-asked", { state: "browser-long", version: (await deskApi("/api/helpdesk/tickets/tk-talk-asked")).version });
    await inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-talk-asked");
      await page.getByRole("link", { name: "Answer" }).click();
      assert.ok(await isFocused(field(page)));
      await page.keyboard.type("Here it is");
      await page.keyboard.press("Control+Enter");
      await page.locator(".message.you").getByText("Here it is").waitFor();
      await page.locator(".asked").waitFor({ state: "detached" });
    });
  });

  test("turns Join conversation into the composer, and one message a click", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-talk-both");
      assert.equal(await page.locator("textarea").count(), 0, "nobody writes before joining");
      await page.getByRole("button", { name: "Join conversation" }).dblclick();
      await field(page).waitFor();
      assert.ok(await isFocused(field(page)));
      await field(page).fill("Twice clicked");
      await page.getByRole("button", { name: "Send" }).dblclick();
      await page.locator(".message.you").waitFor();
      assert.deepEqual(await said(page), ["Message 1 about both", "Message 2 about both", "Twice clicked"]);
      await page.reload();
      assert.equal((await said(page)).length, 3);
      const events = (await api(who, "/api/tickets/tk-talk-both")).history;
      assert.equal(events.filter((it) => it.event === "joined").length, 1);
    }));

  test("begins with the first message of a ticket that has no conversation", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-talk-none-plain");
      await page.getByLabel("Send us a message").fill("It is worse now");
      await send(page);
      await page.locator(".message.you").getByText("It is worse now").waitFor();
      assert.ok(await isFocused(field(page)), "and goes on in the same place");
      await field(page).fill("Much worse");
      await send(page);
      await page.locator(".message.you").getByText("Much worse").waitFor();
      assert.deepEqual((await api(who, "/api/tickets/tk-talk-none-plain/timeline")).timeline.filter((it) => it.kind === "message").map((it) => it.body), ["It is worse now", "Much worse"]);
    }));

  test("sends once when the network is cut between sending and the answer, and keeps what was written", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await page.goto("/tickets/tk-talk-once");
      await page.route("**/messages", async (route) => {
        await route.fetch({ maxRedirects: 0 });
        await route.abort("connectionreset");
      }, { times: 1 });
      await field(page).fill("Only once");
      await send(page);
      await page.getByRole("alert").getByText("could not be sent").waitFor();
      assert.equal(await field(page).inputValue(), "Only once");
      await send(page);
      await page.getByRole("alert").waitFor({ state: "detached" });
      assert.equal((await said(page)).filter((it) => it === "Only once").length, 1);
    }));

  test("keeps a draft through a reload, and says beside it why it was refused", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await page.goto("/tickets/tk-talk-kept");
      await field(page).fill("For later");
      await page.reload();
      assert.equal(await field(page).inputValue(), "For later");
      const long = "ж".repeat(60_000);
      await field(page).fill(long);
      await send(page);
      await page.getByRole("alert").getByText("longer than 100 KB").waitFor();
      assert.equal(await field(page).inputValue(), long);
      assert.ok(await isFocused(field(page)));
      await field(page).fill("Short");
      await send(page);
      await page.locator(".message.you").getByText("Short").waitFor();
      assert.equal(await page.getByRole("alert").count(), 0);
      await page.reload();
      assert.equal(await field(page).inputValue(), "", "what was sent is no draft");
    }));

  test("forgets what was not sent when its writer signs out", () =>
    inBrowser({}, async (page) => {
      await page.context().addCookies(await signIn(who));
      await page.goto("/tickets/tk-talk-lost");
      await field(page).fill("Not for the next one");
      await page.waitForFunction(() => sessionStorage.getItem("tickets-portal:drafts"));
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
      assert.equal(await page.evaluate(() => sessionStorage.getItem("tickets-portal:drafts")), null);
    }));

  test("keeps a draft when the session ends, for its writer and nobody else", () =>
    inBrowser({ who, excused: FAILED }, async (page) => {
      await page.goto("/tickets/tk-talk-lost");
      await field(page).fill("Ten minutes of work");
      const cookies = await page.context().cookies();
      await page.context().clearCookies();
      await send(page);
      const back = page.getByRole("alert").getByRole("link", { name: "Sign in" });
      await back.waitFor();
      assert.equal(await field(page).inputValue(), "Ten minutes of work");
      await page.context().addCookies(cookies);
      await back.click();
      await page.waitForLoadState();
      assert.equal(await field(page).inputValue(), "Ten minutes of work");
      await page.context().clearCookies();
      await page.context().addCookies(await cookiesOf(TALK.colleague));
      await page.goto("/tickets/tk-talk-lost");
      assert.equal(await field(page).inputValue(), "");
      assert.equal(await page.evaluate(() => sessionStorage.getItem("tickets-portal:drafts")), null);
    }));

  for (const [where, options] of [["", {}], [", without script", { javaScriptEnabled: false }]]) {
    test(`of dozens of messages is read page by page, both ways${where}`, () =>
      inBrowser({ who, ...options }, async (page) => {
        await page.goto("/tickets/tk-talk-idle-long");
        const expected = Array.from({ length: 75 }, (_, index) => `Message ${index + 1} about idle-long`);
        const newest = await said(page);
        assert.deepEqual(newest, expected.slice(-newest.length));
        await page.getByRole("link", { name: "Earlier" }).click();
        await page.waitForLoadState();
        const earlier = await said(page);
        assert.deepEqual([...earlier, ...newest], expected);
        assert.equal(await page.locator("textarea").count(), 0, "one writes at the foot of the thread");
        await page.getByRole("link", { name: "Newer" }).click();
        await page.waitForLoadState();
        assert.deepEqual(await said(page), newest);
        await page.goBack();
        await page.getByRole("link", { name: "Newest", exact: true }).click();
        await page.waitForLoadState();
        assert.deepEqual(await said(page), newest);
      }));
  }

  test("opens at what its reader has not read", () =>
    inBrowser({ who }, async (page) => {
      const divider = page.locator("#unread");
      await page.goto("/tickets/tk-talk-unread");
      assert.equal(await divider.count(), 0, "what an import brings is read");
      assert.equal(await page.evaluate(() => scrollY), 0);
      for (const body of ["One", "Two"]) await deskSend("POST", "/api/helpdesk/conversations/c-talk-unread/messages", { body, client_id: randomUUID() });
      await page.goto("/tickets/tk-talk-unread");
      assert.equal(await divider.textContent(), "New");
      assert.equal(await page.locator("#unread ~ .message").count(), 2);
      assert.ok(await divider.evaluate((it) => it.getBoundingClientRect().bottom > 0 && it.getBoundingClientRect().top < innerHeight), "in view");
      await page.reload();
      assert.equal(await divider.count(), 0, "and it is read");
    }));

  test("covers nothing that has the focus on a phone, where the composer stays in view", () =>
    inBrowser({ who, viewport: PHONE }, async (page) => {
      await page.goto("/tickets/tk-talk-reply");
      const box = await page.locator(".say").boundingBox();
      assert.ok(box.y + box.height <= PHONE.height + 1, "in view from the start");
      await page.goto("/tickets/tk-talk-scroll");
      assert.ok((await page.locator(".say").boundingBox()).y < PHONE.height);
      for (let press = 0; press < 30; press += 1) {
        await page.keyboard.press("Tab");
        const covered = await page.evaluate(() => {
          const it = document.activeElement;
          if (it === document.body || it.closest(".say")) return null;
          const { left, top, width, height } = it.getBoundingClientRect();
          const there = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
          return it.contains(there) || there?.contains(it) ? null : it.outerHTML.slice(0, 80);
        });
        assert.equal(covered, null);
      }
      await page.locator("summary", { hasText: "Details" }).click();
      assert.ok(await page.getByText("Created by").isVisible());
    }));

  test("shows details beside the thread on a wide screen, and folded on a phone", () =>
    inBrowser({ who }, async (page) => {
      await page.goto("/tickets/tk-talk-words");
      assert.ok(await page.getByText("Created by").isVisible());
      assert.equal(await page.locator("aside summary").isVisible(), false);
      await page.setViewportSize(PHONE);
      assert.equal(await page.locator("aside dl").isVisible(), false);
      await page.locator("aside summary").click();
      assert.ok(await page.locator("aside dl").isVisible());
    }));

  test("offers no writing to a teammate who looks as a contact", () =>
    inBrowser({}, async (page) => {
      await page.context().addCookies(await viewingCookies(NGOZI, who));
      for (const what of ["read-only", "none-viewed", "reply"]) {
        await page.goto(`/tickets/tk-talk-${what}`);
        assert.equal(await page.getByRole("button", { name: /Join|Send/ }).count(), 0, what);
        assert.equal(await page.locator("textarea").count(), 0, what);
      }
    }));
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
        assert.match(await row.locator(".when time").textContent(), inList);
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
