//! The one place where a request becomes a person. Verified here, in the function: `sam local` leaves the gateway's
//! own authorizers open.

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

/// An identity token that the vendor's app set itself.
pub const IDENTITY_COOKIE: &str = "portal_identity";

/// Nobody, or nobody that we can believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The request brings no identity.
    Missing,
    /// It brings one that does not verify.
    Refused(TokenError),
    /// It brings two: somebody on a sibling domain may have planted one.
    Ambiguous,
}

/// The claims of an identity token (docs/wiring.md). Records are the truth about names and companies, so
/// of what a token may say beyond this, nothing counts.
#[derive(Debug, Deserialize)]
struct Claims {
    /// A string. Anything else is nobody, and a mistake that is told apart.
    user_id: Option<Value>,
    #[serde(flatten)]
    common: claims::Claims,
}

/// The visit of the contact who sends this request.
///
/// # Errors
/// 401 for somebody who is not signed in.
pub fn signed_in<'a>(app: &App, request: &'a Request) -> Result<&'a Visit, Problem> {
    Ok(visit(app, request)?)
}

/// The visit of the contact who sends this request, for whoever has an answer for nobody, too.
///
/// # Errors
/// [`NotSignedIn`].
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

/// Who sends this request: by bearer token, else as the contact that a teammate looks at the portal as, else by
/// session, else by the vendor's identity cookie. A session that has run out gives way to a fresh identity; a bearer
/// token that fails does not give way.
///
/// # Errors
/// [`NotSignedIn`].
pub fn visitor(app: &App, request: &Request) -> Result<Visitor, NotSignedIn> {
    find(app, request).inspect(|visitor| request.comes_from(&visitor.contact))
}

fn find(app: &App, request: &Request) -> Result<Visitor, NotSignedIn> {
    if let Some(token) = credential::bearer(request)? {
        return by_identity_token(app, token).map_err(NotSignedIn::Refused);
    }
    if let Some(contact) = &request.viewing {
        return Ok(Visitor { contact: contact.clone(), session_epoch: None });
    }
    let session = credential::cookie(request, session_cookie::COOKIE)?.map(|value| session_cookie::open(app, value));
    if let Some(Ok(visitor)) = session {
        return Ok(visitor);
    }
    let identity = credential::cookie(request, IDENTITY_COOKIE)?.map(|token| by_identity_token(app, token));
    match identity.or(session) {
        Some(Ok(visitor)) => Ok(visitor),
        Some(Err(error)) => Err(NotSignedIn::Refused(error)),
        None => Err(NotSignedIn::Missing),
    }
}

/// Whom the vendor's backend vouches for. A token that is meant for the Help Desk is a teammate's, whoever signed it.
///
/// # Errors
/// [`TokenError`].
pub fn by_identity_token(app: &App, token: &str) -> Result<Visitor, TokenError> {
    let claims: Claims = app.config.identity_keys.verify(token)?;
    if claims.common.is_for_help_desk() {
        return Err(TokenError::ForHelpDesk);
    }
    claims.common.check_times(app.portal.clock.now())?;
    let id = claims.user_id.as_ref().and_then(Value::as_str).unwrap_or_default();
    let contact = ContactId::new(id).map_err(|_| TokenError::NoUserId)?;
    Ok(Visitor { contact, session_epoch: None })
}
