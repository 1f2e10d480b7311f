//! Turns the refusals of use cases into problems. Nothing else does.

use super::problem::Problem;
use domain::{duplicate, filter::Unfit};
use lambda_http::http::StatusCode;
use portal::{
    customer,
    teammate::{self, Thing},
};
use serde_json::json;
use store::StoreError;
use words::refusal::{to_customer, to_teammate, unfit_query};

impl From<customer::Error> for Problem {
    fn from(error: customer::Error) -> Self {
        use customer::Error;
        let detail = to_customer(&error);
        match error {
            Error::SessionEnded => Self::not_signed_in(&detail, false),
            Error::Refused(reasons) => {
                let code = reasons.first().map_or("not_signed_in", |first| first.code());
                let status = if code == "not_signed_in" { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
                Self::new(status, code, detail).because_of(reasons)
            }
            Error::NoTicket => Self::new(StatusCode::NOT_FOUND, "ticket_not_found", detail),
            Error::NoCompany => Self::new(StatusCode::NOT_FOUND, "company_not_found", detail),
            Error::NoConversation => Self::new(StatusCode::NOT_FOUND, "conversation_not_found", detail),
            Error::NotAParticipant => Self::new(StatusCode::FORBIDDEN, "not_a_participant", detail),
            Error::Unfit(unfit) => unfit.into(),
            Error::TooManyTickets => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_tickets", detail),
            Error::Unsayable(_) => Self::invalid("invalid_body", detail),
            Error::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail),
            Error::ReportingDisabled => Self::new(StatusCode::FORBIDDEN, "reporting_disabled", detail),
            Error::UnknownType => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_type", detail),
            Error::Invalid { .. } => Self::invalid("invalid_body", detail),
            Error::InvalidAttribute(unfit) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_attribute", detail)
                .with("attribute", json!(unfit.attribute)),
            Error::NotOffered(options) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "company_not_offered", detail)
                .with("options", json!(options)),
            Error::TooMany { seconds } => Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail).after(seconds),
            Error::NotTheCreator => Self::new(StatusCode::FORBIDDEN, "not_the_creator", detail),
            Error::Stale(version) => {
                Self::new(StatusCode::CONFLICT, "stale_version", detail).with("version", json!(version))
            }
            Error::Store(error) => error.into(),
        }
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        let code = if unfit.parameter == "state" { "invalid_state" } else { "invalid_parameter" };
        Self::invalid(code, unfit_query(&unfit))
    }
}

impl From<teammate::Error> for Problem {
    fn from(error: teammate::Error) -> Self {
        use teammate::Error;
        let detail = to_teammate(&error);
        let unfit = |code| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, detail.clone());
        match error {
            Error::NotThere(thing) => Self::new(StatusCode::NOT_FOUND, missing(&thing), detail),
            Error::Unknown(thing) => unfit(unknown(&thing)),
            Error::NoRequester => unfit("unknown_contact"),
            Error::Invalid(_) => Self::invalid("invalid_body", detail),
            Error::InvalidAttribute(_) => unfit("invalid_attribute"),
            Error::NotOffered { options, .. } => unfit("company_not_offered").with("options", json!(options)),
            Error::Stale { version, company } => {
                conflict("stale_version").with("version", json!(version)).with("company", json!(company))
            }
            Error::Unseen(part) => conflict("unseen_message").with("message", json!(part)),
            Error::Duplicate { unfit: duplicate::Unfit::Itself, .. } => unfit("invalid_duplicate"),
            Error::Duplicate { unfit, .. } => {
                let other = match unfit {
                    duplicate::Unfit::Already(of) | duplicate::Unfit::OfDuplicate(of) => Some(of),
                    _ => None,
                };
                conflict("invalid_duplicate").with("ticket", json!(other))
            }
            Error::Linked { ticket, conversation } => conflict("already_linked")
                .with("ticket", json!(ticket.map(|(id, _)| id)))
                .with("conversation", json!(conversation)),
            Error::KeyReused => unfit("idempotency_key_reused"),
            Error::UnfitSetting(setting) => unfit("invalid_setting").with("field", json!(setting.field)),
            Error::StaleSettings(version) => conflict("stale_version").with("version", json!(version)),
            Error::NotReady(missing) => {
                let names: Vec<_> = missing.iter().map(|it| it.as_str()).collect();
                unfit("required_settings_missing").with("missing", json!(names))
            }
            Error::Store(error) => error.into(),
        }
    }
}

/// The code of a 404, for the subject of a request.
const fn missing(thing: &Thing) -> &'static str {
    match thing {
        Thing::Ticket | Thing::TicketNumber(_) => "ticket_not_found",
        Thing::Conversation(_) => "conversation_not_found",
        Thing::Company | Thing::OneOfTheCompanies => "company_not_found",
        Thing::Contact(_) => "contact_not_found",
        Thing::Membership => "membership_not_found",
        Thing::Type(_) | Thing::State(_) | Thing::StateOf(_) | Thing::Teammate(_) => "not_found",
    }
}

/// The code of a 422, for something to which a request refers.
const fn unknown(thing: &Thing) -> &'static str {
    match thing {
        Thing::Ticket | Thing::TicketNumber(_) => "unknown_ticket",
        Thing::Conversation(_) => "unknown_conversation",
        Thing::Company | Thing::OneOfTheCompanies => "unknown_company",
        Thing::Contact(_) | Thing::Membership => "unknown_contact",
        Thing::Type(_) => "unknown_type",
        Thing::State(_) | Thing::StateOf(_) => "unknown_state",
        Thing::Teammate(_) => "unknown_teammate",
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(kind = error.kind(), error = error.for_log(), "store");
        if error.is_busy() { Self::busy() } else { Self::internal() }
    }
}
