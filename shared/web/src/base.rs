pub(crate) mod app;
pub mod config;
pub mod signing;
mod suffix;
