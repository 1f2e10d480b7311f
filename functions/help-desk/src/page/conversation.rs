//! A conversation: its messages and notes, who participates, and the two ways to give it a ticket.

use super::{
    Visit, address,
    address::address,
    control::{Control, Kind},
    form::{AUTOMATIC, Form},
    new::{chosen_type, company_control, types},
    settle::Notice,
};
use crate::conversations::{Thread, conversation_id};
use askama::Template;
use domain::{
    id::{ConversationId, TicketId},
    projection::CustomerCompany,
    search::words,
    sentence::isolated,
};
use portal::{
    message::Message,
    teammate::{
        Error, Teammate, Thing, company,
        conversation::{self, DeskPart},
        search,
        ticket::{self, Conversion},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use web::{
    App, Problem, Request, Response,
    look::Section,
    params::lines,
    response,
    text::{Stretch, stretches},
};

/// Words by which tickets about the same are looked for. Each has to occur, so few find more.
const TELLING: usize = 3;
/// Shorter words tell little.
const SHORTEST: usize = 4;

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    conversation: &'a Thread,
    parts: Vec<Said<'a>>,
    people: Vec<(String, String, Option<&'a str>)>,
    /// How many more take part than are shown.
    others: u64,
    notice: Notice,
    earlier: Option<String>,
    newest: Option<String>,
    key: String,
    reply: Control,
    note: Control,
    convert: Vec<Control>,
    convert_open: bool,
    link: Control,
    /// Searches that may find the problem already reported: the address, and the company whose tickets are searched.
    reported: Vec<(String, String)>,
}

/// A part, as the page shows it.
struct Said<'a> {
    part: &'a DeskPart,
    who: String,
    words: Vec<Stretch<'a>>,
}

/// Which of the page's forms was sent and is shown again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Filled {
    #[default]
    None,
    Reply,
    Note,
    Convert,
    Link,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [cursor, done] = request.params.take(["cursor", "done"])?;
    render(visit, &conversation_id(request)?, cursor, (Filled::None, &Form::default()), Notice::done(done)).await
}

/// Sends a message.
pub(crate) async fn reply(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let (form, id) = (Form::of(request)?, conversation_id(request)?);
    let (body, client_id) = (form.get("body").to_owned(), form.get("client_id").to_owned());
    let reply = conversation::Reply { body, client_id, then: None, seen: None, anyway: false };
    let said = conversation::reply(&app.portal, teammate, &id, reply).await;
    said_or_mend(visit, &id, said, "sent", (Filled::Reply, &form)).await
}

/// Adds a note.
pub(crate) async fn note(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let (form, id) = (Form::of(request)?, conversation_id(request)?);
    let note = Message { body: form.get("body").to_owned(), client_id: form.get("client_id").to_owned() };
    let said = conversation::note(&app.portal, teammate, &id, note).await;
    said_or_mend(visit, &id, said, "noted", (Filled::Note, &form)).await
}

async fn said_or_mend(
    visit: &Visit<'_>,
    id: &ConversationId,
    said: Result<(conversation::DeskPart, bool), Error>,
    done: &str,
    filled: (Filled, &Form),
) -> Result<Response, Problem> {
    match said {
        Ok(_) => Ok(response::see_other(&format!("{}?done={done}", address::conversation(id.as_str())))),
        Err(error) => render(visit, id, None, filled, Notice::mend(error)?).await,
    }
}

/// Makes a ticket from it.
pub(crate) async fn convert(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    let id = conversation_id(request)?;
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
    let linked = match named(visit, form.get("ticket").trim()).await {
        Ok(ticket) => ticket::link(&app.portal, teammate, &id, &ticket, None).await,
        Err(error) => Err(error),
    };
    match linked {
        Ok(ticket) => Ok(response::see_other(&format!("{}?done=linked", address::ticket(ticket.row.id.as_str())))),
        Err(error) => render(visit, &id, None, (Filled::Link, &form), Notice::mend(error)?).await,
    }
}

/// Finds the ticket whose number or id somebody typed.
async fn named(visit: &Visit<'_>, typed: &str) -> Result<TicketId, Error> {
    match typed.trim_start_matches('#').parse() {
        Ok(number) => search::by_number(&visit.app.portal, number).await,
        Err(_) => TicketId::new(typed).map_err(|_| Error::NotThere(Thing::Ticket)),
    }
}

async fn render(
    visit: &Visit<'_>,
    id: &ConversationId,
    cursor: Option<&str>,
    (filled, form): (Filled, &Form),
    notice: Notice,
) -> Result<Response, Problem> {
    let conversation = Thread::read(visit.app, visit.teammate, id, cursor).await?;
    let options = companies(visit, &conversation).await?;
    let typed = |which: Filled, name: &str| if filled == which { form.get(name).to_owned() } else { String::new() };
    let opening = match &conversation.ticket {
        None => conversation::opening(&visit.app.portal, id).await?.unwrap_or_default(),
        Some(_) => String::new(),
    };
    let first_line = opening.lines().find(|line| !telling_words(line).is_empty());
    let telling = telling_words(first_line.unwrap_or(&conversation.title));
    let (title, description) = match filled {
        Filled::Convert => (form.get("title"), form.get("description")),
        _ => (conversation.title.as_str(), opening.as_str()),
    };
    let company = if filled == Filled::Convert { form.get("company") } else { AUTOMATIC };
    let here = address::conversation(id.as_str());
    let already = |company: &str| {
        let query = [("q", telling.as_str()), ("company", company), ("kind", "ticket"), ("link", id.as_str())];
        address("/helpdesk", &query)
    };
    let mut reported: Vec<_> = options.iter().map(|it| (already(it.id.as_str()), it.name.clone())).collect();
    if reported.is_empty() {
        reported.push((already(""), "All tickets".to_owned()));
    }
    let status = notice.status;
    let page = ConversationPage {
        parts: conversation.parts.iter().map(Said::from).collect(),
        people: people(&conversation),
        others: conversation.participant_count.saturating_sub(conversation.participants.len() as u64),
        notice,
        earlier: conversation.next_cursor.as_deref().map(|cursor| address(&here, &[("cursor", cursor)])),
        newest: cursor.map(|_| here.clone()),
        key: visit.app.portal.ids.next("k"),
        reply: Control::new("body", "Reply to the customer", Kind::Long(4), &typed(Filled::Reply, "body"))
            .id("reply")
            .required(),
        note: Control::new("body", "Note for teammates", Kind::Long(2), &typed(Filled::Note, "body"))
            .id("note")
            .required(),
        convert: vec![
            Control::new("title", "Title", Kind::Text, title).required(),
            types(visit, &typed(Filled::Convert, "type"), filled == Filled::Convert),
            Control::new("description", "Description", Kind::Long(6), &lines(description)),
            company_control(&options, company),
        ],
        convert_open: filled == Filled::Convert,
        link: Control::new("ticket", "Ticket number", Kind::Text, &typed(Filled::Link, "ticket")).required(),
        reported,
        conversation: &conversation,
    };
    visit.page(Section::Search, &isolated(&conversation.title), status, &page)
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

impl<'a> From<&'a DeskPart> for Said<'a> {
    fn from(part: &'a DeskPart) -> Self {
        let author = &part.author;
        let who = author.name.as_ref().or(author.id.as_ref()).map_or("Automatic", String::as_str);
        Self { part, who: who.to_owned(), words: stretches(&part.body) }
    }
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
