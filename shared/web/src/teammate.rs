//! stub
use crate::{App, Problem, Request};
use domain::id::TeammateId;
/// stub
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    /// stub
    pub id: TeammateId,
    /// stub
    pub name: Option<String>,
}
/// stub
/// # Errors
/// stub
pub async fn signed_in(_: &App, _: &Request) -> Result<Teammate, Problem> {
    Err(Problem::not_found())
}
