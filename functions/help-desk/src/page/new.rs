//! The form for a new ticket.

use super::{
    Visit, WayBack, address,
    alike::{Alike, only_looks},
    choosing::Choosing,
    control::{Control, Kind},
    form::{AUTOMATIC, COMPANY, Form},
    settle::Notice,
    ticket::type_name,
};
use askama::Template;
use domain::{
    id::{ContactId, TypeId},
    limit::is_blank,
    projection::CustomerCompany,
};
use portal::teammate::{
    Error, Teammate, company,
    ticket::{self, NewTicket},
};
use std::collections::BTreeMap;
use web::{App, Problem, Request, Response, look::Section, response};

/// The name of the field for the requester.
pub(super) const REQUESTER: &str = "requester";

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage<'a> {
    back: WayBack<'a>,
    notice: Notice,
    key: String,
    requester: Choosing,
    title: Control,
    alike: Alike,
    controls: Vec<Control>,
    no_types: bool,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [requester] = request.params.take(["requester"])?;
    render(visit, &Form::default(), requester.unwrap_or_default(), Notice::default()).await
}

pub(crate) async fn create(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    let requester = form.get(REQUESTER);
    if !form.get("find").is_empty() || only_looks(&form) {
        return render(visit, &form, requester, Notice::default()).await;
    }
    match created(visit, &form).await {
        Ok(id) => Ok(response::see_other(&format!("{}?done=created", address::ticket(&id)))),
        Err(error) => render(visit, &form, requester, Notice::mend(error)?).await,
    }
}

async fn created(visit: &Visit<'_>, form: &Form) -> Result<String, Error> {
    let requester = form.filled(REQUESTER).ok_or_else(|| Error::Invalid("choose who the requester is".into()))?;
    let new = NewTicket {
        ticket_type: chosen_type(form)?,
        title: form.get("title").to_owned(),
        description: form.get("description").to_owned(),
        requester: ContactId::new(requester).map_err(|error| Error::Invalid(error.to_string()))?,
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
    let id = ContactId::new(requester.trim()).ok();
    let known = company::participants(&visit.app.portal, &id.clone().into_iter().collect()).await?;
    let contact = id.and_then(|id| known.recorded(&id));
    let choosing = Choosing::new(REQUESTER, "Requester").with(contact);
    let text = format!("{} {}", form.get("title"), form.get("description"));
    let alike = match only_looks(form) || !is_blank(&text) {
        true => Alike::of(&visit.app.portal, &text, contact.map(|it| &it.id)).await?,
        false => Alike::default(),
    };
    let company = if form.iter().next().is_none() { AUTOMATIC } else { form.get("company") };
    let status = notice.status;
    let page = NewPage {
        back: visit.way_back(),
        requester: choosing.again(&visit.app.portal, form).await?,
        key: visit.app.portal.ids.next("k"),
        title: Control::new("title", "Title", Kind::Text, form.get("title")).required(),
        alike,
        controls: vec![
            types(visit, form.get("type"), notice.alert.is_some()),
            Control::new("description", "Description", Kind::Long(8), form.get("description")),
            company_control(&company::options(&known), company),
            Control::new("shared", "Share it with the customer", Kind::Check, form.get("shared"))
                .hint("For types that customers see only when the ticket is shared."),
        ],
        no_types: visit.workspace.catalog.types.is_empty(),
        notice,
    };
    visit.page(Section::Inbox, "New ticket", status, &page)
}

/// The type that was chosen in the form.
pub(super) fn chosen_type(form: &Form) -> Result<TypeId, Error> {
    let chosen = form.filled("type").ok_or_else(|| Error::Invalid("choose a type".into()))?;
    TypeId::new(chosen).map_err(|error| Error::Invalid(error.to_string()))
}

/// The field for the ticket's type, which nothing chooses but a teammate. `refused` says that the form comes back.
pub(super) fn types(visit: &Visit<'_>, chosen: &str, refused: bool) -> Control {
    let types = visit.workspace.catalog.types.values();
    let types = types.map(|it| (it.id.to_string(), type_name(&it.icon, &it.name)));
    let choices = std::iter::once((String::new(), "Choose a type".to_owned())).chain(types).collect();
    let wrong = (refused && chosen.is_empty()).then_some("Choose a type.");
    Control::new("type", "Type", Kind::one_of(choices), chosen).required().wrong(wrong)
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
    Control { automatic: true, ..Control::new("company", "Company", Kind::one_of(choices), chosen).hint(hint) }
}
