//! The tickets space. It is open to everybody who is signed in; those who may enter the portal get its address, too.

use domain::{access::Reason, projection::CustomerRow};
use portal::customer::{self, Visit};
use serde::Serialize;
use store::{SpaceRole, Watch};
use web::{App, Problem, Request, Response, cursor, fresh};

#[derive(Serialize)]
struct Space {
    tickets: Vec<Entry>,
    /// How many of them have something that the reader has not seen; 200 at most.
    unread: u64,
    portal: Portal,
    /// Whether the reader may report something.
    reporting: bool,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    row: CustomerRow,
    role: SpaceRole,
}

#[derive(Serialize)]
struct Portal {
    access: &'static str,
    reasons: Vec<Reason>,
    /// `None` for those who may not enter.
    url: Option<String>,
}

pub(crate) async fn space(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [limit, cursor] = request.params.take(["limit", "cursor"])?;
    let limit = crate::limit(limit)?;
    let pages = cursor::List::of_contact(app, &visit.visitor().contact, "space");
    let after = pages.place(cursor)?;
    if let Some(same) = fresh::unchanged(app, request, visit, Watch::Space).await? {
        return Ok(same);
    }

    let found = customer::space::space(&app.portal, visit, limit, after.as_ref()).await?;
    let admitted = found.reasons.is_empty();
    let space = Space {
        tickets: found.tickets.into_iter().map(|(row, role)| Entry { row, role }).collect(),
        unread: found.unread,
        reporting: found.may_report,
        portal: Portal {
            access: if admitted { "granted" } else { "denied" },
            reasons: found.reasons,
            url: admitted.then(|| app.config.portal_url()),
        },
        next_cursor: pages.cursor(found.next)?,
    };
    fresh::json(app, request, visit, &space, found.marks.as_ref())
}
