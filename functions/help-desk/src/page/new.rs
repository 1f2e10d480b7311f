//! The form for a new ticket.

use super::{
    Visit, address,
    control::{Control, Kind},
    form::{AUTOMATIC, COMPANY, Form},
    settle::Notice,
    ticket::type_name,
};
use askama::Template;
use domain::{
    id::{ContactId, TypeId},
    projection::CustomerCompany,
};
use portal::teammate::{
    Error, Teammate, company,
    ticket::{self, NewTicket},
};
use std::collections::{BTreeMap, BTreeSet};
use store::Participants;
use web::{App, Problem, Request, Response, look::Section, response};

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    notice: Notice,
    key: String,
    controls: Vec<Control>,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [requester] = request.params.take(["requester"])?;
    render(visit, &Form::default(), requester.unwrap_or_default(), Notice::default()).await
}

pub(crate) async fn create(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    match created(visit, &form).await {
        Ok(id) => Ok(response::see_other(&format!("{}?done=created", address::ticket(&id)))),
        Err(error) => render(visit, &form, form.get("requester"), Notice::mend(error)?).await,
    }
}

async fn created(visit: &Visit<'_>, form: &Form) -> Result<String, Error> {
    let invalid = |error: domain::id::IdError| Error::Invalid(error.to_string());
    let requester = form.filled("requester").ok_or_else(|| Error::Invalid("say who the requester is".into()))?;
    let new = NewTicket {
        ticket_type: TypeId::new(form.get("type")).map_err(invalid)?,
        title: form.get("title").to_owned(),
        description: form.get("description").to_owned(),
        requester: ContactId::new(requester).map_err(invalid)?,
        state: None,
        attributes: BTreeMap::new(),
        shared: !form.get("shared").is_empty(),
        conversation: None,
        company: form.company()?,
        assignee: None,
    };
    let (ticket, _) = ticket::create(&visit.app.portal, visit.teammate, &new, form.once().as_ref()).await?;
    Ok(ticket.row.id.to_string())
}

async fn render(visit: &Visit<'_>, form: &Form, requester: &str, notice: Notice) -> Result<Response, Problem> {
    let requester = requester.trim();
    let known = match ContactId::new(requester) {
        Ok(id) => company::participants(&visit.app.portal, &BTreeSet::from([id])).await?,
        Err(_) => Participants::default(),
    };
    let options = company::options(&known);
    let contact = ContactId::new(requester).ok().and_then(|id| known.recorded(&id).cloned());
    let who = match contact {
        Some(contact) => [contact.name, contact.email].into_iter().flatten().collect::<Vec<_>>().join(", "),
        None => "The contact’s id. You find it on their page, under People.".to_owned(),
    };
    let company = if form.iter().next().is_none() { AUTOMATIC } else { form.get("company") };
    let status = notice.status;
    let page = NewPage {
        notice,
        key: visit.app.portal.ids.next("k"),
        controls: vec![
            Control::new("requester", "Requester", Kind::Text, requester).required().hint(who),
            Control::new("title", "Title", Kind::Text, form.get("title")).required(),
            types(visit, form.get("type")),
            Control::new("description", "Description", Kind::Long(8), form.get("description")),
            company_control(&options, company),
            Control::new("shared", "Share it with the customer", Kind::Check, form.get("shared"))
                .hint("For types that customers see only when the ticket is shared."),
        ],
    };
    visit.page(Section::Search, "New ticket", status, &page)
}

/// The field for the ticket's type.
pub(super) fn types(visit: &Visit<'_>, chosen: &str) -> Control {
    let types = visit.workspace.catalog.types.values();
    let types = types.map(|it| (it.id.to_string(), type_name(&it.icon, &it.name))).collect();
    Control::new("type", "Type", Kind::one_of(types), chosen).required()
}

/// The field for a new ticket's company: left to the automatic rule, No company, or one of `options`.
pub(super) fn company_control(options: &[CustomerCompany], chosen: &str) -> Control {
    let (automatic, hint) = match options {
        [] => ("Automatic", "Automatic is the requester’s company when they are in just one."),
        [only] => (only.name.as_str(), "Chosen automatically: it is the only company of those who take part."),
        _ => (
            "Automatic: No company",
            "Those who take part are in several companies. Choose, or leave it for later. A company’s ticket that customers \
             see takes the conversation from those who are not in it.",
        ),
    };
    let mut choices = vec![(AUTOMATIC.to_owned(), automatic.to_owned()), (String::new(), "No company".to_owned())];
    if options.len() > 1 {
        choices.extend(options.iter().map(|it| (format!("{COMPANY}{}", it.id), it.name.clone())));
    }
    Control::new("company", "Company", Kind::one_of(choices), chosen).hint(hint)
}
