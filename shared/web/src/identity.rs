mod claims;
pub(crate) mod cookie;
mod credential;
pub mod hint;
pub mod session_cookie;
pub mod teammate;
pub mod viewing;
pub mod visitor;

pub use cookie::set_cookie;
pub use visitor::NotSignedIn;
