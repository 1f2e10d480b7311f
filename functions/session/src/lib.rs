//! Exchanges an identity token for the session cookie, and ends the session (architecture.md section 5).

use domain::visibility::Sight;
use futures::FutureExt;
use lambda_http::http::StatusCode;
use serde::Deserialize;
use store::Hint;
use web::signing::TokenError;
use web::{App, Function, NotSignedIn, Problem, Request, Response, Route, hint, identity, params, session_cookie};

const START: Route = Route("POST /api/session");
const END: Route = Route("DELETE /api/session");

/// `session`.
pub const FUNCTION: Function =
    Function { name: "session", routes: &[START, END], handle: |app, request| handle(app, request).boxed() };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    identity_token: String,
}

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    match request.route.as_str() {
        route if route == START.0 => start(app, request).await,
        route if route == END.0 => Ok(end(app)),
        _ => Err(Problem::not_found()),
    }
}

async fn start(app: &App, request: &Request) -> Result<Response, Problem> {
    let Exchange { identity_token } = request.json()?;
    let visitor = match identity::by_identity_token(app, &identity_token) {
        Ok(visitor) => visitor,
        Err(why) => return Err(Problem::not_signed_in(app, request, NotSignedIn::Refused(why)).await),
    };
    request.comes_from(&visitor.contact);
    // The record is read here so that the first page needs no second round trip.
    let record = app.store.contact(&visitor.contact).await?;
    if record.as_ref().is_some_and(|(contact, _)| contact.archived) {
        return Err(Problem::not_signed_in(app, request, NotSignedIn::Refused(TokenError::Invalid)).await);
    }
    let epoch = record.as_ref().map_or(0, |(contact, _)| contact.session_epoch);
    let expected = record.map(|(_, companies)| Hint { companies, sight: Sight::All });
    Ok(Response::empty(StatusCode::NO_CONTENT)
        .cookie(session_cookie::make(app, &visitor.contact, epoch))
        .cookie(expected.and_then(|expected| hint::make(app, &visitor.contact, &expected))))
}

fn end(app: &App) -> Response {
    Response::empty(StatusCode::NO_CONTENT)
        .cookie(Some(session_cookie::clear(&app.config)))
        .cookie(Some(hint::clear(&app.config)))
}
