//! Identifiers. Each kind has its own type and is checked once, when it enters the system.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a string is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The vendor's own ids may have any form but not any length.
    #[error("{what} id must be 1 to 256 bytes, not {bytes}")]
    Length {
        /// The kind of thing that the id was for.
        what: &'static str,
        /// The length of the rejected id.
        bytes: usize,
    },
    /// The id would not be safe in a URL path.
    #[error("{what} id must match [A-Za-z0-9_-]{{1,64}}")]
    Form {
        /// The kind of thing that the id was for.
        what: &'static str,
    },
}

fn any_string(what: &'static str, id: &str) -> Result<(), IdError> {
    match id.len() {
        1..=256 => Ok(()),
        bytes => Err(IdError::Length { what, bytes }),
    }
}

fn path_segment(what: &'static str, id: &str) -> Result<(), IdError> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=64).contains(&id.len()) && id.bytes().all(unreserved) { Ok(()) } else { Err(IdError::Form { what }) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the form of an id and wraps it.
            ///
            /// # Errors
            /// [`IdError`] when the form is not allowed.
            pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
                let id = id.into();
                $rule($what, &id)?;
                Ok(Self(id))
            }

            /// Returns the id as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(id: String) -> Result<Self, IdError> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id!(/** Chosen by the vendor: any string. */ ContactId, "contact", any_string);
id!(/** Chosen by the vendor: any string. */ CompanyId, "company", any_string);
id!(/** Chosen by the staff identity provider: any string. */ TeammateId, "teammate", any_string);
id!(TicketId, "ticket", path_segment);
id!(ConversationId, "conversation", path_segment);
id!(/** A message or note in a conversation. */ PartId, "conversation part", path_segment);
id!(TypeId, "ticket type", path_segment);
id!(StateId, "ticket state", path_segment);
id!(/** Made of the image itself. */ LogoId, "logo", path_segment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_id_is_any_string_of_1_to_256_bytes() {
        for id in ["a", "Acme & Söhne #1/2", "..", "\0", "none", &"x".repeat(256)] {
            assert!(CompanyId::new(id).is_ok(), "{id:?}");
        }
        assert!(CompanyId::new("").is_err());
        assert!(ContactId::new("é".repeat(129)).is_err());
    }

    #[test]
    fn an_id_in_a_path_has_no_character_that_a_path_could_change() {
        assert!(TicketId::new("tk-1_A").is_ok());
        for id in ["", "a/b", "%2e", "a#b", "..", "a\0", "é", " a", &"x".repeat(65)] {
            assert!(TicketId::new(id).is_err(), "{id:?}");
        }
    }
}
