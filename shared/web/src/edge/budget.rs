//! The time that a request has. It ends a little before Lambda would end the function, so that whoever waits is still
//! told to try again: after a timeout API Gateway answers without a word of ours.

use crate::http::problem::Problem;
use lambda_http::Context;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Kept back for making the answer.
const RESERVE: Duration = Duration::from_millis(500);
/// Where nobody says when the function ends: as long as it has in infra/template.yaml.
const USUAL: Duration = Duration::from_secs(10);

/// What is left until shortly before the function's deadline.
pub(crate) fn of(context: &Context) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = match context.deadline {
        0 => USUAL,
        millis => Duration::from_millis(millis).saturating_sub(now),
    };
    left.saturating_sub(RESERVE)
}

/// Does what takes no longer than the budget. All calls of a request share it, however many there are.
///
/// # Errors
/// 503 when it is spent. What was sent to DynamoDB by then may still happen, as when an answer gets lost: sending the
/// request again is safe for the same reason.
pub(crate) async fn spend<T>(budget: Duration, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout(budget, work).await.unwrap_or_else(|_| {
        tracing::error!(budget_ms = u64::try_from(budget.as_millis()).unwrap_or(u64::MAX), "out of time");
        Err(Problem::busy())
    })
}
