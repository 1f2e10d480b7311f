// What readers have typed and not sent. The tab keeps it, so that neither a session that ends nor another page loses it;
// and it is given back to nobody but its writer.

const KEY = "tickets-portal:drafts";

/** By conversation id: the text, and the id of the contact who wrote it. */
let drafts = stored();

function stored() {
  try {
    return Object(JSON.parse(sessionStorage.getItem(KEY)));
  } catch {
    return {};
  }
}

function store() {
  try {
    if (Object.keys(drafts).length > 0) sessionStorage.setItem(KEY, JSON.stringify(drafts));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Where nothing can be stored, drafts last as long as the page.
  }
}

/** What this contact has typed in the conversation. */
export const draft = (id, writer) => (drafts[id]?.writer === writer ? drafts[id].text : "");

export function keepDraft(id, writer, text) {
  if (text) drafts[id] = { writer, text };
  else delete drafts[id];
  store();
}

/** Forgets what anybody has typed, except for this contact. */
export function forgetDrafts(except) {
  drafts = Object.fromEntries(Object.entries(drafts).filter(([, it]) => it?.writer === except && except));
  store();
}
