// What holds on every kind of page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PAGES, onPage, place } from "../lib/pages.js";
import { PHONE, SMALL_PHONE, WIDE, inBrowser, violations } from "../lib/site.js";

describe("axe finds nothing wrong, light and dark, wide and narrow", { concurrency: 3 }, () => {
  for (const it of PAGES) {
    test(it.name, () =>
      onPage(it, { axe: true }, async (page) => {
        // An open menu covers parts of rows, which axe takes for small targets.
        const covered = it.prepare ? ["tbody"] : [];
        const found = [];
        for (const viewport of [WIDE, PHONE]) {
          for (const colorScheme of ["light", "dark"]) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme });
            found.push(...(await violations(page, covered)).map((line) => `${colorScheme}, ${viewport.width} px: ${line}`));
          }
        }
        assert.deepEqual(found, []);
      }));
  }
});

describe("nothing is cut off or scrolls sideways", { concurrency: 3 }, () => {
  for (const it of PAGES) {
    test(it.name, () =>
      onPage(it, {}, async (page) => {
        for (const viewport of [WIDE, PHONE, SMALL_PHONE]) {
          await page.setViewportSize(viewport);
          const wide = await page.evaluate(() => {
            const room = document.documentElement.clientWidth;
            // What only screen readers get is clipped away.
            const unseen = [...document.querySelectorAll("*")].filter((it) => getComputedStyle(it).clipPath !== "none");
            const sticksOut = (it) => {
              const { left, right, width, height } = it.getBoundingClientRect();
              return it.checkVisibility() && width > 0 && height > 0 && (left < -0.5 || right > room + 0.5) && !unseen.some((other) => other.contains(it));
            };
            return {
              scrolls: document.scrollingElement.scrollWidth - room,
              out: [...document.body.querySelectorAll("*")].filter(sticksOut).map((it) => it.outerHTML.slice(0, 80)),
            };
          });
          assert.deepEqual(wide, { scrolls: 0, out: [] }, `at ${viewport.width} px`);
        }
      }));
  }
});

describe("it is one response, and its policy lets nothing else in", { concurrency: 3 }, () => {
  for (const it of PAGES.filter((it) => !it.prepare)) {
    test(it.name, async () => {
      const { who, path, cookies } = await place(it);
      await inBrowser({ who }, async (page, seen) => {
        if (cookies) await page.context().addCookies(cookies);
        const response = await page.goto(path, { waitUntil: "networkidle" });
        assert.deepEqual(seen.requests, [`GET ${path}`]);
        const policy = response.headers()["content-security-policy"];
        assert.match(policy, /default-src 'none'/);
        assert.doesNotMatch(policy, /unsafe|\*/);
      });
    });
  }

  test("a script that gets into a page all the same does not run", () =>
    onPage(PAGES[0], {}, async (page, seen) => {
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>");
      });
      assert.notEqual(await page.title(), "taken over");
      const refusals = seen.wrong.splice(0);
      assert.equal(refusals.length, 2, `${refusals}`);
      assert.ok(refusals.every((it) => it.includes("Content Security Policy")), `${refusals}`);
    }));
});
