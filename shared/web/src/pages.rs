pub mod look;
pub mod menu;
pub(crate) mod problem;
pub mod script;
pub mod shell;
pub mod text;
