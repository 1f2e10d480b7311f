// What the demo has none of: words that nothing breaks, the longest of everything, a company whose tickets are all in
// one state. Imported as operators would import it, for a contact and a company of its own.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** The contact who sees them. */
export const EXTREME = "u-browser-tests";

const UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const NAME = `Wolfeschlegelsteinhausenbergerdorff${UNBROKEN}`;

const at = (day, minute) => new Date(Date.UTC(2026, 0, day, 10, minute)).toISOString();

const ticket = (number, title, more) => ({
  kind: "ticket", id: `tk-${number}`, number, type: "browser-tests", title, state: "browser-tests", company: "browser-tests",
  requester: EXTREME, created_at: at(1, 0), updated_at: at(20, 0), ...more,
});

/** Somebody in one company, whose tickets come and go with the tests of the Help Desk. */
export const DESK = { contact: "u-browser-desk", name: "Dana Reyes", company: "browser-desk", called: "Northgate Mills" };

/** Somebody in one company, whose tickets change while they look on. */
export const LIVE = { contact: "u-browser-live", company: "browser-live" };

/** Somebody in one company, whose tickets are in states with long labels: of a sentence, and of 112 characters that nothing breaks. */
export const LABELS = { contact: "u-browser-labels", company: "browser-labels" };

/** Somebody in one company with a colleague, who takes part in conversations that this contact can join. */
export const TALK = { contact: "u-browser-talk", name: "Mira Solberg", colleague: "u-browser-colleague", company: "browser-talk" };

/** A ticket whose conversation the colleague began and a teammate answered; `joined` says whether the contact is in it. */
const talk = (what, index, { joined = false, messages = 2, ...more } = {}) => [
  { kind: "conversation", id: `c-talk-${what}`, participants: [TALK.colleague, ...(joined ? [TALK.contact] : [])], parts: Array.from({ length: messages }, (_, part) => ({
    id: `c-talk-${what}-${part}`, type: "message", body: `Message ${part + 1} about ${what}`, at: at(6, part), author: part % 2 ? { teammate: "browser-tests" } : { contact: TALK.colleague },
  })) },
  { kind: "ticket", id: `tk-talk-${what}`, number: 930_001 + index, type: "bug", title: `The ${what} pump stutters`, state: "st-new", company: TALK.company,
    requester: TALK.colleague, conversation: `c-talk-${what}`, description: `Since the ${what} was serviced.`, created_at: at(6, index), updated_at: at(6, index), ...more },
];

const conversation = (id, ...bodies) => ({
  kind: "conversation", id, participants: [DESK.contact], parts: bodies.map((body, index) => ({
    id: `${id}-${index}`, type: index === 1 ? "note" : "message", body, at: at(3, index),
    author: index === 1 ? { teammate: "browser-tests" } : { contact: DESK.contact },
  })),
});

const LINES = [
  { kind: "company", id: DESK.company, name: DESK.called, attributes: { plan: "Enterprise" } },
  { kind: "contact", id: DESK.contact, name: DESK.name, email: "dana@northgate.example", companies: [DESK.company] },
  { kind: "company", id: LIVE.company, name: "Saltmarsh Rail" },
  { kind: "contact", id: LIVE.contact, name: "Odile Brandt", email: "odile@saltmarsh.example", companies: [LIVE.company] },
  { kind: "contact", id: "u-browser-gone", name: "Gone", email: "gone@saltmarsh.example", companies: [LIVE.company] },
  ...["list", "ticket", "thread", "idle", "gone"].flatMap((what, index) => [
    { ...conversation(`c-live-${what}`, `The ${what} signal stays red`), participants: [LIVE.contact] },
    { kind: "ticket", id: `tk-live-${what}`, number: 920_001 + index, type: "bug", title: `The ${what} signal stays red`, state: "st-new", company: LIVE.company,
      requester: LIVE.contact, conversation: `c-live-${what}`, description: "Since this morning.", created_at: at(5, index), updated_at: at(5, index) },
  ]),
  { ...conversation("c-live-inbox", "The inbox signal stays red"), participants: [LIVE.contact] },
  { kind: "company", id: TALK.company, name: "Fjordline Ferries" },
  { kind: "contact", id: TALK.contact, name: TALK.name, email: "mira@fjordline.example", companies: [TALK.company] },
  { kind: "contact", id: TALK.colleague, name: "Jonas Lie", email: "jonas@fjordline.example", companies: [TALK.company] },
  ...["path", "keys", "phone", "cut", "double", "views", "read-only", "together", "plain", "both", "vendor"].flatMap((what, index) => talk(what, index)),
  ...["reply", "idle", "words", "send", "tunnel", "draft", "gone", "scroll", "ended", "idle-long", "asked", "once", "kept", "lost", "further", "unread"].flatMap((what, index) => talk(what, 20 + index, { joined: true, ...(["scroll", "idle-long", "further", "unread"].includes(what) && { messages: 75 }) })),
  ...["none", "none-double", "none-plain", "none-viewed", "none-script", "none-touch"].map((what, index) => talk(what, 40 + index)[1]).map(({ conversation, ...it }) => it),
  { kind: "contact", id: "u-browser-old", name: "Old Hand", email: "old@fjordline.example", companies: [] },
  ...Array.from({ length: 60 }, (_, index) => ({ ...talk("past", 100 + index)[1], id: `tk-past-${index}`, title: `Past pump ${index}`, company: null, requester: "u-browser-old", conversation: undefined })),
  { kind: "contact", id: "u-browser-nobody", email: "nobody@northgate.example", companies: [] },
  conversation("c-browser-script", "Loom reports stay empty (script)", "Seen before?"),
  conversation("c-browser-plain", "Loom reports stay empty (plain)", "Seen before?"),
  conversation("c-browser-again-script", "Our loom report is empty, too (script)"),
  conversation("c-browser-again-plain", "Our loom report is empty, too (plain)"),
  conversation("c-browser-open", UNBROKEN.repeat(4), UNBROKEN.repeat(3), "See https://example.com/loom, please."),
  ...["stale", "company", "view", "double", "seen-script", "seen-plain"].map((what, index) => ({
    kind: "ticket", id: `tk-browser-${what}`, number: 910_001 + index, type: "bug", title: `Spindle ${what.replace("-", " ")}`, state: "st-new",
    company: DESK.company, requester: DESK.contact, description: `First line\nof ${what}`, created_at: at(4, index), updated_at: at(4, index),
  })),
  { kind: "ticket_state", id: "browser-tests", category: "resolved", external_label: "Resolved, and everybody knows it" },
  // Labels as vendors have them in other languages, and one that nothing breaks.
  { kind: "ticket_state", id: "browser-long", category: "waiting_on_customer", external_label: "Warten auf Rückmeldung der Fachabteilung (Kunde)" },
  { kind: "ticket_state", id: "browser-unbroken", category: "in_progress", external_label: "S".repeat(112) },
  { kind: "ticket_type", id: "browser-tests", name: `Type${UNBROKEN}`, icon: "🧪", category: "customer", attributes: [
    { name: `Attribute${UNBROKEN}`, data_type: "string", visible_to_contacts: true },
    ...Array.from({ length: 8 }, (_, index) => ({ name: `Detail ${index + 1}`, data_type: "string", visible_to_contacts: true })),
    { name: "<b>Since</b>", data_type: "datetime", visible_to_contacts: true },
  ] },
  { kind: "teammate", id: "browser-tests", name: NAME },
  { kind: "company", id: "browser-tests", name: `Company${UNBROKEN}` },
  { kind: "company", id: "browser-tests-2", name: "شركة ذات اسم طويل جدًا يجب أن يظهر كاملًا في القائمة وفي صفحة التذكرة" },
  { kind: "contact", id: EXTREME, name: NAME, email: "browser@tests.example", companies: ["browser-tests", "browser-tests-2"] },
  ticket(900_001, `${UNBROKEN}${UNBROKEN}${UNBROKEN}`, {
    description: `${UNBROKEN.repeat(5)}\n\nhttps://example.com/${"path/".repeat(60)}?<script>alert(1)</script>`,
    attributes: {
      [`Attribute${UNBROKEN}`]: UNBROKEN.repeat(3), "<b>Since</b>": at(1, 0),
      ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`Detail ${index + 1}`, "Words ".repeat(index * 4 + 1).trim()])),
    },
    history: [
      { at: at(1, 0), event: "created", by: { contact: EXTREME } },
      ...Array.from({ length: 40 }, (_, minute) => ({
        at: at(2, minute), event: "state_changed", by: { teammate: "browser-tests" }, state: "browser-tests",
      })),
    ],
  }),
  ticket(900_002, `${"لا شيء يعمل منذ الصباح ".repeat(9)}(${UNBROKEN})`, { description: "", company: "browser-tests-2" }),
  ticket(900_003, "<img src=x onerror=alert(1)>\"'&amp; <b>bold</b> ‮detrevni", { description: "<!-- --><style>*{display:none}</style>" }),
  { kind: "company", id: LABELS.company, name: "Hafenlogistik Nord" },
  { kind: "contact", id: LABELS.contact, name: "Femke Duin", email: "femke@hafenlogistik.example", companies: [LABELS.company] },
  ...["long", "unbroken"].flatMap((what, index) => [
    { kind: "conversation", id: `c-browser-${what}`, participants: [LABELS.contact], parts: [
      { id: `c-browser-${what}-0`, type: "message", body: "Hello", at: at(1, 0), author: { contact: LABELS.contact } },
    ] },
    ticket(900_004 + index, "The crane's scale is wrong", { state: `browser-${what}`, company: LABELS.company, requester: LABELS.contact, conversation: `c-browser-${what}`, type: "bug" }),
  ]),
];

/** Adds them to the table of the portal that serves DynamoDB's protocol at `endpoint`. */
export const importExtremes = (admin, endpoint) => importLines(admin, endpoint, LINES);

/** Imports these lines, as operators would. */
export async function importLines(admin, endpoint, lines) {
  const dir = await mkdtemp(join(tmpdir(), "portal-browser-"));
  try {
    const file = join(dir, "lines.ndjson");
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    const keys = { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none", AWS_REGION: "us-east-1" };
    const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_DYNAMODB: endpoint, ...keys };
    await promisify(execFile)(admin, ["import", file], { env });
  } finally {
    await rm(dir, { recursive: true });
  }
}
