//! The time that a request may take. It ends a little before Lambda would end the function, so that the client is still
//! told to try again: after a timeout of the function, API Gateway answers with an error of its own.

use crate::http::problem::Problem;
use lambda_http::Context;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time that is kept back for making the answer.
const RESERVE: Duration = Duration::from_millis(500);
/// The budget when the context has no deadline: the function's timeout in infra/template.yaml.
const USUAL: Duration = Duration::from_secs(10);

/// The time that is left until shortly before the function's deadline.
pub(crate) fn of(context: &Context) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = match context.deadline {
        0 => USUAL,
        millis => Duration::from_millis(millis).saturating_sub(now),
    };
    left.saturating_sub(RESERVE)
}

/// Does the work, unless it takes longer than the budget, which all calls of a request share.
///
/// # Errors
/// 503 when the budget is spent. What was sent to DynamoDB by then may still happen, just as when an answer is lost on
/// its way, and sending the request again is safe for the same reason.
pub(crate) async fn spend<T>(budget: Duration, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout(budget, work).await.unwrap_or_else(|_| {
        tracing::error!(budget_ms = u64::try_from(budget.as_millis()).unwrap_or(u64::MAX), "out of time");
        Err(Problem::busy())
    })
}
