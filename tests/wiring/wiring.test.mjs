// Does what docs/wiring.md says: its examples sign people in to a portal, and what it says is refused is refused.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { returnAddress } from "../../docs/examples/return_to.mjs";
import { openPortal } from "../browser/lib/portal.js";

const repository = new URL("../../", import.meta.url);
const text = (path) => readFile(new URL(path, repository), "utf8");
const run = promisify(execFile);

const portal = await openPortal();
after(portal.stop);

const config = await text("shared/web/src/base/config.rs");
const demoKey = (name) => JSON.parse(config.match(new RegExp(`${name}: &str =\\s*r#"(.*?)"#`))[1])[0];
const IDENTITY = demoKey("IDENTITY_KEYS");
const TEAMMATE = demoKey("TEAMMATE_KEYS");

const LANGUAGES = { JavaScript: ["node", "token.mjs"], Python: ["python3", "token.py"], Java: ["java", "Token.java"] };

/** What an example prints for somebody; `key` is given where it is not the portal's. */
async function token(language, who, key = IDENTITY) {
  const [program, file] = LANGUAGES[language];
  // Java reads its arguments as the locale says, and starts sooner without its second compiler.
  const java = { LC_ALL: "C.UTF-8", JDK_JAVA_OPTIONS: "-XX:TieredStopAtLevel=1" };
  const env = { PATH: process.env.PATH, ...java, IDENTITY_KID: key.kid, IDENTITY_SECRET: key.secret };
  const { stdout } = await run(program, [new URL(`docs/examples/${file}`, repository).pathname, ...who], { env });
  return stdout.trimEnd();
}

const now = () => Math.floor(Date.now() / 1000);
const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** Signs any claims. */
function signed(claims, key = IDENTITY) {
  const body = `${part({ alg: "HS256", kid: key.kid })}.${part(claims)}`;
  return `${body}.${createHmac("sha256", key.secret).update(body).digest("base64url")}`;
}

const ask = (path, options) => fetch(`${portal.origin}${path}`, { redirect: "manual", ...options });
const headers = (more) => ({ "content-type": "application/json", ...more });
const exchange = (identity_token) => ask("/api/session", { method: "POST", headers: headers(), body: JSON.stringify({ identity_token }) });
const access = async (token) => (await ask("/api/portal/access", { headers: { authorization: `Bearer ${token}` } })).json();

const backend = { authorization: `Bearer ${signed({ sub: "backend", aud: "helpdesk", exp: now() + 600 }, TEAMMATE)}` };
const desk = (method, path, body) => ask(`/api/helpdesk/${path}`, { method, headers: headers(backend), body: body && JSON.stringify(body) });

for (const language of Object.keys(LANGUAGES)) {
  test(`a token from ${language} signs a contact in`, async () => {
    const signedIn = await exchange(await token(language, ["u-samira"]));
    assert.equal(signedIn.status, 204);
    const session = signedIn.headers.getSetCookie().find((it) => it.startsWith("portal_session="));
    const cookie = session.split(";")[0];
    const list = await ask("/api/tickets", { headers: { cookie } });
    assert.equal(list.status, 200);
    assert.ok((await list.json()).tickets.length > 0);
    const identity = await token(language, ["u-samira", "samira@osei-logistics.example", "Samira Osei"]);
    assert.equal((await ask("/tickets", { headers: { cookie: `portal_identity=${identity}` } })).status, 200);
  });

  test(`a token from ${language} says what it is told, and lives for an hour`, async () => {
    const claims = claimsOf(await token(language, ["u-1", "ada@acme.example", 'Ada "A" Å']));
    const { iat } = claims;
    assert.deepEqual(claims, { user_id: "u-1", email: "ada@acme.example", name: 'Ada "A" Å', iat, exp: iat + 3600 });
    assert.ok(Math.abs(iat - now()) < 30);
  });

  test(`a token from ${language} is good for whatever an id can be`, async () => {
    for (const id of [`Zoë "Ø" \\ 'x'; -- #1/é`, " عمر 🐞 {user_id} %23|&=\t"]) {
      const put = await desk("PUT", "contacts", { id, email: "odd@acme.example", companies: ["acme"] });
      assert.ok(put.ok, `${id}: ${put.status}`);
      assert.equal((await access(await token(language, [id]))).contact?.id, id);
    }
  });

  test(`a token from ${language} that another key signed is refused`, async () => {
    for (const [what, key] of [["another secret", { ...IDENTITY, secret: "another" }], ["another kid", { ...IDENTITY, kid: "old" }]]) {
      const answer = await exchange(await token(language, ["u-samira"], key));
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [401, []], what);
    }
  });

  test(`${language} signs nobody where nobody is named`, async () => {
    for (const nobody of [[], [""]]) await assert.rejects(token(language, nobody));
  });
}

test("a token that breaks a rule is refused, and one at its edge is not", async () => {
  const claims = { user_id: "u-samira", iat: now(), exp: now() + 3600 };
  const DAY = 24 * 60 * 60;
  for (const [what, change, status] of [
    ["as it should be", {}, 204],
    ["seven days", { exp: now() + 7 * DAY }, 204],
    ["more than seven days", { exp: now() + 7 * DAY + 60 }, 401],
    ["without an end", { exp: undefined }, 401],
    ["ended within the leeway", { exp: now() - 20 }, 204],
    ["ended", { exp: now() - 31 }, 401],
    ["signed within the leeway", { iat: now() + 20 }, 204],
    ["signed in the future", { iat: now() + 60 }, 401],
    ["signed more than seven days ago", { iat: now() - 7 * DAY - 60 }, 401],
    ["not valid yet", { nbf: now() + 60 }, 401],
    ["for the Help Desk", { aud: "helpdesk" }, 401],
    ["for the Help Desk among others", { aud: ["app", "helpdesk"] }, 401],
    ["for something else", { aud: "app" }, 204],
    ["a number as id", { user_id: 42 }, 401],
    ["an id of 256 bytes", { user_id: "x".repeat(256) }, 204],
    ["an id of 257 bytes", { user_id: "x".repeat(257) }, 401],
    ["longer than a cookie", { padding: "x".repeat(4096) }, 401],
  ]) {
    assert.equal((await exchange(signed({ ...claims, ...change }))).status, status, what);
  }
});

test("what a token says beside the id and the times does not count", async () => {
  const said = { user_id: "u-nobody", exp: now() + 60, email: "x@acme.example", name: "X", companies: ["acme"] };
  assert.deepEqual((await access(signed(said))).reasons, ["no_email", "no_company"]);
});

test("signing out ends the session in this browser", async () => {
  const ended = await ask("/api/session", { method: "DELETE" });
  assert.equal(ended.status, 204);
  assert.ok(ended.headers.getSetCookie().some((it) => it.startsWith("portal_session=;") && it.includes("Max-Age=0")));
});

test("a backend keeps people and companies current", async () => {
  const [ada, at] = [signed({ user_id: "wired", exp: now() + 600 }), (id) => ({ id, name: `${id} Ltd` })];
  const reasons = async () => (await access(ada)).reasons;
  assert.equal((await desk("PUT", "companies", at("wired-1"))).status, 201);
  assert.equal((await desk("PUT", "companies", at("wired-1"))).status, 200);
  const contact = { id: "wired", email: "ada@wired.example", name: "Ada", companies: ["wired-1"] };
  assert.equal((await desk("PUT", "contacts", { ...contact, companies: ["wired-2"] })).status, 422);
  assert.equal((await desk("PUT", "contacts", contact)).status, 201);
  assert.deepEqual(await reasons(), ["no_tickets"]);
  assert.equal((await desk("PUT", "contacts", { ...contact, email: undefined })).status, 200);
  assert.deepEqual(await reasons(), ["no_email", "no_tickets"]);
  assert.equal((await desk("DELETE", "memberships?contact=wired&company=wired-1")).status, 204);
  assert.deepEqual(await reasons(), ["no_email", "no_company"]);
  const again = await desk("DELETE", "memberships?contact=wired&company=wired-1");
  assert.deepEqual([again.status, (await again.json()).code], [404, "membership_not_found"]);
});

const HELP = "https://help.example.com";

test("a backend ends somebody's sessions, and shuts an account out", async () => {
  const contact = { id: "wired-out", email: "out@wired.example", companies: ["acme"] };
  const put = (more) => desk("PUT", "contacts", { ...contact, ...more });
  assert.equal((await put()).status, 201);
  const identity = signed({ user_id: contact.id, exp: now() + 600 });
  const cookie = (await exchange(identity)).headers.getSetCookie()[0].split(";")[0];
  const status = async (headers) => (await ask("/api/tickets", { headers })).status;
  const [session, token] = [{ cookie }, { authorization: `Bearer ${identity}` }];
  assert.deepEqual([await status(session), await status(token)], [200, 200]);
  assert.equal((await desk("DELETE", `sessions?contact=${contact.id}`)).status, 204);
  assert.deepEqual([await status(session), await status(token)], [401, 200]);
  assert.equal((await put({ archived: true })).status, 200);
  assert.deepEqual([await status(token), (await exchange(identity)).status], [401, 401]);
  assert.equal((await put()).status, 200);
  assert.equal(await status(token), 200);
});

test("people come back to the portal, wherever in it", () => {
  for (const address of [
    `${HELP}/`,
    `${HELP}/tickets?state=resolved&company=a%26b&cursor=x.y-z`,
    `${HELP}/tickets/tk-1#history`,
    `${HELP}/tickets?x=https://evil.example/`,
    `${HELP}//evil.example/`,
  ]) {
    assert.equal(returnAddress(address, HELP), address);
  }
});

test("people come back to nowhere but the portal", () => {
  for (const attack of [
    "https://evil.example/",
    "//evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/tickets",
    "tickets",
    "",
    "https://help.example.com@evil.example/",
    "https://help.example.com:x@evil.example/",
    "https://user@help.example.com/",
    "https://help.example.com.evil.example/",
    "https://help.example.com%2eevil.example/",
    "https://help.example.comevil.example/",
    "https://help.example.com\\@evil.example/",
    "https://help.example.com\t.evil.example/",
    "https://help.example.com?@evil.example/",
    "https://help.example.com#@evil.example/",
    "https:/\\evil.example/",
    "https:help.example.com/",
    "http://help.example.com/tickets",
    "https://help.example.com:8443/tickets",
    "https://app.example.com/tickets",
    "https://evil.example/https://help.example.com/",
    "https://evil.example/?https://help.example.com/",
    " https://evil.example/",
    "javascript:alert(1)//https://help.example.com/",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://help.example.com/tickets",
    undefined,
    null,
    ["https://help.example.com/", "https://evil.example/"],
  ]) {
    assert.equal(returnAddress(attack, HELP), `${HELP}/tickets`, JSON.stringify(attack));
  }
  for (const odd of ["\r\nSet-Cookie: a=b", "/../..//evil.example/", "/\\evil.example/", "/\t/evil.example/", "/@evil.example/"]) {
    const address = returnAddress(`${HELP}${odd.startsWith("/") ? odd : `/${odd}`}`, HELP);
    assert.ok(address.startsWith(`${HELP}/`) && new URL(address).host === "help.example.com" && /^[!-~]+$/.test(address), address);
  }
});

test("the address that the portal hands to the sign-in page is one that it takes back", async () => {
  for (const path of ["/tickets", "/tickets?state=resolved&company=acme", "/tickets/tk-1?company=a%2Fb%23c"]) {
    const answer = await ask(path);
    assert.equal(answer.status, 303, path);
    const returnTo = new URL(answer.headers.get("location"), portal.origin).searchParams.get("return_to");
    assert.equal(returnAddress(returnTo, portal.origin), `${portal.origin}${path}`);
  }
});

test("the page shows the examples as they are", async () => {
  const page = await text("docs/wiring.md");
  for (const [fence, file] of [["js", "token.mjs"], ["python", "token.py"], ["java", "Token.java"], ["js", "return_to.mjs"]]) {
    const code = await text(`docs/examples/${file}`);
    assert.ok(page.includes(`(examples/${file}):\n\n\`\`\`${fence}\n${code}\`\`\`\n`), `docs/wiring.md shows another ${file}`);
  }
});

test("the page names every reason by the words that people read", async () => {
  const [page, advice, reasons] = await Promise.all(["docs/wiring.md", "shared/words/src/access.rs", "shared/domain/src/access.rs"].map(text));
  const codes = Object.fromEntries([...reasons.matchAll(/Self::(\w+) => "(\w+)"/g)].map(([, name, code]) => [name, code]));
  const words = [...advice.matchAll(/Reason::(\w+) => \(\s*"([^"]+)"/g)];
  assert.equal(words.length, 6);
  for (const [, name, heading] of words) {
    assert.match(page, new RegExp(`^\\| \\*${heading}\\*[^|]* \\| \`${codes[name]}\` \\| .+ \\|$`, "m"), heading);
  }
});
