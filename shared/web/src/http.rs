pub mod cursor;
pub mod fresh;
pub(crate) mod origin;
pub mod params;
pub(crate) mod problem;
pub(crate) mod refusal;
pub(crate) mod request;
pub mod response;
