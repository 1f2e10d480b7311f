// Choosing a person: the field with the button *Find* becomes a combobox, which offers those who are called like what is
// typed (ARIA 1.2, editable combobox with a list).

/** How long to wait after a key before asking, in milliseconds. */
const PAUSE = 150;

for (const field of document.querySelectorAll("[data-choosing]")) choosePerson(field);

function choosePerson(field) {
  const name = field.dataset.choosing;
  const input = field.querySelector("input:not([type=radio])");
  const find = field.querySelector("button");
  const list = Object.assign(document.createElement("ul"), { id: `${name}-list`, className: "offered", hidden: true });
  const chosen = Object.assign(document.createElement("input"), { type: "hidden", name });
  const about = Object.assign(document.createElement("p"), { id: `${name}-about`, className: "hint" });
  const said = Object.assign(document.createElement("p"), { className: "unseen" });
  const amiss = field.querySelector(".amiss");
  said.setAttribute("aria-live", "polite");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Those who are found");
  for (const [attribute, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(attribute, value);
  input.setAttribute("aria-describedby", [amiss?.id, about.id].filter(Boolean).join(" "));
  if (input.form?.id) chosen.setAttribute("form", input.form.id);

  const radio = field.querySelector("input[type=radio]:checked");
  if (radio) {
    chosen.value = radio.value;
    const { firstElementChild: who, lastElementChild: sub } = radio.nextElementSibling;
    input.value = who.textContent;
    about.textContent = sub === who ? "" : sub.textContent;
  }
  field.querySelector("fieldset")?.remove();
  find.remove();
  field.querySelector(".finding").append(list);
  field.append(about, chosen, said);

  let asked = null;
  let timer;
  /** Those in the list, and the place of the one that a key would choose. */
  let people = [];
  let at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (person) => {
    clearTimeout(timer);
    asked?.abort();
    chosen.value = person.id;
    input.value = person.name ?? person.email ?? person.id;
    input.removeAttribute("aria-invalid");
    amiss?.remove();
    about.textContent = told(person);
    close();
    field.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: person }));
  };
  const told = ({ name, email, companies }) => [name && email, ...companies.map((it) => it.name)].filter(Boolean).join(" · ");
  const mark = (next) => {
    at = next;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", place === at));
    const item = list.children[at];
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };
  const offer = () => {
    list.replaceChildren(...people.map((person, place) => {
      const [item, who, sub] = ["li", "bdi", "span"].map((tag) => document.createElement(tag));
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      who.textContent = person.name ?? person.email ?? person.id;
      sub.className = "sub";
      sub.dir = "auto";
      sub.textContent = told(person);
      item.append(who, " ", sub);
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(person));
      return item;
    }));
    list.hidden = people.length === 0;
    input.setAttribute("aria-expanded", !list.hidden);
    mark(-1);
    said.textContent = people.length === 0 ? "Nobody is called like that." : `${people.length} found.`;
    about.textContent = people.length === 0 ? said.textContent : "";
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const typed = input.value.trim();
    if (!typed) return close();
    try {
      const answer = await fetch(`/api/helpdesk/contacts/find?${new URLSearchParams({ q: typed })}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(answer.status);
      people = (await answer.json()).contacts;
      offer();
    } catch (error) {
      if (error.name === "AbortError") return;
      close();
      about.textContent = "People cannot be looked up now. Try again in a moment.";
    }
  };

  input.addEventListener("input", () => {
    chosen.value = "";
    about.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", () => {
    close();
    if (!chosen.value && input.value.trim() && people.length > 0) about.textContent = "Choose one of those who are found.";
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key } = event;
    const isOpen = !list.hidden;
    if (key === "Escape" && isOpen) close();
    else if (key === "Enter" && !chosen.value) {
      // Sends nothing before somebody is chosen.
      if (isOpen && people.length > 0) choose(people[Math.max(at, 0)]);
    } else if (key === "Enter" && isOpen && at >= 0) choose(people[at]);
    else if (key === "ArrowDown" || key === "ArrowUp") {
      if (!isOpen) ask();
      else mark(key === "ArrowDown" ? (at + 1) % people.length : (at <= 0 ? people.length : at) - 1);
    } else return;
    event.preventDefault();
  });
}

// A new ticket can be of a company of its requester.
document.addEventListener("chosen", ({ detail: { companies } }) => {
  const company = document.querySelector("select#company[data-automatic]");
  if (!company) return;
  const [automatic, none] = company.options;
  automatic.textContent = companies.length === 1 ? companies[0].name : companies.length > 1 ? "Automatic: No company" : "Automatic";
  const others = companies.length > 1 ? companies.map(({ id, name }) => new Option(name, `company:${id}`)) : [];
  company.replaceChildren(automatic, none, ...others);
  company.value = automatic.value;
});
