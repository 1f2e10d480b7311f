// What may be reported already, while a teammate writes a new ticket or makes one of a conversation.

import { askWhatIsAlike } from "./alike.js";
import { alikeAt, element, showAlike } from "./alike_box.js";

const begun = document.querySelector("form[data-alike]");
if (begun) {
  const { link, requester } = begun.dataset;
  const wanted = () => {
    const { title, description } = begun.elements;
    const chosen = requester ?? begun.querySelector("[type=hidden][name=requester]")?.value;
    return { text: `${title.value} ${description.value}`, ...(chosen && { requester: chosen }) };
  };
  const already = askWhatIsAlike(alikeAt("/api/helpdesk/tickets/similar"), wanted, (found) => {
    showAlike(found, ({ id, title, linkable }, company) => ({
      about: [" · ", company ? element("bdi", {}, company.name) : "No company"],
      acts: !link || !linkable ? [] : [
        element("button", { className: "quiet", name: "ticket", value: id, formAction: link, formNoValidate: true },
          "Link", element("span", { className: "unseen" }, ` ${title}`)),
      ],
    }));
    const several = document.getElementById("alike-companies");
    several.hidden = found.tickets.length === 0 || found.companies < 2;
    several.textContent = `Same problem in ${found.companies} companies.`;
  });
  begun.addEventListener("input", ({ target, isComposing }) => {
    if (!isComposing && ["title", "description"].includes(target.name)) already.soon();
  });
  begun.addEventListener("compositionend", already.soon);
  // Those of the requester's company come first.
  begun.addEventListener("chosen", already.soon);
  begun.querySelectorAll("[data-look]").forEach((it) => (it.hidden = true));
}
