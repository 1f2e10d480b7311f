//! The page on which something is reported, which works without JavaScript; and the forms of the ticket page that keep a
//! ticket private, or follow it.

use crate::{
    form::{self, Entered, Typed, Wrong},
    ticket_id,
};
use askama::Template;
use domain::projection::{CustomerCompany, CustomerRow};
use lambda_http::http::{StatusCode, header};
use portal::customer::{
    Error, Visit,
    follow::follow as set_following,
    private::{Privacy, keep},
    report::{Form, FormType, form, report},
    similar::similar,
};
use web::{
    App, Problem, Request, Response, hint,
    look::Look,
    page::{Page, render},
    params,
    response::see_other,
};

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage<'a> {
    typed: &'a Typed,
    /// The contact, so that what they have begun to write is given to nobody else.
    reader: &'a str,
    key: String,
    types: Vec<TypeChoice<'a>>,
    companies: &'a [CustomerCompany],
    /// What is like it, once that was asked for.
    alike: Option<&'a [CustomerRow]>,
    wrong: Option<&'a Wrong>,
}

/// A type with its fields.
struct TypeChoice<'a> {
    of: &'a FormType,
    chosen: bool,
    fields: Vec<Field<'a>>,
}

/// The field of an attribute.
struct Field<'a> {
    id: String,
    name: &'a str,
    required: bool,
    entered: Entered,
    options: &'a [String],
    value: &'a str,
}

impl NewPage<'_> {
    /// What is wrong with a field.
    fn amiss(&self, field: &str) -> Option<&str> {
        self.wrong.filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }

    /// The attributes that lead from a field to what is wrong with it.
    fn described(&self, field: &str) -> String {
        match self.amiss(field) {
            Some(_) => format!(" aria-invalid=\"true\" aria-describedby=\"{field}-wrong\""),
            None => String::new(),
        }
    }

    /// Whether something alike was looked for, and there is nothing.
    fn found_nothing(&self) -> bool {
        self.alike.is_some_and(<[CustomerRow]>::is_empty)
    }

    /// What is wrong with the whole.
    fn alert(&self) -> Option<&str> {
        match self.wrong {
            Some(wrong) if wrong.field.is_empty() => Some(&wrong.why),
            Some(_) => Some("It was not sent. What has to be mended is marked."),
            None => None,
        }
    }
}

/// Turns away those who may not report anything.
///
/// # Errors
/// Those of reading what they can report; [`Error::ReportingDisabled`].
async fn allowed(app: &App, visit: &Visit) -> Result<Form, Error> {
    let form = form(&app.portal, visit).await?;
    if form.allowed { Ok(form) } else { Err(Error::ReportingDisabled) }
}

pub(crate) async fn show(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let form = allowed(app, visit).await?;
    let hint = form.hint.as_ref().and_then(|hint| hint::refresh(app, visit, hint));
    let page = shown(app, request, visit, &form, &Typed::default(), None, Ok(StatusCode::OK))?;
    Ok(page.cookie(hint))
}

/// Sends what was written, or looks for what is like it.
pub(crate) async fn act(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let mut typed = Typed::of(&request.form()?)?;
    if typed.only_looks() {
        let text = format!("{} {}", typed.title, typed.description);
        let alike = similar(&app.portal, visit, &text, None).await?;
        let form = allowed(app, visit).await?;
        return shown(app, request, visit, &form, &typed, Some(&alike.rows), Ok(StatusCode::OK));
    }
    let form = allowed(app, visit).await?;
    let new = match typed.report(&form) {
        Ok(new) => new,
        Err(wrong) => {
            let refused = Err((StatusCode::UNPROCESSABLE_ENTITY, wrong));
            return shown(app, request, visit, &form, &typed, None, refused);
        }
    };
    match report(&app.portal, visit, &new, typed.once(&new).as_ref()).await {
        // Without a company there may be no list for them yet; the conversation alone is there for everybody.
        Ok((seen, _)) if seen.ticket.row.company.is_none() => {
            Ok(see_other(&format!("{}/conversation", seen.ticket.row.url)))
        }
        Ok((seen, _)) => Ok(see_other(&seen.ticket.row.url)),
        Err(error) => match typed.wrong(&form, &error) {
            Some(wrong) => {
                if matches!(error, Error::KeyReused) {
                    typed.key.clear();
                }
                let wait = if let Error::TooMany { seconds } = error { Some(seconds) } else { None };
                let refused = Err((Problem::from(error).status, wrong));
                let page = shown(app, request, visit, &form, &typed, None, refused)?;
                Ok(wait.map_or(page.clone(), |seconds| page.header(header::RETRY_AFTER, &seconds.to_string())))
            }
            None => Err(error.into()),
        },
    }
}

fn shown(
    app: &App,
    request: &Request,
    visit: &Visit,
    form: &Form,
    typed: &Typed,
    alike: Option<&[CustomerRow]>,
    outcome: Result<StatusCode, (StatusCode, Wrong)>,
) -> Result<Response, Problem> {
    let (status, wrong) = match &outcome {
        Ok(status) => (*status, None),
        Err((status, wrong)) => (*status, Some(wrong)),
    };
    let content = render(&NewPage {
        reader: visit.visitor().contact.as_str(),
        key: if typed.key.is_empty() { app.portal.ids.next("k") } else { typed.key.clone() },
        types: form.types.iter().map(|of| choice(of, form, typed)).collect(),
        companies: &form.companies,
        alike,
        wrong,
        typed,
    })?;
    Page { title: "New ticket", look: &Look::of(app, request).reporting(), content }.into_response(status)
}

fn choice<'a>(of: &'a FormType, form: &Form, typed: &'a Typed) -> TypeChoice<'a> {
    let fields = of.attributes.iter().enumerate().map(|(nth, asked)| {
        let id = form::field(of, nth);
        let value = typed.value(&id);
        let entered = Entered::from(asked);
        Field { id, name: &asked.name, required: asked.required, entered, options: &asked.options, value }
    });
    let chosen = form.types.len() == 1 || typed.ticket_type == of.shown.id.as_str();
    TypeChoice { of, chosen, fields: fields.collect() }
}

/// Keeps a ticket from the creator's colleagues, or shows it to them.
pub(crate) async fn keep_private(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let private = said(request, "private")?;
    let id = ticket_id(request);
    keep(&app.portal, visit, id.as_ref(), Privacy { private, version: None }).await?;
    Ok(back(request))
}

/// Puts a ticket among the contact's own, or takes it away from there.
pub(crate) async fn follow(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let following = said(request, "following")?;
    set_following(&app.portal, visit, ticket_id(request).as_ref(), following).await?;
    Ok(back(request))
}

/// Whether the button of a form says yes. The form for a new ticket sends its other fields along.
fn said(request: &Request, field: &str) -> Result<bool, Problem> {
    match request.form()?.first(field) {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => Err(Problem::invalid_body(&format!("{field} is true or false"))),
    }
}

fn back(request: &Request) -> Response {
    see_other(&format!("/tickets/{}", request.path_parameter("ticket_id")))
}
