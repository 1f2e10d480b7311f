// A vendor's site as browsers see it: the portal on the Help Center's domain, the vendor's app beside it, and somebody
// else's site, all over TLS.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { importExtremes, importLines } from "./extremes.js";
import { freePorts, startPortal } from "./portal.js";
import { AXE, WIDE, launch } from "./site.js";

/** As docs/messenger.md tells the vendor to load both scripts: its own policy lets in what they need and no more. */
const page = (portal) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width"><title>App</title>
<script src="/app.js"></script><script type="module" src="${portal}/embed/messenger.js"></script><script type="module" src="${portal}/embed/portal-card.js"></script></head>
<body><main><h1>The vendor's app</h1><h2>Help</h2><p><button id="help">Help</button></p><tickets-portal-card heading="Team tickets" heading-level="3"></tickets-portal-card></main></body></html>`;
/** The queue that calls wait in until the Messenger is there. */
const APP = `window.TicketsPortal = window.TicketsPortal || function () { (TicketsPortal.q = TicketsPortal.q || []).push(arguments); };
TicketsPortal("onShow", () => (window.shown = (window.shown || 0) + 1));
addEventListener("DOMContentLoaded", () => document.getElementById("help").addEventListener("click", () => TicketsPortal("showSpace", "tickets")));`;

/** A certificate that nobody trusts but the browser of these tests. */
async function certificate() {
  const dir = await mkdtemp(join(tmpdir(), "portal-tls-"));
  try {
    const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
    await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=vendor.example", "-keyout", key, "-out", cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Starts the portal and the sites. */
export async function openVendor() {
  const [port] = await freePorts(1);
  const at = (host) => `https://${host}:${port}`;
  const help = at("help.vendor.example");
  const portal = await startPortal([], { PORTAL_ORIGIN: help });
  await importExtremes(portal.admin, portal.endpoint);
  const server = createServer(await certificate(), (asked, answer) => {
    if (asked.headers.host.startsWith("help.")) return forward(portal.origin, asked, answer);
    if (asked.url === "/app.js") return answer.writeHead(200, { "content-type": "text/javascript" }).end(APP);
    if (asked.url !== "/") return answer.writeHead(404).end();
    const policy = `default-src 'none'; script-src 'self' ${help}/embed/; connect-src ${help}; base-uri 'none'`;
    answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy }).end(page(help));
  });
  await new Promise((resolve) => server.listen(Number(port), "127.0.0.1", resolve));
  const browser = await launch("--host-resolver-rules=MAP *.vendor.example 127.0.0.1, MAP evil.example 127.0.0.1");

  return {
    help,
    app: at("app.vendor.example"),
    evil: at("evil.example"),
    /** Changes records of the portal. */
    load: (...lines) => importLines(portal.admin, portal.endpoint, lines),
    /**
     * A window, closed after `use(page, wrong)`, which fails when something was left in `wrong` (see `told`) other than
     * lines that are like `excused`.
     */
    async visit(use, { excused } = {}) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: WIDE, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
      try {
        context.setDefaultTimeout(10_000);
        await context.addInitScript(AXE);
        const [page, wrong] = [await context.newPage(), []];
        page.on("console", (message) => ["error", "warning"].includes(message.type()) && !excused?.test(message.text()) && wrong.push(message.text()));
        page.on("pageerror", (error) => wrong.push(`${error}`));
        await use(page, wrong);
        assert.deepEqual(wrong, [], "what went wrong in the page");
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await Promise.all([portal.stop(), new Promise((resolve) => server.close(resolve))]);
    },
  };
}

/**
 * Waits until the page has told each of `expected` in its console, and takes it out of `wrong`. The console has a way of
 * its own out of the browser, so that what a page shows can be there before what it told earlier.
 */
export async function told(wrong, ...expected) {
  for (const words of expected) {
    for (let waited = 0; !wrong.some((it) => words.test(it)); waited += 20) {
      assert.ok(waited < 10_000, `nothing like ${words} in the console: ${wrong.join("\n") || "nothing"}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    wrong.splice(wrong.findIndex((it) => words.test(it)), 1);
  }
}

function forward(origin, asked, answer) {
  const { hostname, port } = new URL(origin);
  const onward = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers }, (it) => {
    answer.writeHead(it.statusCode, it.headers);
    it.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}

/** The identity token that the vendor's backend would sign, with the key of `cargo run`, which everybody has. */
export function identityToken(contact) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ typ: "JWT", alg: "HS256", kid: "demo" })}.${part({ user_id: contact, iat: now, exp: now + 3600 })}`;
  return `${signed}.${createHmac("sha256", "demo-identity-secret-for-this-machine-only").update(signed).digest("base64url")}`;
}
