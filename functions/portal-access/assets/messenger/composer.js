// The field in which the reader writes a message.

import { draft, keepDraft } from "../../../../shared/web/assets/drafts.js";
import { element, refusal } from "./elements.js";
import { isWide } from "./page.js";

/** Bytes of a message as it is sent; the portal takes 64 KiB of a request. */
const MOST = 63 * 1024;
const sizeOf = (body) => new TextEncoder().encode(JSON.stringify(body)).length;

/**
 * @param {string} id The conversation's id.
 * @param {string} reader The id of the contact who writes.
 * @param {(body: string, refused: (error: import("./session.js").Refusal) => void) => void} send
 * Sends a message. Calling `refused` puts the text back into the field.
 */
export function composer(id, reader, send) {
  const wrong = refusal();
  const onKey = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isWide.matches) return;
    event.preventDefault();
    submit();
  };
  const box = element("textarea", {
    id: "box", rows: 2, dir: "auto", enterkeyhint: isWide.matches ? "send" : "enter",
    input: () => keepDraft(id, reader, box.value), keydown: onKey,
  });
  box.value = draft(id, reader);

  const submit = () => {
    const body = box.value;
    if (!body.trim()) return box.focus();
    if (sizeOf(body) > MOST) {
      wrong.say("This message is too long to be sent at once. Shorten it, or send it in parts.");
      return box.focus();
    }
    box.value = "";
    keepDraft(id, reader, "");
    wrong.say("");
    send(body, (error) => {
      box.value = [body, box.value].filter(Boolean).join("\n\n");
      keepDraft(id, reader, box.value);
      wrong.say(error.words);
    });
    box.focus();
  };
  const onSubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return element("form", { submit: onSubmit },
    wrong,
    element("label", { for: "box" }, "Your message"),
    box,
    element("div", { class: "send" },
      isWide.matches && element("span", null, "Enter sends, Shift + Enter begins a line"),
      element("button", { class: "button main" }, "Send")));
}
