mod budget;
pub mod event;
pub mod function;
pub(crate) mod start;
pub mod stream;
pub mod telemetry;
