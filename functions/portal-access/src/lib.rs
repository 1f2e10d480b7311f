//! May this contact enter the portal? The decision for the card, the banner and the API (product.md 3.1), and the scripts
//! of card and Messenger for the vendor's pages. Also answers whatever no other function does.

use domain::{
    access::Reason,
    id::{CompanyId, ContactId},
    state::Counts,
};
use futures::FutureExt;
use serde::Serialize;
use std::sync::LazyLock;
use store::{Admission, Visitor};
use web::{App, Function, Problem, Request, Response, Route, hint, identity, params, response, script};

const ACCESS: Route = Route("GET /api/portal/access");
const CARD: Route = Route("GET /embed/portal-card.js");
const MESSENGER: Route = Route("GET /embed/messenger.js");
const ROUTES: &[Route] = &[ACCESS, CARD, MESSENGER, web::function::DEFAULT];

/// `portal-access`.
pub const FUNCTION: Function =
    Function { name: "portal-access", routes: ROUTES, handle: |app, request| handle(app, request).boxed() };

static CARD_SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let sheet = script::style_sheet("sheet", include_str!("../assets/portal-card.css"));
    script::module(&[&sheet, include_str!("../assets/portal-card.js")])
});
static MESSENGER_SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let sheet = script::style_sheet("sheet", include_str!("../assets/messenger/messenger.css"));
    script::module(&[
        &sheet,
        script::TIMES,
        script::LIVE,
        include_str!("../assets/messenger/page.js"),
        include_str!("../assets/messenger/elements.js"),
        include_str!("../assets/messenger/session.js"),
        include_str!("../assets/messenger/drawer.js"),
        include_str!("../assets/messenger/composer.js"),
        include_str!("../assets/messenger/outbox.js"),
        include_str!("../assets/messenger/conversation.js"),
        include_str!("../assets/messenger/ticket.js"),
        include_str!("../assets/messenger/space.js"),
        include_str!("../assets/messenger/launcher.js"),
    ])
});

#[derive(Serialize)]
struct Access {
    access: &'static str,
    reasons: Vec<Reason>,
    contact: Option<Contact>,
    portal_url: String,
    companies: Vec<Company>,
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

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    match Route::of(&request.route, ROUTES) {
        Some(ACCESS) => {}
        Some(CARD) => return Ok(response::script(request, &CARD_SCRIPT)),
        Some(MESSENGER) => return Ok(response::script(request, &MESSENGER_SCRIPT)),
        _ => return Err(Problem::not_found()),
    }
    params::none(request)?;
    match identity::visitor(app, request) {
        Ok(visitor) => decide(app, request, &visitor).await,
        Err(_) => Ok(denied(app, vec![Reason::NotSignedIn])),
    }
}

async fn decide(app: &App, request: &Request, visitor: &Visitor) -> Result<Response, Problem> {
    let hint = hint::read(app, request, &visitor.contact, None);
    let entry = app.store.enter(visitor, hint.as_ref()).await?;
    let (scope, own) = match entry.admission {
        Admission::Granted(scope, own) => (scope, own),
        Admission::Refused(reasons) => return Ok(denied(app, reasons)),
    };
    let counts = scope.counts(&own);
    let companies = scope.companies().iter().map(|company| Company {
        id: company.id.clone(),
        name: company.name.clone(),
        counts: counts.get(&company.id).copied().unwrap_or_default(),
    });
    let access = Access {
        access: "granted",
        reasons: vec![],
        contact: Some(Contact { id: scope.contact().id.clone(), name: scope.contact().name.clone() }),
        portal_url: portal_url(app),
        companies: companies.collect(),
    };
    Ok(response::json(&access).cookie(hint::refresh(app, &scope, hint.as_ref())))
}

/// Nothing about any contact, whoever asks.
fn denied(app: &App, reasons: Vec<Reason>) -> Response {
    let portal_url = portal_url(app);
    response::json(&Access { access: "denied", reasons, contact: None, portal_url, companies: vec![] })
}

fn portal_url(app: &App) -> String {
    format!("{}/tickets", app.config.portal_origin)
}
