//! Whether a contact may enter the portal, for the card, the banner and the API (docs/product.md, Access), and the
//! scripts of card and Messenger for the vendor's pages, with the workspace's logo. Also answers 404 to every request
//! that has no other route.

use domain::{
    access::Reason,
    id::{CompanyId, ContactId, LogoId},
    state::Counts,
};
use portal::customer;
use serde::Serialize;
use std::sync::LazyLock;
use web::{App, Function, Problem, Request, Response, Same, hint, params, response, routes, script, visitor};

pub const FUNCTION: Function = Function {
    name: "portal-access",
    routes: routes![
        anyone "GET /api/portal/access" => access,
        anyone "GET /embed/portal-card.js" => card,
        anyone "GET /embed/messenger.js" => messenger,
        anyone "GET /embed/logo/{logo_id}" => logo,
        anyone "$default" => nothing,
    ],
};

const SHADES: &str = include_str!("../assets/shades.js");
static CARD_SCRIPT: LazyLock<Same> = LazyLock::new(|| {
    let sheet = script::style_sheet("sheet", include_str!("../assets/portal-card.css"));
    Same::new(script::module(&[&sheet, SHADES, include_str!("../assets/portal-card.js")]))
});
static MESSENGER_SCRIPT: LazyLock<Same> = LazyLock::new(|| {
    let sheet = script::style_sheet("sheet", include_str!("../assets/messenger/messenger.css"));
    Same::new(script::module(&[
        &sheet,
        script::TIMES,
        script::LIVE,
        script::DRAFTS,
        script::ALIKE,
        SHADES,
        include_str!("../assets/messenger/page.js"),
        include_str!("../assets/messenger/elements.js"),
        include_str!("../assets/messenger/session.js"),
        include_str!("../assets/messenger/unread.js"),
        include_str!("../assets/messenger/drawer.js"),
        include_str!("../assets/messenger/composer.js"),
        include_str!("../assets/messenger/outbox.js"),
        include_str!("../assets/messenger/conversation.js"),
        include_str!("../assets/messenger/ticket.js"),
        include_str!("../assets/messenger/report.js"),
        include_str!("../assets/messenger/space.js"),
        include_str!("../assets/messenger/launcher.js"),
    ]))
});

#[derive(Serialize)]
struct Access {
    access: &'static str,
    reasons: Vec<Reason>,
    contact: Option<Contact>,
    portal_url: String,
    companies: Vec<Company>,
    /// How many tickets wait on them. For those who may enter.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<u64>,
    /// How many tickets have something that they have not seen; 200 at most. For those who may enter.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<u64>,
}

#[derive(Serialize)]
struct Contact {
    id: ContactId,
    name: Option<String>,
}

#[derive(Serialize)]
struct Company {
    id: CompanyId,
    name: String,
    counts: Counts,
}

async fn card(_: &App, request: &Request) -> Result<Response, Problem> {
    Ok(response::script(request, &CARD_SCRIPT))
}

async fn messenger(_: &App, request: &Request) -> Result<Response, Problem> {
    Ok(response::script(request, &MESSENGER_SCRIPT))
}

/// The workspace's logo, for everybody who knows its address.
async fn logo(app: &App, request: &Request) -> Result<Response, Problem> {
    let id = LogoId::new(request.path_parameter("logo_id")).map_err(|_| Problem::not_found())?;
    let logo = app.portal.store.logo(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(response::image(logo.kind().media_type(), logo.into_bytes()))
}

/// Sends somebody on whose address has a slash too many. Nothing is at any other.
async fn nothing(_: &App, request: &Request) -> Result<Response, Problem> {
    request.tidied().map(|address| response::moved(&address)).ok_or_else(Problem::not_found)
}

async fn access(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let Ok(visit) = visitor::visit(app, request) else { return denied(app, vec![Reason::NotSignedIn]) };
    let found = match customer::access::access(&app.portal, visit).await {
        Ok(found) => found,
        Err(customer::Error::Refused(reasons)) => return denied(app, reasons),
        Err(error) => return Err(error.into()),
    };
    let companies = found.companies.into_iter();
    let access = Access {
        access: "granted",
        reasons: vec![],
        contact: Some(Contact { id: found.contact.id, name: found.contact.name }),
        portal_url: app.config.portal_url(),
        companies: companies.map(|(company, counts)| Company { id: company.id, name: company.name, counts }).collect(),
        waiting: Some(found.waiting),
        unread: Some(found.unread),
    };
    Ok(response::json(&access)?.cookie(hint::refresh(app, visit, &found.hint)))
}

/// Answers that the contact may not enter. Says nothing about who they are.
fn denied(app: &App, reasons: Vec<Reason>) -> Result<Response, Problem> {
    response::json(&Access {
        access: "denied",
        reasons,
        contact: None,
        portal_url: app.config.portal_url(),
        companies: vec![],
        waiting: None,
        unread: None,
    })
}
