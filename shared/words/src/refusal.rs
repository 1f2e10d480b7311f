//! The refusals of use cases as sentences for people.

use crate::access::advice;
use domain::{
    access::Reason,
    catalog::DataType,
    duplicate,
    filter::Unfit,
    form::{self, Why},
};
use portal::{
    customer,
    message::Unsayable,
    teammate::{self, Thing},
};

/// For failures on our side that will not go away by trying again.
pub const BROKEN: &str = "Something is wrong on our side. The support team can find out with the request id.";
/// For failures that should go away soon.
pub const BUSY: &str = "Too much is going on. Try again in a moment.";
/// For somebody who has to be signed in as a contact.
pub const NOT_SIGNED_IN: &str = "Sign in, then try again.";
/// For somebody who has to be signed in as a teammate.
pub const NO_TEAMMATE_SIGNED_IN: &str = "Sign in as a teammate, then try again.";
const KEY_REUSED: &str = "This key came with another request before. Use a new one for each.";

/// Puts a refusal into a sentence. What the store reports is not quoted; it belongs in the log.
#[must_use]
pub fn to_customer(error: &customer::Error) -> String {
    use customer::Error;
    match error {
        Error::SessionEnded => NOT_SIGNED_IN.into(),
        Error::Refused(reasons) => advice(reasons.first().copied().unwrap_or(Reason::NotSignedIn)).text.into(),
        Error::NoTicket => "There is no such ticket, or you do not have access to it.".into(),
        Error::NoCompany => "There is no such company, or you are not in it.".into(),
        Error::NoConversation => "There is no such conversation, or you do not have access to it.".into(),
        Error::NotAParticipant => "Join the conversation, then write.".into(),
        Error::Unfit(unfit) => unfit_query(unfit),
        Error::TooManyTickets => {
            "These are too many tickets for one file. Export them by when they were last updated, a month at a time."
                .into()
        }
        Error::Unsayable(Unsayable(why)) => invalid_body(why),
        Error::KeyReused => KEY_REUSED.into(),
        Error::ReportingDisabled => "New tickets are not taken here. Reach the support team as usual.".into(),
        Error::UnknownType => "There is no such type, or none of which something is reported here.".into(),
        Error::Invalid { why, .. } => invalid_body(why),
        Error::InvalidAttribute(unfit) => format!("{}: {}", unfit.attribute, capitalised(&unfit_value(unfit))),
        Error::NotOffered(companies) => {
            let names: Vec<_> = companies.iter().map(|company| company.name.as_str()).collect();
            format!("You are not in this company. Yours are: {}.", names.join(", "))
        }
        Error::TooMany { .. } => "These were many new tickets within a minute. Try again in a moment.".into(),
        Error::NotTheCreator => "Whether colleagues see a ticket is up to whoever created it.".into(),
        Error::Stale(_) => "The ticket has changed since you read it. Look at it again, then decide.".into(),
        Error::Store(_) => BROKEN.into(),
    }
}

/// Says what is wrong with a value in a form, beside its field.
#[must_use]
pub fn unfit_value(unfit: &form::Unfit) -> String {
    match unfit.why {
        Why::NotAsked => "this is not asked for.",
        Why::Missing => "this is needed.",
        Why::NoOption => "choose one of those that are offered.",
        Why::TooLong => "all of it together is too long.",
        Why::Kind(DataType::String | DataType::List) => "this takes text.",
        Why::Kind(DataType::Integer) => "this takes a whole number.",
        Why::Kind(DataType::Decimal) => "this takes a number, with a point for the fraction.",
        Why::Kind(DataType::Boolean) => "this takes yes or no.",
        Why::Kind(DataType::Datetime) => "this takes a date and time.",
    }
    .into()
}

/// Says what is wrong with what was asked of a list.
#[must_use]
pub fn unfit_query(unfit: &Unfit) -> String {
    format!("{unfit}.")
}

/// Says why a customer's message was not sent, on the page that shows it again. `None` for what has nothing to do with
/// the message.
#[must_use]
pub fn unsaid(error: &customer::Error) -> Option<String> {
    use customer::Error;
    match error {
        Error::Unsayable(Unsayable(why)) => Some(format!("It was not sent: {why}.")),
        Error::NotAParticipant => Some("You do not take part in this conversation yet. Send it again to join.".into()),
        Error::NoConversation => Some("There is no conversation any more. Send it again to begin one.".into()),
        Error::KeyReused => Some("Other words were sent from here before. Send these as well, if they are new.".into()),
        _ => None,
    }
}

/// Says why something was not reported, on the page that shows it again. `None` for what has nothing to do with what was
/// written.
#[must_use]
pub fn unreported(error: &customer::Error) -> Option<String> {
    use customer::Error;
    match error {
        Error::Invalid { why, .. } => Some(format!("{}.", capitalised(why))),
        Error::InvalidAttribute(unfit) => Some(capitalised(&unfit_value(unfit))),
        Error::UnknownType => Some("Choose what it is.".into()),
        Error::NotOffered(_) => Some("Choose one of your companies.".into()),
        Error::TooMany { .. } => Some(to_customer(error)),
        Error::KeyReused => Some("Other words were sent from here before. Send these as well, if they are new.".into()),
        _ => None,
    }
}

/// Puts a refusal into a sentence. What the store reports is not quoted; it belongs in the log.
#[must_use]
pub fn to_teammate(error: &teammate::Error) -> String {
    use teammate::Error;
    match error {
        Error::NotThere(thing) | Error::Unknown(thing) => nothing(thing),
        Error::NoRequester => "Nobody participates in this conversation. Say who the requester is.".into(),
        Error::Invalid(why) => invalid_body(why),
        Error::InvalidAttribute(why) => format!("{why}."),
        Error::NotOffered { company, options } => {
            let names: Vec<_> = options.iter().map(|option| option.name.as_str()).collect();
            let offer = if names.is_empty() { "none, only No company".to_owned() } else { names.join(", ") };
            format!("{company} is not a company of the ticket's participants. The options are: {offer}.")
        }
        Error::Stale { .. } => {
            "Somebody has changed this ticket since you read it. Look at it again, then decide.".into()
        }
        Error::Unseen(_) => {
            "A customer has written since you looked. Read the message, then send yours or change it.".into()
        }
        Error::Duplicate { unfit, number } => no_duplicate(unfit, *number),
        Error::Linked { ticket: Some((_, number)), .. } => format!("It is linked to ticket #{number} already."),
        Error::Linked { ticket: None, .. } => "It is linked already.".into(),
        Error::KeyReused => KEY_REUSED.into(),
        Error::UnfitSetting(unfit) => format!("{unfit}."),
        Error::StaleSettings(_) => {
            "Somebody has changed the settings since you read them. Look at them again, then decide.".into()
        }
        Error::NotReady(missing) => {
            let names: Vec<_> = missing.iter().map(|it| it.as_str()).collect();
            format!(
                "The portal cannot be turned on before each required setting has passed its check. These have not: {}.",
                names.join(", ")
            )
        }
        Error::Store(_) => BROKEN.into(),
    }
}

/// Puts a refusal into a sentence for a page, which shows it with the form, so that it need not speak of a body.
#[must_use]
pub fn on_the_page(error: &teammate::Error) -> String {
    let text = match error {
        teammate::Error::Invalid(why) => format!("{why}."),
        error => to_teammate(error),
    };
    capitalised(&text)
}

/// Says why a ticket is not marked as a duplicate of another one.
fn no_duplicate(unfit: &duplicate::Unfit, number: Option<u64>) -> String {
    use duplicate::Unfit;
    let other = number.map_or_else(|| "another ticket".into(), |number| format!("#{number}"));
    match unfit {
        Unfit::Itself => "A ticket is no duplicate of itself.".into(),
        Unfit::Already(_) => format!("It is marked as a duplicate of {other} already. Take that back first."),
        Unfit::Circle => "The other ticket is a duplicate of this one already.".into(),
        Unfit::OfDuplicate(_) => {
            format!("The other ticket is itself a duplicate of {other}. Choose the one that it repeats.")
        }
        Unfit::HasDuplicates(1) => "Another ticket is a duplicate of this one. Mark that one anew first.".into(),
        Unfit::HasDuplicates(others) => {
            format!("{others} tickets are duplicates of this one. Mark those anew first.")
        }
        Unfit::TooMany => "As many tickets as can be are duplicates of the other one already.".into(),
    }
}

/// Makes the first letter of a sentence a capital.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The sentence about a request body that is not valid. `why` begins in lower case and has no full stop.
#[must_use]
pub fn invalid_body(why: &str) -> String {
    format!("The body is not what it should be: {why}.")
}

fn nothing(thing: &Thing) -> String {
    match thing {
        Thing::Ticket => "There is no such ticket.".into(),
        Thing::TicketNumber(number) => format!("There is no ticket #{number}."),
        Thing::Conversation(None) => "There is no such conversation.".into(),
        Thing::Conversation(Some(id)) => format!("There is no conversation {id}."),
        Thing::Company => "There is no such company.".into(),
        Thing::OneOfTheCompanies => "One of the companies is not there. Put it first.".into(),
        Thing::Contact(None) => "There is no such contact.".into(),
        Thing::Contact(Some(id)) => format!("There is no contact {id}."),
        Thing::Membership => "This contact is not in this company.".into(),
        Thing::Type(id) => format!("There is no ticket type {id}."),
        Thing::State(id) => format!("There is no ticket state {id}."),
        Thing::StateOf(category) => format!("There is no ticket state of the category {category}."),
        Thing::Teammate(id) => format!("There is no teammate {id}."),
    }
}
