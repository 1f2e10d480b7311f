// Messages on their way.

import { button, element } from "./elements.js";
import { GONE, Refusal, ask } from "./session.js";

/**
 * Each message keeps its id, so that sending it again changes nothing twice.
 * @param {string} id Of the conversation.
 * @param {object} on What follows when a message
 * @param {(part: object, item: Element) => void} on.said has arrived,
 * @param {() => void} on.stuck could not be sent now,
 * @param {() => void} on.refused will not be accepted,
 * @param {() => void} on.retried has been sent again by its writer.
 */
export function outbox(id, on) {
  let messages = [];
  const drop = (message) => (messages = messages.filter((it) => it !== message));

  /** Sends a message; one that is on its way is waited for. */
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
    /** What stands for them in the thread. */
    items: () => messages.map((it) => it.item),
    /** `refused` learns of a refusal that sending again would not change. */
    send(body, refused) {
      const item = element("li", { class: "you pending" });
      const message = { body, refused, client_id: crypto.randomUUID(), item };
      messages.push(message);
      deliver(message);
    },
    sendAll: () => Promise.all(messages.map(deliver)),
  };
}
