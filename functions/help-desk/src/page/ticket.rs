//! A ticket: its company at the top, everything else in one form, and its history.

mod edit;

use super::{
    Visit, address,
    control::{Control, Group, Kind},
    form::Form,
    settle::Notice,
    state_name,
};
use crate::{conversations, update};
use askama::Template;
use desk::answer;
use domain::{
    catalog::{DataType, TicketCategory},
    desk::DeskTicket,
    state::StateCategory,
};
use edit::Edit;
use std::collections::BTreeSet;
use store::TicketFile;
use web::{
    Problem, Response,
    look::Section,
    response,
    text::{Stretch, stretches},
};

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    ticket: &'a DeskTicket,
    description: Vec<Stretch<'a>>,
    notice: Notice,
    company: Company,
    conversation: Option<(String, u64)>,
    typed_conversation: &'a str,
    requester_url: String,
    customers: &'static str,
    /// In the panel at the side.
    controls: Vec<Control>,
    attributes: Vec<Control>,
    /// Under the title.
    words: Vec<Control>,
    words_open: bool,
}

/// The company in the top panel.
struct Company {
    select: Control,
    url: Option<String>,
}

pub(crate) async fn show(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let [done] = visit.request.params.take(["done"])?;
    let file = crate::tickets::file(visit.app, id).await?;
    render(visit, &file, Edit::default(), "", Notice::done(done)).await
}

/// Saves what was changed in the form. What was not stays as it is, whoever changed it meanwhile.
pub(crate) async fn edit(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let form = Form::of(visit.request)?;
    let edit = Edit::of(&form);
    let file = crate::tickets::file(visit.app, id).await?;
    let result = match edit.changes(&file.ticket, &visit.workspace.catalog, form.get("version")) {
        Ok(None) => return Ok(response::see_other(&format!("{}?done=unchanged", address::ticket(id)))),
        Ok(Some(changes)) => update::changed(visit.app, visit.teammate, id, &changes).await,
        Err(problem) => Err(problem),
    };
    let problem = match result {
        Ok(_) => return Ok(response::see_other(&format!("{}?done=saved", address::ticket(id)))),
        Err(problem) => problem,
    };
    let is_stale = problem.code == "stale_version";
    let mut notice = Notice::mend(problem)?;
    if is_stale {
        notice.alert = Some(STALE.to_owned());
    }
    let file = crate::tickets::file(visit.app, id).await?;
    render(visit, &file, edit, "", notice).await
}

const STALE: &str = "Somebody has changed this ticket since you opened it. Nothing of yours is saved yet. You see the ticket as it is now, with what you typed in its place; look it over, then save again.";

/// Links a conversation.
pub(crate) async fn link(visit: &Visit<'_>, id: &str) -> Result<Response, Problem> {
    let form = Form::of(visit.request)?;
    let typed = form.get("conversation").trim();
    let problem = match conversations::linked(visit.app, visit.teammate, typed, id, None).await {
        Ok(_) => return Ok(response::see_other(&format!("{}?done=linked", address::ticket(id)))),
        Err(problem) => problem,
    };
    let file = crate::tickets::file(visit.app, id).await?;
    render(visit, &file, Edit::default(), typed, Notice::mend(problem)?).await
}

async fn render(
    visit: &Visit<'_>,
    file: &TicketFile,
    edit: Edit,
    typed_conversation: &str,
    notice: Notice,
) -> Result<Response, Problem> {
    let app = visit.app;
    let (ticket, company) =
        futures::try_join!(async { Ok(answer::ticket(app, &visit.workspace, file).await?) }, company(visit, file))?;
    let status = notice.status;
    let words = words(&ticket, &edit);
    let page = TicketPage {
        description: stretches(&ticket.description),
        notice,
        company,
        conversation: ticket.conversation.as_ref().map(|it| (address::conversation(it.id.as_str()), it.participants)),
        typed_conversation,
        requester_url: address::person(ticket.row.requester.id.as_str()),
        customers: match (ticket.row.category, ticket.row.customer_visible) {
            (TicketCategory::Tracker, _) => "Customers never see tickets of this type.",
            (TicketCategory::BackOffice, false) => "Customers don’t see it: it isn’t shared.",
            (_, true) if ticket.row.company.is_none() => "Only the requester sees it: it has no company.",
            _ => "Customers see it.",
        },
        controls: controls(visit, file, &ticket, &edit),
        attributes: attributes(visit, file, &ticket, &edit),
        words_open: words.iter().any(|it| edit.typed(&it.name).is_some()),
        words,
        ticket: &ticket,
    };
    let title = format!("#{} {}", ticket.row.number, ticket.row.title);
    Ok(visit.page(Section::Search, &title, status, &page))
}

/// What the ticket's company is, and may be.
async fn company(visit: &Visit<'_>, file: &TicketFile) -> Result<Company, Problem> {
    let store = &visit.app.store;
    let named: BTreeSet<_> = file.ticket.row.company.clone().into_iter().collect();
    let everybody = file.people();
    let (people, current) = futures::try_join!(store.participants_now(&everybody), store.companies(&named))?;
    let choice = answer::company_choice(&file.ticket, &people, current.values().next());
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

fn controls(visit: &Visit<'_>, file: &TicketFile, ticket: &DeskTicket, edit: &Edit) -> Vec<Control> {
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
    let teammate = visit.teammate;
    let mut assignees = vec![(String::new(), "Nobody".to_owned())];
    assignees.push((teammate.id.to_string(), format!("{} (you)", teammate.display_name())));
    if let Some(other) = ticket.assignee.as_ref().filter(|it| it.id != teammate.id) {
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
        let value = if definition.data_type == DataType::Datetime { edit::local_time(&value) } else { value };
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
    let description =
        edit.control("description", "Description", Kind::Long(8), &super::form::lines(&ticket.description));
    [title.required(), description].map(|it| Control { form: Some("edit"), ..it }).into()
}

pub(super) fn type_name(icon: &str, name: &str) -> String {
    format!("{icon} {name}").trim().to_owned()
}
