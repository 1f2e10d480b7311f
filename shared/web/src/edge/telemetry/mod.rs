//! Logs and metrics: one line of JSON per request. It never contains a token, an address, a title, a body, a cookie, a
//! query or a company's id. People appear under pseudonyms that only this deployment can work out.
//!
//! A line has what Lambda's JSON log format reads (`level`, `timestamp`, `requestId`) and, when deployed, what
//! CloudWatch turns into metrics (the embedded metric format), so that neither needs an agent or requests of its own.

mod fed;
mod init;
mod log;
mod metrics;
mod panics;
mod record;

pub use log::start;

pub(crate) use fed::{Fed, fed};
pub(crate) use init::Init;
pub(crate) use panics::quiet_panics;
pub(crate) use record::{Invocation, Outcome, answered};
