//! What every function does the same way: turn an event into a request, a cookie into a person, an error into a
//! problem, words into a page, and start up.
//!
//! It knows no rule of the product; those are in `domain`.

pub mod app;
mod claims;
pub mod config;
mod credential;
pub mod cursor;
pub mod event;
pub mod fresh;
pub mod function;
pub mod hint;
pub mod identity;
pub mod look;
mod origin;
pub mod page;
pub mod params;
pub mod probe;
pub mod problem;
pub mod request;
pub mod response;
pub mod script;
pub mod session_cookie;
pub mod signing;
mod start;
pub mod teammate;
pub mod telemetry;
pub mod text;
pub mod viewing;
pub mod words;

pub use app::{App, Clock};
pub use config::Config;
pub use function::{Function, Route};
pub use identity::NotSignedIn;
pub use problem::Problem;
pub use request::Request;
pub use response::Response;
pub use start::run;
pub use teammate::Teammate;
