// The form for a new ticket, with what is like it.

import { askWhatIsAlike } from "../../../../shared/web/assets/alike.js";
import { draft, forgetDrafts, keepDraft } from "../../../../shared/web/assets/drafts.js";
import { conversationView } from "./conversation.js";
import { once, replaceTop } from "./drawer.js";
import { button, element, refusal, state } from "./elements.js";
import { tell } from "./page.js";
import { ask } from "./session.js";
import { ticketPath, ticketView } from "./ticket.js";

/** Under which what was typed is kept. The portal's own page keeps another form. */
const REPORT = "new ticket here";

/** @returns {import("./drawer.js").View} */
export function reportView() {
  let reader, types, type;
  /** By this it counts once, however often it is sent. */
  let key = crypto.randomUUID();
  const fields = {};
  const field = (name, label, tag, attributes, ...children) => {
    fields[name] = element(tag, { id: name, dir: "auto", ...attributes }, ...children);
    return element("p", { class: attributes?.type === "checkbox" && "check" }, element("label", { for: name }, label), fields[name]);
  };
  const choice = (options, first = "Choose") =>
    [element("option", { value: "" }, first), ...options.map(([value, words]) => element("option", { value }, words))];
  const valueOf = (name) => fields[name]?.value ?? "";
  const property = ({ type: kind }) => (kind === "checkbox" ? "checked" : "value");
  const typed = () => Object.fromEntries(Object.entries(fields).map(([name, it]) => [name, it[property(it)]]));
  const words = () => `${valueOf("title")} ${valueOf("description")}`.trim();
  const keep = () => keepDraft(REPORT, reader, words() && JSON.stringify({ ...typed(), key }));

  const wrong = refusal();
  const alike = element("section", { class: "alike", "aria-live": "polite" });
  const asked = element("div");
  const act = element("button", { class: "button main wide" }, "Send");
  const look = askWhatIsAlike(
    (query) => ask("GET", `/api/tickets/similar?${query}`).then(({ json }) => json),
    () => ({ text: words() }),
    ({ tickets }) => alike.replaceChildren(...(tickets.length > 0 ? [element("h3", null, "Is it one of these?")] : []), ...tickets.map(entry)));
  const entry = (ticket) => {
    const { id, title, number, match, created_by: { you } } = ticket;
    // Of what is in the title, that is shown anyway.
    const line = match?.in !== "title" && match?.snippet.map(({ text, hit }) => (hit ? element("b", null, text) : text));
    const open = async () => {
      if (!you) await ask("PUT", `${ticketPath(id)}/follow`, { following: true });
      keepDraft(REPORT, reader, "");
      replaceTop(ticketView(id, ticket));
    };
    const it = button(you ? "Open it" : "This is it", () => once(it, wrong.say, open), { "aria-describedby": `is-${id}` });
    return element("div", null, element("p", { id: `is-${id}` }, element("bdi", null, title), ` #${number} `, state(ticket.state)),
      line && element("p", { class: "soft", dir: "auto" }, line), it);
  };

  /** Asks for what the chosen type wants to know. */
  const ofType = () => {
    for (const name of Object.keys(fields)) if (name.startsWith("a.")) delete fields[name];
    type = types.find((it) => it.id === valueOf("type")) ?? (types.length === 1 ? types[0] : undefined);
    asked.replaceChildren(...(type?.attributes ?? []).map(({ name, data_type, required, options }) => {
      const label = required ? name : `${name} (optional)`;
      if (data_type === "boolean") return field(`a.${name}`, label, "select", null, choice([["true", "Yes"], ["false", "No"]], "Not said"));
      if (options) return field(`a.${name}`, label, "select", null, choice(options.map((it) => [it, it])));
      const isNumber = data_type === "integer" || data_type === "decimal";
      return field(`a.${name}`, label, "input", { type: data_type === "datetime" && "datetime-local", inputmode: isNumber && "decimal" });
    }));
  };
  /** What is typed as the portal takes it; what is no number or time is sent as it is, and refused. */
  const value = (text, kind) => {
    if (kind === "boolean") return text === "true";
    if (kind === "datetime") return new Date(text).toISOString();
    return (kind === "integer" || kind === "decimal") && !Number.isNaN(Number(text)) ? Number(text) : text;
  };
  const send = async () => {
    const given = type.attributes.filter(({ name }) => valueOf(`a.${name}`));
    const body = {
      type: type.id, title: valueOf("title"), description: valueOf("description"), private: fields.private.checked,
      attributes: Object.fromEntries(given.map(({ name, data_type }) => [name, value(valueOf(`a.${name}`), data_type)])),
      ...(valueOf("company") && { company: valueOf("company") }),
    };
    try {
      const { json } = await ask("POST", "/api/tickets", body, null, key);
      keepDraft(REPORT, reader, "");
      tell("changed");
      replaceTop(conversationView(json.conversation.id, json.id));
    } catch (error) {
      const { code, attribute } = error.problem ?? {};
      // Other words were sent with this key. Pressed again, these are sent as well.
      if (code === "idempotency_key_reused") key = crypto.randomUUID();
      fields[`a.${attribute}`]?.focus();
      throw error;
    }
  };
  const form = element("form", {
    class: "report scroll",
    input: ({ isComposing, target }) => {
      if (target === fields.type) ofType();
      keep();
      if (!isComposing) look.soon();
    },
    compositionend: look.soon,
    submit(event) {
      event.preventDefault();
      once(act, wrong.say, send);
    },
  });

  const view = {
    title: "New ticket",
    path: "/api/report",
    page: "/tickets/new",
    element: element("div", { class: "view" }, form),
    scroll: form,
    again: reportView,
    unsent: words,
    learn({ allowed, companies, reader: contact, ...more }) {
      if (types) return;
      view.reader = reader = contact;
      forgetDrafts(reader);
      if (!allowed) return form.replaceChildren(element("p", { class: "alone soft" }, "New tickets are not taken here."));
      ({ types } = more);
      form.replaceChildren(...[
        wrong,
        field("title", "What is it about?", "input", { required: true }),
        alike,
        field("description", "What happened?", "textarea", { rows: 5 }),
        types.length > 1 && field("type", "What is it?", "select", { required: true }, choice(types.map(({ id, name, icon }) => [id, `${icon} ${name}`]))),
        asked,
        companies.length > 1 && field("company", "For which company?", "select", { required: true }, choice(companies.map(({ id, name }) => [id, name]))),
        field("private", "Private to me and support", "input", { type: "checkbox" }),
        act,
      ].filter(Boolean));
      ofType();
      restore();
    },
  };
  /** Gives back what was typed before a reload, or before the session ended. */
  const restore = () => {
    const kept = JSON.parse(draft(REPORT, reader) || "{}");
    key = kept.key ?? key;
    const give = () => {
      for (const [name, it] of Object.entries(fields)) if (name in kept) it[property(it)] = kept[name];
    };
    give();
    // What the type wants to know is there only now.
    ofType();
    give();
    look.soon();
  };
  return view;
}
