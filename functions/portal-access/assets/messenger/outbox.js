// Messages that have not arrived yet.

import { button, element } from "./elements.js";
import { GONE, Refusal, ask } from "./session.js";

/**
 * Each message keeps its id, so that it is added only once even if it is sent again.
 * @param {string} id The conversation's id.
 * @param {object} on Called when a message
 * @param {(part: object, item: Element) => void} on.said has arrived,
 * @param {() => void} on.stuck could not be sent for now,
 * @param {() => void} on.refused was refused for good,
 * @param {() => void} on.retried was sent again by its writer, whatever came of it.
 */
export function outbox(id, on) {
  let messages = [];
  const drop = (message) => (messages = messages.filter((it) => it !== message));

  /** Sends a message. If it is already being sent, waits for that. */
  const deliver = (message) => (message.way ??= carry(message).finally(() => (message.way = null)));
  const carry = async (message) => {
    const { body, client_id, item, refused } = message;
    const tellHow = (words, ...more) => item.replaceChildren(
      element("p", { class: "by" }, element("bdi", null, "You"), ` · ${words}`),
      element("div", { class: "text", dir: "auto" }, body),
      ...more,
    );
    item.classList.remove("failed");
    tellHow("Sending…");
    try {
      const { json } = await ask("POST", `/api/conversations/${id}/messages`, { body, client_id });
      drop(message);
      on.said(json, item);
    } catch (error) {
      if (error === GONE) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.passes) {
        item.classList.add("failed");
        tellHow("Not sent", element("p", { role: "alert" }, error.words),
          button("Try again", () => deliver(message).then(on.retried)));
        on.stuck();
      } else {
        drop(message);
        on.refused();
        refused(error);
      }
    }
  };

  return {
    /** The elements that show the messages in the thread. */
    items: () => messages.map((it) => it.item),
    /** Sends a message. `refused` is called with a refusal that would be the same if it were sent again. */
    send(body, refused) {
      const item = element("li", { class: "you pending" });
      const message = { body, refused, client_id: crypto.randomUUID(), item };
      messages.push(message);
      deliver(message);
    },
    sendAll: () => Promise.all(messages.map(deliver)),
  };
}
