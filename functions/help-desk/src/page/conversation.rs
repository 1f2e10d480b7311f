//! A conversation: what was said and noted, who participates, and the two ways to a ticket.

use super::{
    Visit, address,
    address::address,
    control::{Control, Kind},
    form::{AUTOMATIC, Form},
    new::{company_control, types},
    settle::Notice,
};
use crate::{
    conversations::{self, DeskConversation, DeskPart},
    create::{Conversion, converted},
    say::said,
    search::{self, Hit},
};
use askama::Template;
use desk::{answer, problem};
use domain::{
    conversation::PartKind,
    id::{ConversationId, TypeId},
    projection::CustomerCompany,
};
use lambda_http::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet};
use web::{
    Problem, Response,
    look::Section,
    response,
    text::{Stretch, stretches},
    words::Words,
};

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    conversation: &'a DeskConversation,
    parts: Vec<Said<'a>>,
    people: Vec<(String, String, Option<&'a str>)>,
    notice: Notice,
    earlier: Option<String>,
    newest: Option<String>,
    key: String,
    reply: Control,
    note: Control,
    convert: Vec<Control>,
    convert_open: bool,
    link: Control,
    /// Where it may be reported already.
    reported: Vec<(String, String)>,
}

/// A part, for reading.
struct Said<'a> {
    part: &'a DeskPart,
    who: String,
    words: Vec<Stretch<'a>>,
}

/// Which form comes back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Filled {
    #[default]
    None,
    Reply,
    Note,
    Convert,
    Link,
}

pub(crate) async fn show(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let [cursor, done] = visit.request.params.take(["cursor", "done"])?;
    render(visit, id, cursor, (Filled::None, &Form::default()), Notice::done(done)).await
}

/// Sends a message or adds a note.
pub(crate) async fn say(visit: &Visit<'_>, id: &str, kind: PartKind) -> Result<Response, Problem> {
    let form = Form::of(visit.request)?;
    let words = Words { body: form.get("body").to_owned(), client_id: form.get("client_id").to_owned() };
    let (done, filled) = match kind {
        PartKind::Message => ("sent", Filled::Reply),
        PartKind::Note => ("noted", Filled::Note),
    };
    match said(visit.app, visit.teammate, id, kind, words).await {
        Ok(_) => Ok(response::see_other(&format!("{}?done={done}", address::conversation(id)))),
        Err(problem) => render(visit, id, None, (filled, &form), Notice::mend(problem)?).await,
    }
}

/// Makes a ticket of it.
pub(crate) async fn convert(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let form = Form::of(visit.request)?;
    match ticket_of(visit, id, &form).await {
        Ok(ticket) => Ok(response::see_other(&format!("{}?done=created", address::ticket(&ticket)))),
        Err(problem) => render(visit, id, None, (Filled::Convert, &form), Notice::mend(problem)?).await,
    }
}

async fn ticket_of(visit: &Visit<'_>, id: &str, form: &Form) -> Result<String, Problem> {
    let id = ConversationId::new(id).map_err(|_| problem::no_conversation())?;
    let ticket_type = TypeId::new(form.get("type")).map_err(|error| problem::invalid_body(&error.to_string()))?;
    let conversion = Conversion {
        ticket_type,
        title: form.get("title").to_owned(),
        description: None,
        requester: None,
        state: None,
        attributes: BTreeMap::new(),
        shared: false,
        company: form.company()?,
        assignee: None,
    };
    let (ticket, _) = converted(visit.app, visit.teammate, id, conversion, form.once(visit).as_ref()).await?;
    Ok(ticket.row.id.to_string())
}

/// Links a ticket that is there.
pub(crate) async fn link(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let form = Form::of(visit.request)?;
    let linked = match named(visit, form.get("ticket").trim()).await {
        Ok(ticket) => conversations::linked(visit.app, visit.teammate, id, &ticket, None).await,
        Err(problem) => Err(problem),
    };
    match linked {
        Ok(ticket) => Ok(response::see_other(&format!("{}?done=linked", address::ticket(ticket.row.id.as_str())))),
        Err(problem) => render(visit, id, None, (Filled::Link, &form), Notice::mend(problem)?).await,
    }
}

/// The id of the ticket that somebody names by its number or id.
async fn named(visit: &Visit<'_>, typed: &str) -> Result<String, Problem> {
    let Ok(number) = typed.trim_start_matches('#').parse::<u64>() else { return Ok(typed.to_owned()) };
    let q = number.to_string();
    let wanted = search::wanted([Some(q.as_str()), None, None, None, None, Some("ticket")])?;
    let found = search::find(visit.app, visit.teammate, &wanted, None).await?;
    let ticket = found.results.into_iter().find_map(|hit| match hit {
        Hit::Ticket(row) if row.number == number => Some(row.id.to_string()),
        _ => None,
    });
    ticket.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "ticket_not_found", format!("There is no ticket #{number}."))
    })
}

async fn render(
    visit: &Visit<'_>,
    id: &str,
    cursor: Option<&str>,
    (filled, form): (Filled, &Form),
    notice: Notice,
) -> Result<Response, Problem> {
    let conversation = conversations::shown(visit.app, visit.teammate, id, cursor).await?;
    let options = companies(visit, &conversation).await?;
    let typed = |which: Filled, name: &str| if filled == which { form.get(name).to_owned() } else { String::new() };
    let title = if filled == Filled::Convert { form.get("title") } else { conversation.title.as_str() };
    let company = if filled == Filled::Convert { form.get("company") } else { AUTOMATIC };
    let here = address::conversation(id);
    let already = |company: &str| {
        let query = [("company", company), ("kind", "ticket"), ("link", id)];
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
        notice,
        earlier: conversation.next_cursor.as_deref().map(|cursor| address(&here, &[("cursor", cursor)])),
        newest: cursor.map(|_| here.clone()),
        key: visit.app.new_id("k"),
        reply: Control::new("body", "Reply to the customer", Kind::Long(4), &typed(Filled::Reply, "body"))
            .id("reply")
            .required(),
        note: Control::new("body", "Note for teammates", Kind::Long(2), &typed(Filled::Note, "body"))
            .id("note")
            .required(),
        convert: vec![
            Control::new("title", "Title", Kind::Text, title).required(),
            types(visit, &typed(Filled::Convert, "type")),
            company_control(&options, company),
        ],
        convert_open: filled == Filled::Convert,
        link: Control::new("ticket", "Ticket number or id", Kind::Text, &typed(Filled::Link, "ticket")).required(),
        reported,
        conversation: &conversation,
    };
    Ok(visit.page(Section::Search, &conversation.title, status, &page))
}

/// The companies that a ticket of this conversation may belong to.
async fn companies(visit: &Visit<'_>, conversation: &DeskConversation) -> Result<Vec<CustomerCompany>, Problem> {
    if conversation.ticket.is_some() {
        return Ok(Vec::new());
    }
    let everybody: BTreeSet<_> = conversation.participants.iter().map(|it| it.id.clone()).collect();
    Ok(answer::options(&visit.app.store.participants_now(&everybody).await?))
}

fn people(conversation: &DeskConversation) -> Vec<(String, String, Option<&str>)> {
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
