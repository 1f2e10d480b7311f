//! HTTP, as every function speaks it: an event becomes a request, a cookie a person, a refusal a problem, a template a
//! page. It contains no rule of the product; those are in `domain`, and what people can do is in `portal`.
//!
//! Its rooms, each of which uses only those before it:
//! - `base`: keys and addresses, and what handlers work with;
//! - `http`: request, parameters, answer, problem, and whether the answer that a client has is still current;
//! - `identity`: who sends a request;
//! - `pages`: the shell around every page, and problems as pages;
//! - `edge`: from the event to the function's route and back.

mod base;
mod edge;
mod http;
mod identity;
mod pages;

pub use base::{app::App, config, config::Config, signing};
pub use edge::{
    event, function,
    function::{Function, Route},
    start::run,
    stream, telemetry,
};
pub use http::{
    body::Same,
    cursor, fresh,
    origin::previous_page,
    params,
    problem::Problem,
    request::Request,
    response::{self, Response},
};
pub use identity::{NotSignedIn, hint, session_cookie, set_cookie, teammate, viewing, visitor};
pub use pages::{look, menu, refine, script, shell as page, text, thread, ticket, typed};
