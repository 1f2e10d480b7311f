//! The tickets space: what the contact created or takes part in, newest activity first (product.md 3.5). It is open to
//! everybody who is signed in; the way into the portal is shown to those who may enter.

use domain::{access::Reason, mark::Mark, projection::CustomerRow, ticket::Boundary};
use serde::Serialize;
use store::{Meeting, SpaceRole, Watch};
use web::{
    App, Problem, Request, Response,
    cursor::{self, Owner},
    fresh, hint,
    problem::{met, signed_in},
    response,
};

const LIST: &str = "space";

#[derive(Serialize)]
struct Space {
    tickets: Vec<Entry>,
    portal: Portal,
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
    /// Only for those who may enter.
    url: Option<String>,
}

pub(crate) async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let visitor = signed_in(app, request).await?;
    let [limit, cursor] = request.params.take(["limit", "cursor"])?;
    let limit = crate::limit(limit)?;
    let owner = Owner::Contact(&visitor.contact);
    let after = cursor.map(|cursor| cursor::open_in(app, owner, LIST, cursor)).transpose()?;
    let after = after.map(|(updated_at, id)| Boundary { updated_at, id });
    let hint = hint::read(app, request, &visitor.contact, None);
    if let Some(same) = fresh::unchanged(app, request, &visitor, hint.as_ref(), Watch::Space).await? {
        return Ok(same);
    }

    let (workspace, meeting) = app.store.meet_with_space(&visitor, hint.as_ref()).await?;
    let Meeting { scope, reasons, page } = met(app, request, meeting).await?;
    let lens = scope.lens(&workspace);
    let below = page.iter().filter(|entry| after.as_ref().is_none_or(|after| entry.row.boundary() < *after));
    let mut seen = below.filter_map(|entry| Some((entry.row.boundary(), entry.role, lens.row(&entry.row)?)));
    let shown: Vec<_> = seen.by_ref().take(limit).collect();
    let last = shown.last().filter(|_| seen.next().is_some()).map(|(place, _, _)| (place.updated_at, place.id.clone()));
    let admitted = reasons.is_empty();
    let space = Space {
        tickets: shown.into_iter().map(|(_, role, row)| Entry { row, role }).collect(),
        portal: Portal {
            access: if admitted { "granted" } else { "denied" },
            reasons,
            url: admitted.then(|| format!("{}/tickets", app.config.portal_origin)),
        },
        next_cursor: last.and_then(|at| cursor::make_in(app, owner, LIST, &at)),
    };
    let marks = scope.marks(Watch::Space, Mark::default());
    Ok(response::kept_json(&space).tagged(request, &fresh::Tag::of(app, request, &visitor.contact, &space, &marks)))
}
