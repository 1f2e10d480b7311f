// What holds on every kind of page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PAGES, onPage } from "../lib/pages.js";
import { PAPER, PHONE, SMALL_PHONE, WIDE, violations } from "../lib/site.js";
import { tooSmall } from "../lib/touch.js";

describe("every page", { concurrency: 3 }, () => {
  for (const it of PAGES) {
    test(it.name, (t) =>
      onPage(it, { axe: true }, async (page, seen, response) => {
        await t.test(`is one response, and its policy lets nothing else in: ${it.name}`, async () => {
          await page.waitForLoadState("networkidle");
          assert.deepEqual(seen.requests, [`GET ${it.path}`]);
          const policy = response.headers()["content-security-policy"];
          assert.match(policy, /default-src 'none'/);
          assert.doesNotMatch(policy, /unsafe|\*/);
        });
        await t.test(`has nothing that is cut off or scrolls sideways, on any screen: ${it.name}`, async () => {
          for (const viewport of [WIDE, PHONE, SMALL_PHONE]) {
            await page.setViewportSize(viewport);
            assert.deepEqual(await page.evaluate(sticksOut), { scrolls: 0, out: [] }, `at ${viewport.width} px`);
          }
        });
        await t.test(`gives axe nothing to find, light and dark, wide and narrow: ${it.name}`, async () => {
          // An open menu covers parts of what is below it, which axe takes for small targets.
          const covered = it.prepare ? [".piles", "tbody"] : [];
          const found = [];
          for (const viewport of [WIDE, PHONE]) {
            for (const colorScheme of ["light", "dark"]) {
              await page.setViewportSize(viewport);
              await page.emulateMedia({ colorScheme });
              found.push(...(await violations(page, covered)).map((line) => `${colorScheme}, ${viewport.width} px: ${line}`));
            }
          }
          assert.deepEqual(found, []);
        });
        await t.test(`prints as ink on paper, without what only a screen can do: ${it.name}`, async () => {
          await page.setViewportSize(PAPER);
          await page.emulateMedia({ media: "print", colorScheme: "dark" });
          assert.deepEqual(await page.evaluate(pale), []);
          assert.equal(await page.locator("button, .button, .back, .up, .piles, .filters, .tabs").filter({ visible: true }).count(), 0);
        });
      }));
    test(`can be pressed on a touch screen: ${it.name}`, () =>
      onPage(it, { hasTouch: true }, async (page) => {
        for (const viewport of [WIDE, PHONE]) {
          await page.setViewportSize(viewport);
          assert.deepEqual(await page.evaluate(tooSmall), [], `at ${viewport.width} px`);
        }
      }));
  }

  test("a script or style that gets into a page all the same does nothing", () =>
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

/** How far the page scrolls sideways, and what is not within it. Runs in the page. */
function sticksOut() {
  const room = document.documentElement.clientWidth;
  // What only screen readers get is clipped away. What ends in an ellipsis keeps its content within.
  const unseen = [...document.querySelectorAll("*")].filter((it) => getComputedStyle(it).clipPath !== "none");
  const keeps = [...document.querySelectorAll(".gist, .tickets .who")].flatMap((it) => [...it.querySelectorAll("*")]);
  const out = [...document.body.querySelectorAll("*")].filter((it) => {
    const { left, right, width, height } = it.getBoundingClientRect();
    const isOut = width > 0 && height > 0 && (left < -0.5 || right > room + 0.5);
    return isOut && it.checkVisibility() && !keeps.includes(it) && !unseen.some((other) => other.contains(it));
  });
  return { scrolls: document.scrollingElement.scrollWidth - room, out: out.map((it) => it.outerHTML.slice(0, 80)) };
}

/** Words that are too pale for white paper: less than 4.5 to 1. Runs in the page. */
function pale() {
  const paper = [...document.querySelectorAll("html, body")].map((it) => getComputedStyle(it).backgroundColor);
  if (paper.some((it) => !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(it))) return [`paper: ${paper}`];
  const brightness = (color) => {
    const [red, green, blue] = color.match(/[\d.]+/g).map((it) => it / 255).map((it) => (it > 0.04045 ? ((it + 0.055) / 1.055) ** 2.4 : it / 12.92));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const written = [...document.body.querySelectorAll("*")].filter((it) => it.checkVisibility() && [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const out = written.filter((it) => 1.05 / (brightness(getComputedStyle(it).color) + 0.05) < 4.5);
  return written.length > 0 ? out.map((it) => `${getComputedStyle(it).color}: ${it.outerHTML.slice(0, 80)}`) : ["nothing"];
}
