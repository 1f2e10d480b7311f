mod budget;
pub mod event;
pub mod function;
pub(crate) mod start;
pub mod telemetry;
