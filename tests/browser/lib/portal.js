// The portal under test: the one at PORTAL_URL, else one that this run starts and stops.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { importExtremes } from "./extremes.js";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const START_TIMEOUT = 120_000;
/** Settings with which the portal would not be a newcomer's. */
const SETTINGS = ["AWS_ENDPOINT_URL_DYNAMODB", "IDENTITY_KEYS", "SESSION_KEYS", "TEAMMATE_KEYS", "TEAMMATE_SIGN_IN_URL", "PORTAL_ORIGIN", "TABLE_NAME"];

/** Returns its origin, how to stop it, and whether this run put its own data into it. */
export async function openPortal() {
  if (process.env.PORTAL_URL) {
    const { origin } = new URL(process.env.PORTAL_URL);
    await ready(origin, () => null);
    return { origin, stop: async () => {}, extremes: false };
  }
  const { origin, stop, admin, endpoint } = await startPortal([]);
  await importExtremes(admin, endpoint);
  return { origin, stop, extremes: true };
}

/** Starts a portal of one's own: with `--no-demo`, one that nobody has set up; `more` goes into its environment. */
export async function startPortal(options, more = {}) {
  const program = process.env.PORTAL_BINARY || `${REPOSITORY}target/debug/local`;
  const admin = join(dirname(program), "admin");
  for (const needed of [program, admin]) {
    if (!existsSync(needed)) throw new Error(`There is no ${needed}. Run "cargo build --workspace" first, or set PORTAL_BINARY or PORTAL_URL.`);
  }
  const [port, dynamodb] = await freePorts(2);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name)));
  const child = spawn(program, ["--memory", "--port", port, "--dynamodb-port", dynamodb, ...options], { env: { ...env, ...more }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  let over = null;
  child.stderr.on("data", (chunk) => (said = (said + chunk).slice(-4000)));
  child.on("error", (error) => (over = error.message));
  const gone = new Promise((resolve) => child.on("exit", (code, signal) => resolve((over ??= `it ended with ${code ?? signal}`))));
  process.on("exit", () => child.kill("SIGKILL"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

  const origin = `http://127.0.0.1:${port}`;
  await ready(origin, () => over && `${over}\n${said}`);
  const stop = async () => {
    child.kill("SIGTERM");
    // A connection that the browser keeps open must not keep the portal running.
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(late);
  };
  return { origin, stop, admin, endpoint: `http://127.0.0.1:${dynamodb}` };
}

/** Waits until the portal answers; `failed` says why it never will. */
async function ready(origin, failed) {
  const end = Date.now() + START_TIMEOUT;
  let why = "nobody answers";
  while (Date.now() < end) {
    const answer = await fetch(`${origin}/api/portal/access`, { signal: AbortSignal.timeout(5_000) }).catch((error) => error);
    if (answer.ok) return;
    why = answer.status ? `it answers ${answer.status}` : `${answer.cause?.message ?? answer.message}`;
    const reason = failed();
    if (reason) throw new Error(`The portal did not start: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No portal at ${origin}: ${why}.`);
}

export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => resolve(server));
  })));
  const ports = servers.map((server) => String(server.address().port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
