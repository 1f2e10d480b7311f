//! The only place where a request becomes a contact. Identities are verified here, in the function, because `sam local`
//! does not run the authorizers of API Gateway.

use super::{claims, credential, hint, session_cookie};
use crate::{
    base::{app::App, signing::TokenError},
    http::{problem::Problem, request::Request},
};
use domain::id::ContactId;
use portal::customer::Visit;
use serde::Deserialize;
use serde_json::Value;
use store::Visitor;

/// The cookie with an identity token that the vendor's app sets itself.
pub const IDENTITY_COOKIE: &str = "portal_identity";

/// Why a request has no sender whose identity is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The request brings no identity.
    Missing,
    /// It brings an identity that does not verify.
    Refused(TokenError),
    /// It brings two of the same kind: somebody on a sibling domain may have planted one.
    Ambiguous,
    /// It brings a session and an identity token that name two people: the session is of whoever was here before, or
    /// somebody has planted the token.
    Disagreeing,
}

/// The claims of an identity token (docs/wiring.md). Names and companies come from the records, so all other claims are
/// ignored.
#[derive(Debug, Deserialize)]
struct Claims {
    /// Should be a string. Any JSON is read, so that another value is reported as such and not as a malformed token.
    user_id: Option<Value>,
    #[serde(flatten)]
    common: claims::Claims,
}

/// Begins the visit of the contact who sends this request.
///
/// # Errors
/// 401 for somebody who is not signed in.
pub fn signed_in<'a>(app: &App, request: &'a Request) -> Result<&'a Visit, Problem> {
    Ok(visit(app, request)?)
}

/// Begins the visit of the contact who sends this request, for handlers that also answer people who are not signed in.
pub fn visit<'a>(app: &App, request: &'a Request) -> Result<&'a Visit, NotSignedIn> {
    let visitor = visitor(app, request)?;
    let hint = hint::read(app, request, &visitor.contact);
    Ok(request.visit.get_or_init(|| Visit::new(visitor, hint)))
}

impl From<NotSignedIn> for Problem {
    fn from(why: NotSignedIn) -> Self {
        tracing::info!(?why, "not signed in");
        Self::not_signed_in(words::refusal::NOT_SIGNED_IN, why == NotSignedIn::Missing)
    }
}

/// Finds out who sends this request: by bearer token, else the contact as whom a teammate looks at the portal, else by
/// session and the vendor's identity cookie. Of those two one is enough, and one that has expired or is broken does not
/// stand in the way of the other; but if they name two people, nobody counts, and the answer ends the session in this
/// browser. A bearer token that is refused is not replaced by anything.
pub fn visitor(app: &App, request: &Request) -> Result<Visitor, NotSignedIn> {
    find(app, request).inspect(|visitor| request.comes_from(&visitor.contact))
}

fn find(app: &App, request: &Request) -> Result<Visitor, NotSignedIn> {
    if let Some(token) = credential::bearer(request)? {
        return by_identity_token(app, token).map_err(NotSignedIn::Refused);
    }
    if let Some(contact) = &request.viewing {
        return Ok(Visitor { contact: contact.clone(), session: None });
    }
    let session = credential::cookie(request, session_cookie::COOKIE)?.map(|value| session_cookie::open(app, value));
    if let Some(Ok(visitor)) = session {
        return beside_identity(app, request, visitor);
    }
    let identity = credential::cookie(request, IDENTITY_COOKIE)?.map(|token| by_identity_token(app, token));
    match identity.or(session) {
        Some(Ok(visitor)) => Ok(visitor),
        Some(Err(error)) => Err(NotSignedIn::Refused(error)),
        None => Err(NotSignedIn::Missing),
    }
}

/// Holds a session against every identity cookie beside it that is valid.
fn beside_identity(app: &App, request: &Request, of_session: Visitor) -> Result<Visitor, NotSignedIn> {
    let cookies = request.cookies.iter().filter(|(name, _)| name == IDENTITY_COOKIE);
    let mut vouched: Vec<_> = cookies.filter_map(|(_, token)| by_identity_token(app, token).ok()).collect();
    if vouched.iter().any(|it| it.contact != of_session.contact) {
        request.sender.disagrees.get_or_init(|| ());
        return Err(NotSignedIn::Disagreeing);
    }
    // Whoever is vouched for needs no session, and so not one that has been ended.
    Ok(vouched.pop().unwrap_or(of_session))
}

/// Finds out for whom the vendor's backend vouches. Refuses a token that is meant for the Help Desk: it is a
/// teammate's, whoever signed it.
///
/// # Errors
/// [`TokenError`] says what is wrong with the token.
pub fn by_identity_token(app: &App, token: &str) -> Result<Visitor, TokenError> {
    let claims: Claims = app.config.identity_keys.verify(token)?;
    if claims.common.is_for_help_desk() {
        return Err(TokenError::ForHelpDesk);
    }
    claims.common.check_purpose(app.config.identity_audience.as_deref(), app.config.identity_issuer.as_deref())?;
    claims.common.check_times(app.portal.clock.now())?;
    let id = claims.user_id.as_ref().and_then(Value::as_str).unwrap_or_default();
    let contact = ContactId::new(id).map_err(|_| TokenError::NoUserId)?;
    Ok(Visitor { contact, session: None })
}
