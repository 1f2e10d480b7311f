// Without a mouse.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PAGES, SAMIRA, onPage } from "../lib/pages.js";
import { PHONE, WIDE, inBrowser, origin, signIn } from "../lib/site.js";

/** Presses Tab to the end of the page; returns what had the focus, and how that could be seen. */
async function tabThrough(page) {
  const stops = [];
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const it = document.activeElement;
      if (!it || it === document.body) return null;
      // Where a link covers its row, the ring is around the row.
      const rings = [getComputedStyle(it), getComputedStyle(it, "::after")];
      const ring = rings.find((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
      const { top, bottom, left, right, width, height } = it.getBoundingClientRect();
      return {
        name: (it.textContent || it.name).replace(/\s+/g, " ").trim(),
        at: [...document.querySelectorAll("*")].indexOf(it),
        ring: ring && ring.outlineColor !== "rgba(0, 0, 0, 0)",
        inView: width > 0 && height > 0 && top >= 0 && left >= 0 && right <= innerWidth && top < innerHeight && bottom > 0,
      };
    });
    if (!stop || (stops.length > 0 && stop.at === stops[0].at)) return stops;
    stops.push(stop);
  }
  return assert.fail("the focus goes on and on");
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.replace(/\s+/g, " ").trim());
const isOpen = (page, label) => page.locator("details.menu").filter({ has: page.locator("summary", { hasText: label }) }).evaluate((it) => it.open);

describe("with the keyboard", { concurrency: 3 }, () => {
  test("the first stop skips to the content, and is visible", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      const skip = page.getByRole("link", { name: "Skip to content" });
      assert.ok((await skip.boundingBox()).y < 0, "hidden until needed");
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "Skip to content");
      assert.ok((await skip.boundingBox()).y >= 0);
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.id), "q");
    }));

  test("the order is that of reading: header, filters, rows, pages", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      const names = (await tabThrough(page)).map((it) => it.name);
      const titles = (await page.locator("td.what a").allTextContents()).map((it) => it.replace(/\s+/g, " ").trim());
      assert.match(names[1], /Quayhaven Freight Cloud$/);
      names.splice(1, 1, "Quayhaven Freight Cloud");
      const piles = (await page.locator(".piles a").allTextContents()).map((it) => it.replace(/\s+/g, " ").trim());
      assert.deepEqual(piles.map((it) => it.replace(/ \d+$/, "")), ["All", "On you", "On your colleagues", "On us", "Done"]);
      assert.deepEqual(names, [
        "Skip to content", "Quayhaven Freight Cloud", "Sign out", "q", "Search", "New ticket", ...piles,
        "State: All states", "Company: All companies", "Type: All types", "More",
        "Ticket", "State", "Created by", "Updated", ...titles, "Older tickets",
      ]);
    }));

  const inCards = PAGES.filter((it) => ["list of three companies", "ticket with the most attributes", "sign-in page"].includes(it.name));
  for (const [where, viewport, pages] of [["on", WIDE, PAGES.filter((it) => !it.prepare)], ["on a phone, on", PHONE, inCards]]) {
    for (const it of pages) {
      test(`the focus is always visible and goes downwards ${where}: ${it.name}`, () =>
        onPage(it, { viewport }, async (page) => {
          const stops = await tabThrough(page);
          assert.ok(stops.length >= 2);
          assert.deepEqual(stops.filter((stop) => !stop.ring || !stop.inView), []);
          assert.deepEqual(stops, stops.toSorted((a, b) => a.at - b.at));
        }));
    }
  }

  for (const key of ["Enter", "Space"]) {
    test(`${key} opens a menu, Escape closes it and gives the focus back`, () =>
      inBrowser({ who: SAMIRA }, async (page) => {
        await page.goto("/tickets");
        for (const [label, option] of [["State", "All states"], ["Company", "All companies"]]) {
          const summary = page.locator("details.menu").filter({ has: page.locator("summary", { hasText: label }) }).locator("summary");
          await summary.focus();
          await page.keyboard.press(key);
          assert.equal(await isOpen(page, label), true);
          await page.keyboard.press("Escape");
          assert.equal(await isOpen(page, label), false);
          assert.equal(await focused(page), `${label}: ${option}`);

          await page.keyboard.press(key);
          await page.keyboard.press("Tab");
          await page.keyboard.press("Tab");
          assert.notEqual(await focused(page), `${label}: ${option}`);
          await page.keyboard.press("Escape");
          assert.equal(await isOpen(page, label), false);
          assert.equal(await focused(page), `${label}: ${option}`, "from within the menu, too");
        }
      }));
  }

  test("a filter is chosen and a ticket opened", () =>
    inBrowser({ who: SAMIRA }, async (page) => {
      await page.goto("/tickets");
      await page.locator("details.menu").filter({ has: page.locator("summary", { hasText: "State" }) }).locator("summary").focus();
      await page.keyboard.press("Enter");
      for (let press = 0; press < 5; press += 1) await page.keyboard.press("Tab");
      assert.match(await focused(page), /^Resolved/);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/tickets?state=resolved");

      const first = page.locator("td.what a").first();
      const url = await first.getAttribute("href");
      for (let press = 0; press < 20 && !(await first.evaluate((it) => it === document.activeElement)); press += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(`${origin}${url}`);
    }));

  test("signing out works", () =>
    inBrowser({}, async (page) => {
      await page.context().addCookies(await signIn(SAMIRA));
      await page.goto("/tickets");
      await page.getByRole("button", { name: "Sign out" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    }));
});
