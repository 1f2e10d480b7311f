//! The composer under a thread: a reply, after which the ticket may wait or be resolved, or a note.

use super::{
    Visit,
    form::Form,
    settle::{NOTED, Notice, SENT},
};
use askama::Template;
use domain::id::{ConversationId, PartId};
use lambda_http::http::StatusCode;
use portal::message::Message;
use portal::teammate::{
    Error,
    conversation::{self, Reply, Then},
};

#[derive(Debug, Template)]
#[template(path = "composer.html")]
pub(crate) struct Composer {
    /// Where it is sent.
    pub(crate) action: String,
    /// The client's id for what is written, so that it is sent only once.
    pub(crate) key: String,
    /// The last message or note that the page shows.
    pub(crate) seen: Option<String>,
    /// Who reads a reply.
    pub(crate) readers: String,
    /// Whether there is a ticket, which can wait or be resolved.
    pub(crate) has_ticket: bool,
    pub(crate) typed: String,
    pub(crate) is_note: bool,
    pub(crate) notice: Notice,
    /// What was to be sent, when a customer's message that came in between kept it back.
    pub(crate) kept_back: Option<&'static str>,
}

impl Composer {
    /// Makes the composer of the page at `here`. `seen` is the last message or note that the page shows.
    pub(crate) fn of(visit: &Visit<'_>, here: &str, seen: Option<String>, readers: String, has_ticket: bool) -> Self {
        Self {
            action: format!("{here}/messages"),
            key: visit.app.portal.ids.next("k"),
            seen,
            readers,
            has_ticket,
            typed: String::new(),
            is_note: false,
            notice: Notice::default(),
            kept_back: None,
        }
    }

    /// Tells what became of what was written. Returns also what is left to be told at the top of the page, and the
    /// page's status.
    pub(crate) fn telling(
        mut self,
        mut notice: Notice,
        unsent: Option<Refused>,
        form: &Form,
    ) -> (Self, Notice, StatusCode) {
        let status = unsent.as_ref().map_or(notice.status, |unsent| unsent.notice.status);
        if matches!(notice.done, Some(SENT | NOTED)) {
            self.notice = std::mem::take(&mut notice);
        }
        if let Some(unsent) = unsent {
            self = self.again(form, unsent);
        }
        (self, notice, status)
    }

    /// Shows what was typed, and why it was not sent.
    fn again(mut self, form: &Form, refused: Refused) -> Self {
        form.get("body").clone_into(&mut self.typed);
        self.is_note = is_note(form);
        self.notice = refused.notice;
        self.kept_back = refused.unseen.then(|| match form.get("then") {
            "wait" => "wait",
            "resolve" => "resolve",
            _ => "",
        });
        self
    }
}

/// Why something was not sent.
pub(crate) struct Refused {
    pub(crate) notice: Notice,
    /// Whether a customer wrote something that the teammate has not seen.
    pub(crate) unseen: bool,
}

impl Refused {
    /// # Errors
    /// What the teammate cannot mend on the page.
    pub(crate) fn of(error: Error) -> Result<Self, web::Problem> {
        let unseen = matches!(error, Error::Unseen(_));
        Ok(Self { notice: Notice::mend(error)?, unseen })
    }
}

fn is_note(form: &Form) -> bool {
    form.get("as") == "note"
}

/// Says what is in the form. Returns what the page tells about it. A note is a note whatever button was pressed.
pub(crate) async fn say(visit: &Visit<'_>, id: &ConversationId, form: &Form) -> Result<&'static str, Error> {
    let (portal, teammate) = (&visit.app.portal, visit.teammate);
    let (body, client_id) = (form.get("body").to_owned(), form.get("client_id").to_owned());
    if is_note(form) {
        conversation::note(portal, teammate, id, Message { body, client_id }).await?;
        return Ok("noted");
    }
    let then = match form.get("then") {
        "wait" => Some(Then::Wait),
        "resolve" => Some(Then::Resolve),
        _ => None,
    };
    let seen = form.filled("seen").and_then(|id| PartId::new(id).ok());
    conversation::reply(portal, teammate, id, Reply { body, client_id, then, seen, anyway: false }).await?;
    Ok("sent")
}
