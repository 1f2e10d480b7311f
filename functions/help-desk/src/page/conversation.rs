//! A conversation: its messages and notes, who participates, and the two ways to give it a ticket.

use super::{
    Visit, WayBack, address,
    address::address,
    alike::{Alike, only_looks},
    composer::{self, Composer, Refused},
    control::{Control, Kind},
    form::{AUTOMATIC, Form},
    new::{chosen_type, company_control, types},
    search::SEARCH,
    settle::Notice,
    thread,
};
use crate::conversations::{Thread, conversation_id};
use askama::Template;
use domain::{id::ConversationId, projection::CustomerCompany, search::words, sentence::isolated};
use portal::teammate::{
    Error, Teammate, company, conversation, search,
    ticket::{self, Conversion},
};
use std::collections::{BTreeMap, BTreeSet};
use web::{App, Problem, Request, Response, look::Section, params::lines, response, thread::Thread as Talk};

/// Words by which tickets about the same are looked for. Each has to occur, so few find more.
const TELLING: usize = 3;
/// Shorter words tell little.
const SHORTEST: usize = 4;

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    back: WayBack<'a>,
    conversation: &'a Thread,
    people: Vec<(String, String, Option<&'a str>)>,
    /// How many more take part than are shown.
    others: u64,
    notice: Notice,
    thread: String,
    composer: Composer,
    key: String,
    /// Whose the ticket would be; empty where nobody takes part.
    requester: String,
    title: Control,
    alike: Alike,
    convert: Vec<Control>,
    convert_open: bool,
    link: Control,
    /// Searches that may find the problem already reported: the address, and the company whose tickets are searched.
    reported: Vec<(String, String)>,
}

/// Which of the page's forms was sent and is shown again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Filled {
    #[default]
    None,
    Message,
    Convert,
    Link,
}

/// Shows the conversation. One with a ticket is read on the ticket's page.
pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [cursor, done] = request.params.take(["cursor", "done"])?;
    let id = conversation_id(request)?;
    if let Some(ticket) = conversation::ticket(&app.portal, &id).await? {
        return Ok(response::see_other(&address::ticket(ticket.as_str())));
    }
    render(visit, &id, cursor, (Filled::None, &Form::default()), Notice::done(done)).await
}

/// Sends a reply, or adds a note.
pub(crate) async fn say(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    said(visit, &Form::of(request)?).await
}

/// Adds a note, whatever else the form says.
pub(crate) async fn note(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    said(visit, &Form::of(request)?.into_note()).await
}

async fn said(visit: &Visit<'_>, form: &Form) -> Result<Response, Problem> {
    let id = conversation_id(visit.request)?;
    match composer::say(visit, &id, form).await {
        Ok(done) => Ok(response::see_other(&format!("{}?done={done}#compose", address::conversation(id.as_str())))),
        Err(error) => {
            let refused = Refused::of(error)?;
            rendered(visit, &id, None, (Filled::Message, form), Notice::default(), Some(refused)).await
        }
    }
}

/// Makes a ticket from it.
pub(crate) async fn convert(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    let id = conversation_id(request)?;
    if only_looks(&form) {
        return render(visit, &id, None, (Filled::Convert, &form), Notice::default()).await;
    }
    match ticket_of(visit, &id, &form).await {
        Ok(ticket) => Ok(response::see_other(&format!("{}?done=created", address::ticket(&ticket)))),
        Err(error) => render(visit, &id, None, (Filled::Convert, &form), Notice::mend(error)?).await,
    }
}

async fn ticket_of(visit: &Visit<'_>, id: &ConversationId, form: &Form) -> Result<String, Error> {
    let conversion = Conversion {
        ticket_type: chosen_type(form)?,
        title: form.get("title").to_owned(),
        description: Some(form.get("description").to_owned()),
        requester: None,
        state: None,
        attributes: BTreeMap::new(),
        shared: false,
        company: form.company()?,
        assignee: None,
    };
    let key = form.once();
    let (ticket, _) = ticket::convert(&visit.app.portal, visit.teammate, id, conversion, key.as_ref()).await?;
    Ok(ticket.row.id.to_string())
}

/// Links it to an existing ticket.
pub(crate) async fn link(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    let id = conversation_id(request)?;
    let linked = match search::typed(&app.portal, form.get("ticket")).await {
        Ok(ticket) => ticket::link(&app.portal, teammate, &id, &ticket, None).await,
        Err(error) => Err(error),
    };
    match linked {
        Ok(ticket) => Ok(response::see_other(&format!("{}?done=linked", address::ticket(ticket.row.id.as_str())))),
        Err(error) => render(visit, &id, None, (Filled::Link, &form), Notice::mend(error)?).await,
    }
}

async fn render(
    visit: &Visit<'_>,
    id: &ConversationId,
    cursor: Option<&str>,
    filled: (Filled, &Form),
    notice: Notice,
) -> Result<Response, Problem> {
    rendered(visit, id, cursor, filled, notice, None).await
}

async fn rendered(
    visit: &Visit<'_>,
    id: &ConversationId,
    cursor: Option<&str>,
    (filled, form): (Filled, &Form),
    notice: Notice,
    unsent: Option<Refused>,
) -> Result<Response, Problem> {
    let conversation = Thread::read(visit.app, visit.teammate, id, cursor).await?;
    let options = companies(visit, &conversation).await?;
    let typed = |which: Filled, name: &str| if filled == which { form.get(name).to_owned() } else { String::new() };
    let (requester, opening) = conversation::opening(&visit.app.portal, id).await?;
    let first_line = opening.lines().find(|line| !telling_words(line).is_empty());
    let telling = telling_words(first_line.unwrap_or(&conversation.title));
    let (title, description) = match filled {
        Filled::Convert => (form.get("title"), form.get("description")),
        _ => (conversation.title.as_str(), opening.as_str()),
    };
    let text = format!("{title} {description}");
    let mut alike = Alike::of(&visit.app.portal, &text, requester.as_ref()).await?;
    alike.link = Some(format!("{}/ticket", address::conversation(id.as_str())));
    let company = if filled == Filled::Convert { form.get("company") } else { AUTOMATIC };
    let here = address::conversation(id.as_str());
    let already = |company: &str| {
        let query = [("q", telling.as_str()), ("company", company), ("kind", "ticket"), ("link", id.as_str())];
        address(SEARCH, &query)
    };
    let mut reported: Vec<_> = options.iter().map(|it| (already(it.id.as_str()), it.name.clone())).collect();
    if reported.is_empty() {
        reported.push((already(""), "All tickets".to_owned()));
    }
    let seen = conversation.parts.last().filter(|_| cursor.is_none()).map(|it| it.id.to_string());
    let composer = Composer::of(visit, &here, seen, "Those who take part read it.".to_owned(), false);
    let (composer, notice, status) = composer.telling(notice, unsent, form);
    let page = ConversationPage {
        back: visit.way_back(),
        people: people(&conversation),
        others: conversation.participant_count.saturating_sub(conversation.participants.len() as u64),
        notice,
        thread: Talk {
            entries: thread::of_parts(&conversation.parts, visit.teammate.id.as_str()),
            earlier: conversation.next_cursor.as_deref().map(|cursor| address(&here, &[("cursor", cursor)])),
            newer: cursor.map(|_| here.clone()),
            unread: None,
            role: "Teammate",
        }
        .render()?,
        composer,
        key: visit.app.portal.ids.next("k"),
        requester: requester.map(|id| id.to_string()).unwrap_or_default(),
        title: Control::new("title", "Title", Kind::Text, title).required(),
        alike,
        convert: vec![
            types(visit, &typed(Filled::Convert, "type"), filled == Filled::Convert && !only_looks(form)),
            Control::new("description", "Description", Kind::Long(6), &lines(description)),
            company_control(&options, company),
        ],
        convert_open: filled == Filled::Convert,
        link: Control::new("ticket", "Ticket number", Kind::Text, &typed(Filled::Link, "ticket")).required(),
        reported,
        conversation: &conversation,
    };
    visit.page(Section::Inbox, &isolated(&conversation.title), status, &page)
}

/// The companies to which a ticket of this conversation may belong, as far as they are those of the participants shown.
async fn companies(visit: &Visit<'_>, conversation: &Thread) -> Result<Vec<CustomerCompany>, Error> {
    if conversation.ticket.is_some() {
        return Ok(Vec::new());
    }
    let everybody: BTreeSet<_> = conversation.participants.iter().map(|it| it.id.clone()).collect();
    Ok(company::options(&company::participants(&visit.app.portal, &everybody).await?))
}

fn people(conversation: &Thread) -> Vec<(String, String, Option<&str>)> {
    let people = conversation.participants.iter().map(|it| {
        let name = it.name.clone().or_else(|| it.email.clone()).unwrap_or_else(|| it.id.to_string());
        (address::person(it.id.as_str()), name, it.email.as_deref())
    });
    people.collect()
}

/// The words of a message that tell the most about it, by which tickets about the same are looked for: the longest, in
/// their order.
fn telling_words(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let all: Vec<_> =
        words(text).filter(|word| word.chars().count() >= SHORTEST && seen.insert(word.clone())).collect();
    let mut longest: Vec<_> = all.iter().enumerate().collect();
    longest.sort_by_key(|(_, word)| std::cmp::Reverse(word.chars().count()));
    longest.truncate(TELLING);
    longest.sort_by_key(|(place, _)| *place);
    longest.into_iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_of_a_message_tell_what_it_is_about() {
        assert_eq!(telling_words("Hi, our LOOM reports stay empty since Monday. Reports!"), "reports empty monday");
        assert_eq!(telling_words("no, it is so"), "");
    }
}
