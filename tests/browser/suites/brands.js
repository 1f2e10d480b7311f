// Pages in the colours of a dark, a pale and a yellow brand: everything can be read, in light and dark.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importLines } from "../lib/extremes.js";
import { startPortal } from "../lib/portal.js";
import { extremes, inBrowser, violations } from "../lib/site.js";
import { signed, teammateCookies } from "../lib/teammate.js";

const BRANDS = { dark: "#1d1147", pale: "#f3d9e4", yellow: "#ffd400" };

const AT = "2026-01-05T10:00:00Z";
const STATES = ["submitted", "in_progress", "waiting_on_customer", "resolved"];
const LINES = [
  { kind: "settings", enabled: true, reporting: true },
  { kind: "teammate", id: "t-ines", name: "Ines Duarte" },
  { kind: "ticket_type", id: "bug", name: "Bug", icon: "🐞", category: "customer" },
  ...STATES.map((category) => ({ kind: "ticket_state", id: category, category })),
  { kind: "company", id: "gold", name: "Goldcrest" },
  { kind: "contact", id: "u-ana", name: "Ana Prado", email: "ana@goldcrest.example", companies: ["gold"] },
  ...STATES.map((state, index) => ({
    kind: "ticket", id: `tk-${index}`, number: index + 1, type: "bug", title: `It fails, see https://docs.example/${index}`, description: `https://docs.example/${index}`,
    state, company: "gold", requester: "u-ana", created_at: AT,
  })),
];

const PAGES = ["/tickets", "/tickets/tk-2", "/tickets/new", "/tickets/tk-9"];
const DESK = ["/helpdesk", "/helpdesk/tickets/tk-2", "/helpdesk/settings", "/helpdesk/settings/types", "/helpdesk/settings/states", "/helpdesk/new"];

if (extremes) {
  describe("a brand", { concurrency: 1 }, () => {
    test("is read in light and dark, whatever its colour", async () => {
      const portal = await startPortal(["--no-demo"]);
      try {
        await importLines(portal.admin, portal.endpoint, LINES);
        const cookies = await teammateCookies("t-ines", portal.origin);
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
        const settings = `${portal.origin}/api/helpdesk/settings`;
        const now = Math.floor(Date.now() / 1000);
        const token = signed({ user_id: "u-ana", iat: now, exp: now + 600 }, "demo-identity-secret-for-this-machine-only");
        for (const [brand, color] of Object.entries(BRANDS)) {
          const { enabled, sign_in_url, audience, visibility, reporting, version } = await (await fetch(settings, { headers: { cookie } })).json();
          const wanted = { enabled, sign_in_url, audience, visibility, reporting, version, brand: { name: "Ferrovia", color } };
          const saved = await fetch(settings, { method: "PUT", headers: { cookie, origin: portal.origin, "content-type": "application/json" }, body: JSON.stringify(wanted) });
          assert.equal(saved.status, 200, await saved.text());
          for (const colorScheme of ["light", "dark"]) {
            await inBrowser({ baseURL: portal.origin, colorScheme, axe: true, excused: /404/ }, async (page) => {
              const look = async (path) => {
                await page.goto(path);
                for (const open of await page.locator("main details:not([open]) > summary").all()) if (await open.isVisible()) await open.click();
                assert.deepEqual(await violations(page), [], `${brand} ${colorScheme} ${path}`);
              };
              await page.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
              for (const path of PAGES) await look(path);
              assert.match(await page.locator("link[rel=icon]").getAttribute("href"), new RegExp(`^data:image/svg.*%23${color.slice(1)}.*F`));
              await page.setExtraHTTPHeaders({});
              await page.context().addCookies(cookies);
              for (const path of DESK) await look(path);
              if (colorScheme === "light") assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--main")), color);
            });
          }
        }
      } finally {
        await portal.stop();
      }
    });
  });
}
