// The field in which the reader writes a message.

import { element, refusal } from "./elements.js";
import { isWide } from "./page.js";

/** What the reader has typed and not sent, by conversation id. */
const drafts = new Map();
export const forgetDrafts = () => drafts.clear();

/**
 * @param {string} id The conversation's id.
 * @param {(body: string, refused: (error: import("./session.js").Refusal) => void) => void} send
 * Sends a message. Calling `refused` puts the text back into the field.
 */
export function composer(id, send) {
  const wrong = refusal();
  const onKey = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isWide.matches) return;
    event.preventDefault();
    submit();
  };
  const box = element("textarea", {
    id: "box", rows: 2, maxlength: 20_000, dir: "auto", enterkeyhint: isWide.matches ? "send" : "enter",
    input: () => drafts.set(id, box.value), keydown: onKey,
  });
  box.value = drafts.get(id) ?? "";

  const submit = () => {
    const body = box.value;
    if (!body.trim()) return box.focus();
    box.value = "";
    drafts.delete(id);
    wrong.say("");
    send(body, (error) => {
      box.value = [body, box.value].filter(Boolean).join("\n\n");
      drafts.set(id, box.value);
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
