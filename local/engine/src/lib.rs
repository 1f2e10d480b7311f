//! The DynamoDB-compatible engine that runs inside `cargo run`, `admin` and the tests, served on loopback.
