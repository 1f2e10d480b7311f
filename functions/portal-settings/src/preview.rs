//! Previews of whom audience rules match, as JSON and for the page.

use crate::settings::conditions;
use domain::{condition::Condition, id::ContactId, projection::CustomerCompany, sentence::isolated};
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

/// The result of checking a page of contacts.
#[derive(Serialize)]
pub(crate) struct Preview {
    /// How many contacts matched, with all earlier pages.
    pub(crate) matching: u64,
    pub(crate) looked_at: u64,
    /// Whether all contacts have been checked.
    pub(crate) complete: bool,
    /// The contacts of this page who match.
    pub(crate) contacts: Vec<Matching>,
    pub(crate) next_cursor: Option<String>,
}

/// A contact whom the rules match.
#[derive(Serialize)]
pub(crate) struct Matching {
    pub(crate) id: ContactId,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) companies: Vec<CustomerCompany>,
}

impl Matching {
    /// Their name, else their e-mail address, else their id.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(self.id.as_str())
    }

    /// The names of their companies.
    pub(crate) fn companies_named(&self) -> String {
        let names: Vec<_> = self.companies.iter().map(|company| isolated(&company.name)).collect();
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

/// Checks the next `limit` contacts.
///
/// # Errors
/// 422 for conditions that are not valid; 400 `invalid_cursor` for a cursor of other conditions.
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

/// Makes the page to which the cursor leads, or the first one if it does not fit, as after the rules were edited.
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
