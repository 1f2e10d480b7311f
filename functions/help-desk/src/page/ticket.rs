//! The page of a ticket: its company at the top, everything else in one form, and its history.

mod edit;

use super::{
    Visit, WayBack, address,
    choosing::Choosing,
    composer::{self, Composer, Refused},
    control::{Control, Group, Kind},
    form::Form,
    new::REQUESTER,
    search::SEARCH,
    settle::Notice,
    state_name, thread,
};
use crate::tickets::{ticket_id, timeline_pages};
use askama::Template;
use domain::{
    catalog::{DataType, TicketCategory},
    desk::{DeskEntry, DeskTicket},
    id::{ContactId, TicketId},
    sentence::isolated,
    state::StateCategory,
};
use edit::Edit;
use portal::teammate::{
    Error, Teammate,
    company::{self, Case},
    directory::{self, Colleague},
    search,
    ticket::{self, duplicate},
};
use store::TicketFile;
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    look::Section,
    params::lines,
    response,
    text::{Stretch, stretches},
    thread::Thread,
    typed,
};

/// People who take part and are named.
const PEOPLE: usize = 12;

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    back: WayBack<'a>,
    ticket: &'a DeskTicket,
    description: Vec<Stretch<'a>>,
    notice: Notice,
    company: Company,
    requester_url: String,
    customers: &'static str,
    thread: String,
    /// The tag with which the page asks for changes, unless it is a page of the past or follows on a form.
    tag: Option<&'a Tag>,
    composer: Composer,
    /// The fields in the panel at the side.
    controls: Vec<Control>,
    requester: Choosing,
    attributes: Vec<Control>,
    /// The fields under the title.
    words: Vec<Control>,
    words_open: bool,
    /// The number or id of the ticket that it repeats, to be typed.
    repeats: Control,
    repeats_open: bool,
    /// The first who take part besides the requester, each with the address of their page.
    people: Vec<(String, String)>,
    /// How many more there are.
    others: usize,
    /// Where to look for a conversation, when it has none.
    conversations: Option<String>,
}

/// The company in the top panel.
struct Company {
    select: Control,
    url: Option<String>,
}

/// What somebody sent from the page, and the page says about it.
#[derive(Default)]
struct Sent {
    notice: Notice,
    form: Form,
    /// The fields that were changed and not saved.
    edit: Edit,
    /// Why what was written was not sent.
    unsent: Option<Refused>,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [done, cursor] = request.params.take(["done", "cursor"])?;
    let id = ticket_id(request)?;
    let page = render(visit, &id, cursor, Sent { notice: Notice::done(done), ..Sent::default() }).await?;
    if request.opens_page() {
        ticket::opened(&app.portal, teammate, &id).await?;
    }
    Ok(page)
}

/// Saves the fields that were changed in the form. The others stay as they are, even if somebody else has changed them
/// in the meantime.
pub(crate) async fn edit(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let id = ticket_id(request)?;
    let form = Form::of(request)?;
    let edit = Edit::of(&form);
    if !form.get("find").is_empty() {
        return render(visit, &id, None, Sent { form, edit, ..Sent::default() }).await;
    }
    let done = match changed(visit, &id, &edit, form.get("version")).await {
        Ok(true) => "saved",
        Ok(false) => "unchanged",
        Err(error) => {
            let is_stale = matches!(error, Error::Stale { .. });
            let mut notice = Notice::mend(error)?;
            if is_stale {
                notice.alert = Some(STALE.to_owned());
            }
            return render(visit, &id, None, Sent { notice, form, edit, ..Sent::default() }).await;
        }
    };
    Ok(response::see_other(&format!("{}?done={done}", address::ticket(id.as_str()))))
}

/// Makes the changes of the form. `false` when there are none.
async fn changed(visit: &Visit<'_>, id: &TicketId, edit: &Edit, version: &str) -> Result<bool, Error> {
    let file = ticket::file(&visit.app.portal, id).await?;
    let Some(changes) = edit.changes(&file.ticket, &visit.workspace.catalog, version)? else { return Ok(false) };
    ticket::change(&visit.app.portal, visit.teammate, id, &changes).await?;
    Ok(true)
}

const STALE: &str = "Somebody has changed this ticket since you opened it. Nothing of yours is saved yet. You see the ticket as it is now, with what you typed in its place; look it over, then save again.";

/// Sends a reply, or adds a note. Where the ticket has no conversation yet, one begins with it.
pub(crate) async fn say(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let id = ticket_id(request)?;
    let form = Form::of(request)?;
    let conversation = ticket::conversation(&app.portal, &id).await?;
    match composer::say(visit, &conversation, &form).await {
        Ok(done) => Ok(response::see_other(&format!("{}?done={done}#compose", address::ticket(id.as_str())))),
        Err(error) => {
            let unsent = Some(Refused::of(error)?);
            render(visit, &id, None, Sent { form, unsent, ..Sent::default() }).await
        }
    }
}

/// Says that it repeats another ticket, or takes that back.
pub(crate) async fn repeats(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let id = ticket_id(request)?;
    let form = Form::of(request)?;
    match said(visit, &id, &form).await {
        Ok(done) => Ok(response::see_other(&format!("{}?done={done}", address::ticket(id.as_str())))),
        Err(error) => {
            let notice = Notice::mend(error)?;
            render(visit, &id, None, Sent { notice, form, ..Sent::default() }).await
        }
    }
}

async fn said(visit: &Visit<'_>, id: &TicketId, form: &Form) -> Result<&'static str, Error> {
    let (portal, teammate) = (&visit.app.portal, visit.teammate);
    let version = form.get("version").parse().map_err(|_| Error::Invalid("the version is missing".into()))?;
    if form.get("do") == "take_back" {
        duplicate::unmark(portal, teammate, id, version).await?;
        return Ok("no_duplicate");
    }
    let of = form.filled("of").ok_or_else(|| Error::Invalid("say which ticket it repeats".into()))?;
    let original = search::referred(portal, of).await?;
    let people = duplicate::mark(portal, teammate, id, &original, version).await?.people;
    Ok(if people.unseeing + people.others == 0 { "duplicate" } else { "duplicate_apart" })
}

async fn render(visit: &Visit<'_>, id: &TicketId, cursor: Option<&str>, sent: Sent) -> Result<Response, Problem> {
    let Sent { notice, form, edit, unsent } = sent;
    let portal = &visit.app.portal;
    let pages = timeline_pages(visit.app, visit.teammate, id);
    let place = pages.place(cursor)?;
    let case = company::case(portal, id).await?;
    let file = &case.file;
    let here = address::ticket(id.as_str());
    let (ticket, timeline, company, colleagues) = futures::try_join!(
        ticket::shown(portal, &visit.workspace, file),
        ticket::timeline(portal, &visit.workspace, file, place.as_ref()),
        company(visit, &case),
        directory::colleagues(portal, visit.teammate)
    )?;
    let page_of = |cursor: Option<String>| {
        cursor.map(|cursor| format!("{}#thread", address::address(&here, &[("cursor", &cursor)])))
    };
    let requester = edit.typed(REQUESTER).and_then(|id| ContactId::new(id).ok());
    let requester = requester.unwrap_or_else(|| ticket.row.requester.id.clone());
    let chosen = match case.people.recorded(&requester) {
        Some(known) => Some(known.clone()),
        None => directory::contact(portal, &requester).await?,
    };
    let chosen = chosen.filter(|_| edit.typed(REQUESTER) != Some(""));
    let seen = last_said(&timeline.entries).filter(|_| timeline.newer.is_none());
    let composer = Composer::of(visit, &here, seen, readers(&ticket), true);
    let (composer, notice, status) = composer.telling(notice, unsent, &form);
    let words = words(&ticket, &edit);
    let tag = Tag::of_content(&(&ticket, &timeline.entries))?;
    let besides = || case.people.contacts().filter(|it| it.id != ticket.row.requester.id);
    let people = besides().take(PEOPLE).map(|it| {
        let name = it.name.as_deref().or(it.email.as_deref()).unwrap_or(it.id.as_str());
        (address::person(it.id.as_str()), name.to_owned())
    });
    let choosing = Choosing::new(REQUESTER, "Requester").with(chosen.as_ref()).was(ticket.row.requester.id.as_str());
    let page = TicketPage {
        back: visit.way_back(),
        description: stretches(&ticket.description),
        notice,
        company,
        requester_url: address::person(ticket.row.requester.id.as_str()),
        customers: match (ticket.row.category, ticket.row.customer_visible) {
            (TicketCategory::Tracker, _) => "Customers never see tickets of this type.",
            (TicketCategory::BackOffice, false) => "Customers don’t see it: it isn’t shared.",
            (_, true) if ticket.row.private => "Only the requester sees it: they keep it from their colleagues.",
            (_, true) if ticket.row.company.is_none() => "Only the requester sees it: it has no company.",
            _ => "Customers see it.",
        },
        thread: Thread {
            entries: thread::of_timeline(&timeline.entries, visit.teammate.id.as_str()),
            earlier: page_of(pages.cursor(timeline.earlier.as_ref())?),
            newer: page_of(pages.cursor(timeline.newer.as_ref())?),
            unread: None,
            role: "Teammate",
        }
        .render()?,
        tag: Some(&tag).filter(|_| visit.request.reads() && cursor.is_none()),
        composer,
        controls: controls(visit, file, &ticket, &colleagues, &edit),
        requester: choosing.again(portal, &form).await?,
        attributes: attributes(visit, file, &ticket, &edit),
        words_open: words.iter().any(|it| edit.typed(&it.name).is_some()),
        words,
        repeats: Control::new("of", "Number of the other ticket", Kind::Text, form.get("of")).required(),
        repeats_open: !form.get("of").is_empty(),
        people: people.collect(),
        others: besides().count().saturating_sub(PEOPLE),
        conversations: ticket.conversation.is_none().then(|| {
            let name = ticket.row.requester.shown();
            address::address(SEARCH, &[("kind", "conversation"), ("q", &name)])
        }),
        ticket: &ticket,
    };
    let title = format!("#{} {}", ticket.row.number, isolated(&ticket.row.title));
    let page = visit.page(Section::Inbox, &title, status, &page)?;
    Ok(if visit.request.reads() { page.tagged(visit.request, &tag) } else { page })
}

/// The last message or note of a page.
fn last_said(entries: &[DeskEntry]) -> Option<String> {
    entries.iter().rev().find_map(|entry| match entry {
        DeskEntry::Message(said) | DeskEntry::Note(said) => Some(said.id.to_string()),
        DeskEntry::Event(_) => None,
    })
}

/// Who reads a reply, in words.
fn readers(ticket: &DeskTicket) -> String {
    let requester = isolated(&ticket.row.requester.shown());
    match ticket.conversation.as_ref().map_or(1, |it| it.participants) {
        0 | 1 if ticket.row.company.is_none() => format!("{requester} reads it."),
        _ => match &ticket.row.company {
            Some(company) if ticket.row.customer_visible => {
                format!("Everybody at {} can read it.", isolated(&company.name))
            }
            _ => "Those who take part read it.".to_owned(),
        },
    }
}

/// Reads the ticket's company and its options for the top panel.
async fn company(visit: &Visit<'_>, case: &Case) -> Result<Company, Error> {
    let choice = case.choice(&visit.app.portal).await?;
    let now = choice.company.as_ref();
    let mut choices = vec![(String::new(), "No company".to_owned())];
    choices.extend(choice.options.iter().map(|it| (it.id.to_string(), it.name.clone())));
    let left = now.filter(|now| choice.options.iter().all(|it| it.id != now.id));
    choices.extend(left.map(|it| (it.id.to_string(), it.name.clone())));
    let hint = match (choice.options.len(), now) {
        _ if left.is_some() => "Nobody who takes part in the ticket is in this company any more.",
        _ if choice.chosen => "Chosen: it stays, whoever joins or leaves the conversation.",
        (1, Some(_)) => "Chosen automatically: it is the only company of those who take part.",
        (0, None) => "Nobody who takes part in the ticket is in a company.",
        (_, None) => "Not chosen yet: those who take part are in several companies.",
        _ => "Chosen automatically.",
    };
    let value = now.map(|it| it.id.to_string()).unwrap_or_default();
    Ok(Company {
        select: Control::new("company", "Company", Kind::one_of(choices), &value).hint(hint),
        url: now.map(|it| address::company(it.id.as_str())),
    })
}

fn controls(
    visit: &Visit<'_>,
    file: &TicketFile,
    ticket: &DeskTicket,
    colleagues: &[Colleague],
    edit: &Edit,
) -> Vec<Control> {
    let catalog = &visit.workspace.catalog;
    let row = &ticket.row;
    let mut groups: Vec<Group> = Vec::new();
    for category in StateCategory::ALL {
        let states = catalog.states.values().filter(|state| state.category == category);
        let mut choices: Vec<_> = states.map(|it| (it.id.to_string(), it.internal_label.clone())).collect();
        if row.state.category == category && !catalog.states.contains_key(&row.state.id) {
            choices.push((row.state.id.to_string(), row.internal_label.clone()));
        }
        if !choices.is_empty() {
            groups.push(Group { label: Some(state_name(category)), choices });
        }
    }
    let mut assignees = vec![(String::new(), "Nobody".to_owned())];
    assignees.extend(colleagues.iter().map(|it| {
        let you = if it.id == visit.teammate.id { " (you)" } else { "" };
        (it.id.to_string(), format!("{}{you}", it.shown()))
    }));
    if let Some(other) = ticket.assignee.as_ref().filter(|it| colleagues.iter().all(|known| known.id != it.id)) {
        assignees.push((other.id.to_string(), other.shown()));
    }
    let mut types: Vec<_> =
        catalog.types.values().map(|it| (it.id.to_string(), type_name(&it.icon, &it.name))).collect();
    if !catalog.types.contains_key(&row.ticket_type.id) {
        types.push((row.ticket_type.id.to_string(), type_name(&row.ticket_type.icon, &row.ticket_type.name)));
    }
    let assignee = ticket.assignee.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
    let mut controls = vec![
        edit.control("state", "State", Kind::Choice(groups), row.state.id.as_str()),
        edit.control("assignee", "Assignee", Kind::one_of(assignees), &assignee),
        edit.control("type", "Type", Kind::one_of(types), row.ticket_type.id.as_str()),
    ];
    if file.ticket.row.category == TicketCategory::BackOffice {
        let shared = if row.shared { "true" } else { "" };
        controls.push(edit.control("shared", "Share it with the customer", Kind::Check, shared));
    }
    controls
}

fn attributes(visit: &Visit<'_>, file: &TicketFile, ticket: &DeskTicket, edit: &Edit) -> Vec<Control> {
    let defined = visit.workspace.catalog.types.get(&ticket.row.ticket_type.id).map(|it| it.attributes.as_slice());
    let defined = defined.unwrap_or_default().iter().enumerate();
    let controls = defined.map(|(place, definition)| {
        let value = edit::shown(file.ticket.attributes.get(&definition.name));
        let kind = match definition.data_type {
            DataType::String | DataType::List => Kind::Text,
            DataType::Integer | DataType::Decimal => Kind::Number,
            DataType::Datetime => Kind::Time,
            DataType::Boolean => Kind::one_of(
                [("", "Not said"), ("true", "Yes"), ("false", "No")]
                    .map(|(it, words)| (it.into(), words.into()))
                    .into(),
            ),
        };
        let value = if definition.data_type == DataType::Datetime { typed::local_time(&value) } else { value };
        let name = format!("{}{}", edit::ATTRIBUTE, definition.name);
        let control = edit.control(&name, &definition.name, kind, &value).id(&format!("attribute-{place}"));
        match (definition.data_type, definition.visible_to_contacts) {
            (DataType::Datetime, true) => control.hint("In UTC. Customers see it."),
            (DataType::Datetime, false) => control.hint("In UTC."),
            (_, true) => control.hint("Customers see it."),
            (_, false) => control,
        }
    });
    controls.collect()
}

fn words(ticket: &DeskTicket, edit: &Edit) -> Vec<Control> {
    let title = edit.control("title", "Title", Kind::Text, &edit::one_line(&ticket.row.title));
    let description = edit.control("description", "Description", Kind::Long(8), &lines(&ticket.description));
    [title.required(), description].map(|it| Control { form: Some("edit"), ..it }).into()
}

pub(super) fn type_name(icon: &str, name: &str) -> String {
    format!("{icon} {name}").trim().to_owned()
}
