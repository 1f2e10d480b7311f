//! Whom audience rules match, as JSON and for the page.

use crate::settings::conditions;
use domain::{condition::Condition, id::ContactId, projection::CustomerCompany};
use portal::{
    once::fingerprint,
    teammate::{
        Teammate,
        audience::{self, MOST, USUAL},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{App, Problem, Request, Response, cursor, params, response};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    audience: Vec<Value>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Whom the rules match among the contacts looked at.
#[derive(Serialize)]
pub(crate) struct Preview {
    /// Of all that were looked at so far, with the pages before.
    pub(crate) matching: u64,
    pub(crate) looked_at: u64,
    /// Nobody is left to look at.
    pub(crate) complete: bool,
    /// Those of this page who match.
    pub(crate) contacts: Vec<Matching>,
    pub(crate) next_cursor: Option<String>,
}

/// Somebody whom the rules match.
#[derive(Serialize)]
pub(crate) struct Matching {
    pub(crate) id: ContactId,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) companies: Vec<CustomerCompany>,
}

impl Matching {
    /// What to call them.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(self.id.as_str())
    }

    /// Where they are.
    pub(crate) fn companies_named(&self) -> String {
        let names: Vec<_> = self.companies.iter().map(|company| company.name.as_str()).collect();
        if names.is_empty() { "No company".into() } else { names.join(", ") }
    }
}

pub(crate) async fn preview(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let Wanted { audience, cursor, limit } = request.json()?;
    let audience = conditions("audience", audience)?;
    let limit = usize::try_from(limit.unwrap_or(USUAL as u64)).ok().filter(|limit| (1..=MOST).contains(limit));
    let limit =
        limit.ok_or_else(|| Problem::invalid("invalid_limit", format!("limit is a whole number from 1 to {MOST}.")))?;
    response::json(&previewed(app, teammate, &audience, cursor.as_deref(), limit).await?)
}

/// Looks at the next `limit` contacts.
///
/// # Errors
/// 422 for conditions that cannot be; 400 `invalid_cursor` for a cursor of other conditions.
async fn previewed(
    app: &App,
    teammate: &Teammate,
    audience: &[Condition],
    cursor: Option<&str>,
    limit: usize,
) -> Result<Preview, Problem> {
    let pages = pages(app, teammate, audience);
    look(app, audience, pages.place(cursor)?, limit, &pages).await
}

/// The first page, or the one that the cursor leads to; the first again when the rules were edited since.
pub(crate) async fn for_page(
    app: &App,
    teammate: &Teammate,
    audience: &[Condition],
    cursor: Option<&str>,
) -> Result<Preview, Problem> {
    let pages = pages(app, teammate, audience);
    look(app, audience, pages.place(cursor).unwrap_or_default(), USUAL, &pages).await
}

fn pages<'a>(app: &'a App, teammate: &'a Teammate, audience: &[Condition]) -> cursor::List<'a> {
    let rules = fingerprint(&[json!(audience).to_string().as_bytes()]);
    cursor::List::of_teammate(app, &teammate.id, format!("audience {rules}"))
}

async fn look(
    app: &App,
    audience: &[Condition],
    before: Option<audience::Place>,
    limit: usize,
    pages: &cursor::List<'_>,
) -> Result<Preview, Problem> {
    let audience::Preview { matching, so_far } =
        audience::preview(&app.portal, audience, before.unwrap_or_default(), limit).await?;
    let contacts = matching.into_iter().map(|(who, of)| Matching {
        id: who.id,
        name: who.name,
        email: who.email,
        companies: of.iter().map(Into::into).collect(),
    });
    let next = so_far.after.is_some().then_some(&so_far);
    Ok(Preview {
        matching: so_far.matching,
        looked_at: so_far.looked_at,
        complete: next.is_none(),
        contacts: contacts.collect(),
        next_cursor: pages.cursor(next)?,
    })
}
