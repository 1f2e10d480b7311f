pub mod look;
pub mod menu;
pub(crate) mod problem;
pub mod shell;
pub mod text;
