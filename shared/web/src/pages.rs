pub mod look;
pub mod menu;
pub(crate) mod problem;
pub mod script;
pub mod shell;
pub mod text;
pub mod thread;
pub mod ticket;
