// The list: filters, paging, rows as a table or as cards.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXTREME, LABELS } from "../lib/extremes.js";
import { FREJA, PRIYA, SAMIRA, YOUSEF, indexing } from "../lib/pages.js";
import { PAPER, PHONE, SMALL_PHONE, WIDE, api, extremes, inBrowser, origin, ticketsOf } from "../lib/site.js";

const location = (page) => page.url().replace(origin, "");
const menu = (page, label) => page.locator("details.menu").filter({ has: page.locator("summary", { hasText: label }) });
const titles = async (page) => (await page.locator("td.what a").allTextContents()).map((it) => it.replace(/^Unread: /, ""));

async function choose(page, label, option) {
  await menu(page, label).locator("summary").click();
  await menu(page, label).getByRole("link", { name: option }).click();
}

describe("the list", { concurrency: 3 }, () => {
  test("shows the newest update first, with number, type, state, creator and company", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      const { tickets } = await api(SAMIRA, "/api/tickets");
      await page.goto("/tickets");
      const parts = [".what a", ".sub", ".said", ".state", ".since", ".from", ".creator"];
      const rows = await page.locator("tbody tr").evaluateAll((rows, parts) => rows.map((row) => parts.map((part) => {
        const it = row.querySelector(part)?.cloneNode(true);
        it?.querySelectorAll("time").forEach((time) => time.replaceWith(time.dateTime));
        return it?.textContent.replace(/\s+/g, " ").trim() ?? null;
      })), parts);
      const turns = { you: "On you", colleagues: "On your colleagues", us: "On us", none: "Done" };
      const name = ({ you, name }) => (you ? "You" : name);
      const plain = (text) => text.replace(/\s+/g, " ").trim();
      assert.deepEqual(rows, tickets.map((it) => [
        plain(`${it.unread ? "Unread: " : ""}${it.title}`),
        plain(`#${it.number} ${it.type.icon} ${it.type.name}`),
        it.last_message && plain(`${name(it.last_message.author)}: ${it.last_message.text}`),
        it.state.label,
        `${turns[it.turn.who]} since ${it.turn.since}`,
        it.company.name,
        name(it.created_by),
      ]));
      const times = tickets.map((it) => Date.parse(it.updated_at));
      assert.deepEqual(times, times.toSorted((a, b) => b - a));
    }));

  test("keeps each filter while the other changes, and counts the chosen company's tickets", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      await choose(page, "State", "Resolved");
      await choose(page, "Company", "Bluepeak Outdoor");
      assert.equal(location(page), "/tickets?state=resolved&company=bluepeak");
      const { tickets, counts } = await api(SAMIRA, "/api/tickets?state=resolved&company=bluepeak");
      assert.deepEqual(await titles(page), tickets.map((it) => it.title));
      assert.equal(await menu(page, "State").locator(".count").first().textContent(), String(counts.all));
      await choose(page, "State", "All states");
      assert.equal(location(page), "/tickets?company=bluepeak");
    }));

  test("marks the chosen filter for eyes and for screen readers", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets?state=resolved&company=acme");
      for (const [label, chosen] of [["State", "Resolved"], ["Company", "Acme Industrial Supply"]]) {
        await menu(page, label).locator("summary").click();
        const current = menu(page, label).locator("[aria-current=true]");
        assert.equal(await current.locator("span").first().textContent(), chosen);
        assert.equal(await menu(page, label).locator("summary > span").last().textContent(), chosen);
      }
    }));

  test("filters by a company whose id is hard to put into an address", () =>
    inBrowser({ who: FREJA }, async (page) => {
      await page.goto("/tickets");
      await choose(page, "Company", "Møller & Sønner A/S");
      assert.equal(new URL(page.url()).searchParams.get("company"), "Møller & Sønner #1");
      const companies = await page.locator(".from").allTextContents();
      assert.ok(companies.length > 0 && companies.every((it) => it === "Møller & Sønner A/S"), `${companies}`);
    }));

  test("has no company menu for somebody in one company", () =>
    inBrowser({ who: PRIYA }, async (page) => {
      await page.goto("/tickets");
      assert.equal(await menu(page, "Company").count(), 0);
      assert.deepEqual(await page.getByRole("columnheader").allTextContents(), ["Ticket", "State", "Created by", "Updated"]);
    }));

  test("leads from each pile's number to its tickets, and keeps the other filters", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets?company=acme");
      for (const [turn, words] of [["you", "On you"], ["colleagues", "On your colleagues"], ["us", "On us"], ["none", "Done"]]) {
        const { turns, tickets } = await api(SAMIRA, `/api/tickets?turn=${turn}&company=acme`);
        await page.getByRole("navigation", { name: "Whose turn" }).getByRole("link", { name: `${words} ${turns[turn]}`, exact: true }).click();
        assert.equal(location(page), `/tickets?turn=${turn}&company=acme`);
        assert.deepEqual(await titles(page), tickets.map((it) => it.title));
        assert.equal(tickets.length, Math.min(turns[turn], 25));
        assert.equal(await page.locator(".piles [aria-current=true]").textContent(), `${words} ${turns[turn]}`);
      }
    }));

  for (const javaScriptEnabled of [true, false]) {
    test(`is sorted by the headers of its columns, and says so, ${javaScriptEnabled ? "with" : "without"} script`, () =>
      inBrowser({ who: SAMIRA, javaScriptEnabled }, async (page) => {
        const sorted = () => page.getByRole("columnheader").evaluateAll((all) => all.map((it) => it.getAttribute("aria-sort")));
        await page.goto("/tickets?company=acme");
        assert.deepEqual(await sorted(), [null, null, null, "descending"]);
        for (const [column, query, expected] of [
          ["Ticket", "sort=title&order=asc", ["ascending", null, null, null]],
          ["Ticket", "sort=title", ["descending", null, null, null]],
          ["State", "sort=state&order=asc", [null, "ascending", null, null]],
          ["Created by", "sort=creator&order=asc", [null, null, "ascending", null]],
          ["Updated", "", [null, null, null, "descending"]],
          ["Updated", "order=asc", [null, null, null, "ascending"]],
        ]) {
          await page.getByRole("columnheader", { name: column }).getByRole("link").click();
          await page.waitForURL(`**/tickets?company=acme${query && `&${query}`}`);
          assert.deepEqual(await sorted(), expected);
          const { tickets } = await api(SAMIRA, `/api/tickets?company=acme&${query}`);
          assert.deepEqual(await titles(page), tickets.map((it) => it.title));
        }
      }));

    test(`is filtered by dates and creator, and can be exported, ${javaScriptEnabled ? "with" : "without"} script`, () =>
      inBrowser({ who: SAMIRA, javaScriptEnabled }, async (page) => {
        const { tickets } = await api(SAMIRA, "/api/tickets?state=resolved&creator=me");
        const day = tickets[0].updated_at.slice(0, 10);
        await page.goto("/tickets?state=resolved");
        await menu(page, "More").locator("summary").click();
        await page.getByLabel("Created by").selectOption("Me");
        await page.getByLabel("Updated from").fill(day);
        await page.getByRole("button", { name: "Show", exact: true }).click();
        const { searchParams } = new URL(page.url());
        assert.deepEqual([searchParams.get("state"), searchParams.get("creator"), searchParams.get("updated_from")], ["resolved", "me", day]);
        const filter = `state=resolved&creator=me&updated_from=${day}`;
        const wanted = (await api(SAMIRA, `/api/tickets?${filter}`)).tickets;
        assert.ok(wanted.length > 0);
        assert.deepEqual(await titles(page), wanted.map((it) => it.title));
        assert.match(await menu(page, "More").locator("summary").textContent(), /More 2/);
        await menu(page, "More").locator("summary").click();
        assert.equal(await page.getByLabel("Updated from").inputValue(), day);
        assert.equal(await page.getByRole("link", { name: "Download as CSV" }).getAttribute("href"), `/api/tickets/export?${filter}`);
      }));
  }

  for (const javaScriptEnabled of [true, false]) {
    test(`finds tickets by what is said in them, and shows where, ${javaScriptEnabled ? "while one types" : "without script"}`, () =>
      inBrowser({ who: SAMIRA, javaScriptEnabled }, async (page) => {
        const look = async (words) => {
          await page.getByRole("searchbox").fill(words);
          if (!javaScriptEnabled) await page.getByRole("button", { name: "Search" }).click();
          const query = new URLSearchParams({ q: words, state: "resolved" });
          await page.waitForURL((url) => url.searchParams.get("q") === words);
          return (await api(SAMIRA, `/api/tickets?${query}`)).tickets;
        };
        await indexing();
        await page.goto("/tickets?state=resolved");
        const hits = await look("printer");
        assert.ok(hits.length > 1 && hits.some((it) => it.match.in === "message"));
        assert.deepEqual(await titles(page), hits.map((it) => it.title), "with the filter that was there");
        const places = ["number", "title", "description", "attribute", "message"];
        const order = hits.map((it) => places.indexOf(it.match.in));
        assert.deepEqual(order, order.toSorted((a, b) => a - b));
        for (const [at, hit] of hits.entries()) {
          const marks = await page.locator("tbody tr").nth(at).locator("mark").allTextContents();
          assert.deepEqual(marks, hit.match.snippet.filter((it) => it.hit).map((it) => it.text));
        }
        const [one] = await look(`Ticket #${hits[0].number}`);
        assert.deepEqual([one.number, await titles(page)], [hits[0].number, [hits[0].title]]);
        await look("zeppelin");
        assert.match(await page.locator("main section").textContent(), /Nothing found for “\u2068?zeppelin/);
        if (javaScriptEnabled) await page.locator("[aria-live]", { hasText: "No results" }).waitFor();
        await page.getByRole("link", { name: "in any state" }).click();
        assert.equal(location(page), "/tickets?q=zeppelin");
        await page.getByRole("link", { name: "Show all tickets" }).click();
        assert.equal(location(page), "/tickets");
      }));
  }

  test("has its search under a key, and keeps what somebody types while the page learns of news", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await indexing();
      await page.goto("/tickets");
      await page.keyboard.press("/");
      await page.keyboard.type("cust");
      await page.waitForURL("**/tickets?q=cust");
      await page.locator("td.what mark, .found mark").first().waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.value), "cust", "the focus stays");
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Delete");
      await page.waitForURL("**/tickets");
      assert.equal(await page.locator("mark").count(), 0);
    }));

  for (const [where, viewport] of [["beside the other menus", WIDE], ["in the panel on a phone", PHONE]]) {
    test(`is filtered by type ${where}`, () =>
      inBrowser({ who: SAMIRA, viewport }, async (page) => {
        const { types } = await api(SAMIRA, "/api/tickets");
        await page.goto("/tickets?state=resolved");
        if (viewport === WIDE) await choose(page, "Type", types[1].name);
        else {
          await menu(page, "More").locator("summary").click();
          await page.locator("select[name=type]").selectOption(types[1].id);
          await page.getByRole("button", { name: "Show", exact: true }).click();
        }
        assert.equal(new URL(page.url()).searchParams.get("type"), types[1].id);
        const { tickets } = await api(SAMIRA, `/api/tickets?state=resolved&type=${types[1].id}`);
        assert.deepEqual(await titles(page), tickets.map((it) => it.title));
      }));
  }

  test("has its panel of filters in the window, on any screen", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      for (const width of [1280, 1024, 768, 705, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await menu(page, "More").locator("summary").click();
        const { x, width: wide } = await menu(page, "More").locator("form").boundingBox();
        assert.ok(x >= 0 && x + wide <= width, `${x} + ${wide} at ${width} px`);
        await page.keyboard.press("Escape");
      }
    }));

  test("offers to drop each of several filters that leave nothing", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets?state=resolved&updated_to=2001-01-01");
      assert.equal(await page.locator("main section p").first().textContent(), "No ticket is all of this.");
      assert.deepEqual(await page.locator("main section a").allTextContents(), ["in any state", "without the dates", "Show all tickets"]);
      await page.getByRole("link", { name: "without the dates" }).click();
      assert.equal(location(page), "/tickets?state=resolved");
    }));

  for (const [where, viewport, least] of [["at 1280 x 800", { width: 1280, height: 800 }, 9], ["on a phone", { width: 390, height: 844 }, 5]]) {
    test(`shows at least ${least} rows at once ${where}`, () =>
      inBrowser({ who: SAMIRA, viewport }, async (page) => {
        await page.goto("/tickets");
        // A person with a long name takes a line more, and who is at the top depends on the day.
        const whole = await page.locator("tbody tr").evaluateAll((rows) => {
          const heights = rows.map((row) => row.getBoundingClientRect().height).sort((a, b) => a - b);
          return Math.floor((innerHeight - rows[0].getBoundingClientRect().top) / heights[heights.length >> 1]);
        });
        assert.ok(whole >= least, `${whole} rows`);
      }));
  }

  test("pages through every ticket once, and back to the newest", () =>
    inBrowser({ who: PRIYA }, async (page) => {
      const all = (await ticketsOf(PRIYA)).map((it) => it.url);
      const seen = [];
      await page.goto("/tickets");
      for (;;) {
        const urls = await page.locator("td.what a").evaluateAll((links) => links.map((it) => it.getAttribute("href")));
        assert.ok(urls.length <= 25);
        seen.push(...urls);
        const older = page.getByRole("link", { name: "Older tickets" });
        if ((await older.count()) === 0) break;
        await older.click();
      }
      assert.deepEqual(seen, all);
      await page.getByRole("link", { name: "Newest tickets" }).click();
      assert.equal(location(page), "/tickets");
    }));

  test("keeps the filter from page to page", () =>
    inBrowser({ who: PRIYA }, async (page) => {
      await page.goto("/tickets?state=resolved");
      await page.getByRole("link", { name: "Older tickets" }).click();
      assert.equal(new URL(page.url()).searchParams.get("state"), "resolved");
      const states = await page.locator(".state").evaluateAll((all) => all.map((it) => it.className));
      assert.ok(states.length > 0 && states.every((it) => it === "state resolved"), `${states}`);
    }));

  for (const [where, viewport] of [["row", WIDE], ["card", PHONE]]) {
    test(`opens a ticket from anywhere in its ${where}`, () =>
      inBrowser({ who: SAMIRA, viewport }, async (page) => {
        await page.goto("/tickets");
        const url = await page.locator("td.what a").nth(2).getAttribute("href");
        const row = page.locator("tbody tr").nth(2);
        await row.scrollIntoViewIfNeeded();
        const { x, y, width, height } = await row.boundingBox();
        await page.mouse.click(x + width - 12, y + height - 10);
        await page.waitForURL(`**${url}`);
      }));
  }

  test("opens one menu at a time, and closes it with a click elsewhere", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      const open = () => page.locator("details.menu").evaluateAll((menus) => menus.map((it) => it.open));
      await menu(page, "State").locator("summary").click();
      assert.deepEqual(await open(), [true, false, false, false]);
      await menu(page, "Company").locator("summary").click({ force: true });
      assert.deepEqual(await open(), [false, true, false, false]);
      await page.getByRole("heading", { level: 1 }).click();
      assert.deepEqual(await open(), [false, false, false, false]);
    }));

  test("is a table with visible headers on wide screens", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      const headers = page.locator("table > thead th[scope=col]");
      assert.deepEqual(await headers.allTextContents(), ["Ticket", "State", "Created by", "Updated"]);
      const cells = page.locator("tbody tr").first().locator("td");
      for (let at = 0; at < 4; at += 1) {
        const [header, cell] = [await headers.nth(at).boundingBox(), await cells.nth(at).boundingBox()];
        assert.ok(header.height > 20 && header.y < cell.y, "the header is above its cells");
        assert.ok(Math.abs(header.x - cell.x) < 1 && Math.abs(header.width - cell.width) < 1, "they are one column");
      }
      assert.equal(await page.locator("tbody tr").first().evaluate((it) => getComputedStyle(it).display), "table-row");
    }));

  test("is cards on narrow screens, and still a table to screen readers", () =>
    inBrowser({ who: SAMIRA, viewport: PHONE }, async (page) => {
      await page.goto("/tickets");
      const boxes = await page.locator("tbody tr").evaluateAll((rows) => rows.map((it) => it.getBoundingClientRect().toJSON()));
      assert.ok(boxes.every((it) => it.left >= 0 && it.right <= PHONE.width && it.width > 300));
      assert.ok(boxes.every((it, at) => at === 0 || it.top >= boxes[at - 1].bottom + 4), "cards have gaps between them");
      const title = await page.locator("td.what").first().boundingBox();
      const state = await page.locator("td .state").first().boundingBox();
      assert.ok(state.y >= title.y + title.height, "the state is below the title");

      // What the browser tells assistive technology, not what the markup says.
      const devtools = await page.context().newCDPSession(page);
      const { nodes } = await devtools.send("Accessibility.getFullAXTree");
      const named = (role) => nodes.filter((it) => !it.ignored && it.role.value === role).map((it) => it.name.value);
      assert.deepEqual(named("table"), ["Tickets, last updated first"]);
      assert.deepEqual(named("columnheader"), ["Ticket", "State", "Created by", "Updated"]);
      assert.equal(named("row").length, 1 + 25);
      assert.equal(named("cell").length, 4 * 25);
    }));

  for (const who of [SAMIRA, PRIYA, YOUSEF]) {
    test(`has cards whose parts leave each other room: ${who}`, () =>
      inBrowser({ who }, async (page) => {
        for (const viewport of [{ width: 700, height: 900 }, PHONE, SMALL_PHONE]) {
          await page.setViewportSize(viewport);
          for (const state of ["", "?state=submitted", "?state=waiting_on_customer"]) {
            await page.goto(`/tickets${state}`);
            assert.deepEqual(await page.evaluate(crowded), [], `at ${viewport.width} px`);
          }
        }
      }));
  }

  test("leaves titles their room beside states with long labels, on any screen", { skip: !extremes }, () =>
    inBrowser({ who: LABELS.contact }, async (page) => {
      await page.goto("/tickets");
      for (const width of [1280, 1024, 768, 705, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        const { scrolls, title, cut } = await page.evaluate(() => ({
          scrolls: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
          title: Math.min(...[...document.querySelectorAll("td.what a")].map((it) => it.getBoundingClientRect().width)),
          cut: [...document.querySelectorAll(".state")].filter((it) => it.scrollWidth > it.clientWidth).length,
        }));
        assert.deepEqual({ scrolls, cut }, { scrolls: 0, cut: 0 }, `at ${width} px`);
        assert.ok(title >= 180, `a title has ${title} px at ${width} px`);
      }
    }));

  test("is printed with whole titles", () =>
    inBrowser({ who: SAMIRA, viewport: PAPER }, async (page) => {
      await page.goto("/tickets");
      await page.emulateMedia({ media: "print" });
      const cut = await page.locator("td.what a").evaluateAll((all) => all.filter((it) => it.scrollHeight > it.clientHeight + 1).map((it) => it.textContent));
      assert.deepEqual(cut, []);
    }));

  test("says what an empty filter means, and leads back to all tickets", { skip: !extremes }, () =>
    inBrowser({ who: EXTREME }, async (page) => {
      for (const [query, words] of [
        ["state=submitted", "No tickets are waiting to be picked up."],
        ["state=in_progress&company=browser-tests", "No tickets are being worked on right now."],
        ["state=waiting_on_customer", "Nothing is waiting on you. Well done."],
      ]) {
        await page.goto(`/tickets?${query}`);
        assert.equal(await page.locator("main section p").first().textContent(), words);
        assert.equal(await page.getByRole("table").count(), 0);
      }
      await page.getByRole("link", { name: "Show all tickets" }).click();
      assert.equal(location(page), "/tickets");
    }));

  test("lays out each title in its own direction", () =>
    inBrowser({ who: YOUSEF }, async (page) => {
      await page.goto("/tickets");
      const titles = await page.locator("td.what a").evaluateAll((links) => links.map((it) => [it.textContent, getComputedStyle(it).direction]));
      // The first letter with a direction decides.
      const wrong = titles.filter(([text, direction]) => (/^[^\p{L}]*\p{Script=Arabic}/u.test(text) ? "rtl" : "ltr") !== direction);
      assert.deepEqual(wrong, []);
      assert.ok(new Set(titles.map(([, direction]) => direction)).size === 2, "the list mixes both directions");
    }));
});

/** Cells that overlap, or are so narrow that words break. Runs in the page. */
function crowded() {
  const boxes = (cell) => {
    const boxes = [];
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(text);
      // A long title ends after two lines.
      const { bottom } = text.parentElement.getBoundingClientRect();
      boxes.push(...[...range.getClientRects()].filter((it) => it.width > 1 && it.height > 1 && it.top < bottom - 3));
    }
    return boxes;
  };
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return [...document.querySelectorAll("tbody tr")].flatMap((row) => {
    const cells = [...row.cells].map((cell) => ({ text: cell.innerText, boxes: boxes(cell) }));
    const upon = cells.flatMap((a, at) => cells.slice(at + 1).filter((b) => a.boxes.some((x) => b.boxes.some((y) => meet(x, y)))).map((b) => `${a.text} | ${b.text}`));
    const lines = ({ text, boxes }) => new Set(boxes.map((it) => Math.round(it.top))).size > text.split(/[\s-]+/).length;
    return [...upon, ...cells.slice(1).filter(lines).map(({ text }) => `broken: ${text}`)];
  });
}
