//! Reading the files under `local/demo`, which are compiled in.

use serde::de::DeserializeOwned;

/// A mistake in a file of the demo data: which file, what is wrong, and at which line and column.
#[derive(Debug, thiserror::Error)]
#[error("local/demo/{name}: {error}")]
pub struct Unreadable {
    name: &'static str,
    error: serde_yaml_ng::Error,
}

/// Reads a file by its path under `local/demo`.
macro_rules! read {
    ($name:literal) => {
        $crate::demo::file::parse($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/demo/", $name)))
    };
}
pub(super) use read;

pub(super) fn parse<T: DeserializeOwned>(name: &'static str, text: &str) -> Result<T, Unreadable> {
    serde_yaml_ng::from_str(text).map_err(|error| Unreadable { name, error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{Alike, Cast, Conversations, catalog, scenario::Scenario, scenario::Scenarios};

    #[test]
    fn every_file_can_be_read() {
        let (catalog, cast) = (catalog::lines().map(drop), Cast::read().map(drop));
        let alike = Alike::read().map(drop);
        for read in [catalog, cast, alike, Scenarios::read().map(drop), Conversations::read().map(drop)] {
            assert!(read.is_ok(), "{}", read.unwrap_err());
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_file_and_place() {
        let good =
            "- type: bug\n  topic: Labels\n  titles: [It fails]\n  description: It fails.\n  steps:\n    - ask: Why?\n";
        assert!(parse::<Vec<Scenario>>("x.yaml", good).is_ok());
        for (part, mistake, expected) in [
            ("topic", "subject", "unknown field `subject`"),
            ("  topic: Labels\n", "", "missing field `topic`"),
            ("bug", "bugg", "unknown variant `bugg`"),
            ("ask", "aks", "unknown variant `aks`"),
            ("Why?\n", "Why?\n      them: So.\n", "single key"),
            ("[It fails]", "[{n} fail]", "expected a string"),
            ("It fails.", "It fails: always", "mapping values are not allowed"),
            ("Why?\n", "Why?\n  more: 1\n", "unknown field `more`"),
        ] {
            let text = good.replacen(part, mistake, 1);
            let error = parse::<Vec<Scenario>>("x.yaml", &text).map(drop).unwrap_err().to_string();
            let place = error.starts_with("local/demo/x.yaml: ") && error.contains(" at line ");
            assert!(place && error.contains(expected), "{error}");
        }
    }
}
