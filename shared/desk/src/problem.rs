//! What teammates are told when something cannot be done.

use crate::answer;
use domain::{association::NotOffered, id::ConversationId, ticket::Ticket};
use lambda_http::http::StatusCode;
use serde_json::json;
use store::{Participants, WriteError};
use web::Problem;

/// 404: there is no such ticket. Teammates see all there are.
#[must_use]
pub fn no_ticket() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "ticket_not_found", "There is no such ticket.")
}

/// 404: there is no such conversation.
#[must_use]
pub fn no_conversation() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "conversation_not_found", "There is no such conversation.")
}

/// 404: there is no such company.
#[must_use]
pub fn no_company() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "company_not_found", "There is no such company.")
}

/// 404: there is no such contact.
#[must_use]
pub fn no_contact() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "contact_not_found", "There is no such contact.")
}

/// 422: the request is well formed, and names something that is not there or does not fit.
#[must_use]
pub fn unfit(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

/// 400: the body is not what it should be.
#[must_use]
pub fn invalid_body(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_body", format!("The body is not what it should be: {why}."))
}

/// 422: the company is not an option; with those that are.
#[must_use]
pub fn not_offered(error: &NotOffered, people: &Participants) -> Problem {
    let options = answer::options(people);
    let names: Vec<_> = options.iter().map(|option| option.name.as_str()).collect();
    let offer = if names.is_empty() { "none, only No company".to_owned() } else { names.join(", ") };
    let detail = format!("{} is not a company of the ticket's participants. The options are: {offer}.", error.0);
    unfit("company_not_offered", detail).with("options", json!(options))
}

/// 409: the ticket is not the one that the teammate saw; with its version now.
#[must_use]
pub fn stale(current: &Ticket) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "stale_version",
        "Somebody has changed this ticket since you read it. Look at it again, then decide.",
    )
    .with("version", json!(current.version))
    .with("company", json!(current.row.company))
}

/// 409: the conversation is linked to a ticket, or the ticket to another conversation.
#[must_use]
pub fn linked(ticket: Option<&Ticket>, conversation: Option<&ConversationId>) -> Problem {
    let detail = match ticket {
        Some(ticket) => format!("It is linked to ticket #{} already.", ticket.row.number),
        None => "It is linked already.".to_owned(),
    };
    let problem = Problem::new(StatusCode::CONFLICT, "already_linked", detail);
    let problem = problem.with("ticket", json!(ticket.map(|ticket| &ticket.row.id)));
    problem.with("conversation", json!(conversation))
}

/// What a failed write means, where the handler has no better answer.
#[must_use]
pub fn write(error: WriteError) -> Problem {
    match error {
        WriteError::UnknownCompany => unfit("unknown_company", "There is no such company."),
        WriteError::Linked => linked(None, None),
        error => error.into(),
    }
}
