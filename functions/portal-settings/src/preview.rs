//! Whom audience rules match, from the records: the same decision as at the door, contact by contact, a bounded number of
//! them a request.

use crate::settings::{conditions, unfit};
use domain::{
    condition::{self, Condition},
    id::ContactId,
    projection::CustomerCompany,
    settings::verify_conditions,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{
    App, Problem, Request, Response, cursor,
    params::{self, invalid},
    response,
    teammate::Teammate,
    words::fingerprint,
};

/// Contacts that one request looks at, unless it says otherwise.
pub(crate) const USUAL: usize = 50;
/// And at most: each is a query.
const MOST: usize = 200;

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

/// Where a preview goes on, and what it has come to.
#[derive(Serialize, Deserialize)]
struct Place {
    after: Option<String>,
    matching: u64,
    looked_at: u64,
}

pub(crate) async fn preview(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let Wanted { audience, cursor, limit } = request.json()?;
    let audience = conditions("audience", audience)?;
    let limit = usize::try_from(limit.unwrap_or(USUAL as u64)).ok().filter(|limit| (1..=MOST).contains(limit));
    let limit = limit.ok_or_else(|| invalid("invalid_limit", format!("limit is a whole number from 1 to {MOST}.")))?;
    Ok(response::json(&previewed(app, teammate, &audience, cursor.as_deref(), limit).await?))
}

/// Looks at the next `limit` contacts.
///
/// # Errors
/// 422 for conditions that cannot be; 400 `invalid_cursor` for a cursor of other conditions.
pub(crate) async fn previewed(
    app: &App,
    teammate: &Teammate,
    audience: &[Condition],
    cursor: Option<&str>,
    limit: usize,
) -> Result<Preview, Problem> {
    verify_conditions("audience", audience).map_err(unfit)?;
    let list = format!("audience {}", fingerprint(&[json!(audience).to_string().as_bytes()]));
    let before = match cursor {
        Some(cursor) => cursor::open_for_desk(app, &teammate.id, &list, cursor)?,
        None => Place { after: None, matching: 0, looked_at: 0 },
    };
    let page = app.store.people(before.after.as_deref(), limit).await?;
    let looked_at = before.looked_at + page.people.len() as u64;
    let matching = page.people.into_iter().filter(|(who, of)| condition::all_hold(audience, who, of));
    let contacts: Vec<_> = matching
        .map(|(who, of)| Matching {
            id: who.id,
            name: who.name,
            email: who.email,
            companies: of.iter().map(Into::into).collect(),
        })
        .collect();
    let matching = before.matching + contacts.len() as u64;
    let next = page.next.map(|after| Place { after: Some(after), matching, looked_at });
    Ok(Preview {
        matching,
        looked_at,
        complete: next.is_none(),
        contacts,
        next_cursor: next.and_then(|at| cursor::make_for_desk(app, &teammate.id, &list, &at)),
    })
}
