//! Where customers ask the vendor's support when a page cannot help them.

use crate::address;
use std::{fmt::Write, str::FromStr};

/// Bytes of an e-mail address (RFC 5321, section 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// How customers reach the vendor's support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupportContact {
    /// An e-mail address.
    Email(String),
    /// The `https` address of a page.
    Page(String),
}

/// The text is neither an e-mail address nor an `https` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be an e-mail address such as support@example.com, or an https address without a user name")]
pub struct NoContact;

impl FromStr for SupportContact {
    type Err = NoContact;

    fn from_str(text: &str) -> Result<Self, NoContact> {
        match text {
            url if url.starts_with("https://") && address::is_safe(url) => Ok(Self::Page(url.into())),
            email if is_email(email) => Ok(Self::Email(email.into())),
            _ => Err(NoContact),
        }
    }
}

impl SupportContact {
    /// Returns the address to which a link leads.
    #[must_use]
    pub fn link(&self) -> String {
        match self {
            Self::Page(url) => url.clone(),
            Self::Email(email) => {
                let mut link = String::from("mailto:");
                for byte in email.bytes() {
                    // In such an address `?` begins fields of the mail (RFC 6068).
                    match byte {
                        b'@' | b'.' | b'-' | b'_' | b'+' => link.push(char::from(byte)),
                        byte if byte.is_ascii_alphanumeric() => link.push(char::from(byte)),
                        byte => drop(write!(link, "%{byte:02X}")),
                    }
                }
                link
            }
        }
    }
}

/// Whether it is an address that every mail program takes from a link: one that needs no quotes, in ASCII, as browsers demand
/// of a field for one. What a contact's own address may be is a wider question ([`crate::limit::email`]).
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let in_user = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= LONGEST_EMAIL && !user.is_empty() && user.bytes().all(in_user) && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_is_reached_by_mail_or_at_an_https_address() {
        for (text, link) in [
            ("support@vendor.example", "mailto:support@vendor.example"),
            ("help+eu@support.vendor.example", "mailto:help+eu@support.vendor.example"),
            ("a?subject=b&c%@vendor.example", "mailto:a%3Fsubject%3Db%26c%25@vendor.example"),
            ("o'neil@vendor.example", "mailto:o%27neil@vendor.example"),
            ("https://vendor.example/contact?from=portal#form", "https://vendor.example/contact?from=portal#form"),
        ] {
            assert_eq!(text.parse::<SupportContact>().unwrap().link(), link);
        }
    }

    #[test]
    fn what_a_browser_could_take_for_more_than_an_address_is_refused() {
        for bad in [
            "",
            "support",
            "@vendor.example",
            "support@",
            "support@vendor..example",
            "support@-vendor.example",
            "a b@vendor.example",
            "a@b@vendor.example",
            "\"a\"@vendor.example",
            "<script>@vendor.example",
            "support@vendor.example\n",
            "support@vendör.example",
            "mailto:support@vendor.example",
            "javascript:alert(1)",
            "javascript:alert(1)//@vendor.example",
            "JAVASCRIPT:alert`1`",
            "data:text/html,x",
            "http://vendor.example/",
            "http://127.0.0.1/",
            "https://user@vendor.example/",
            "https://vendor.example/\"onclick=\"x",
            "//vendor.example/",
            "+44 20 7946 0000",
            &format!("{}@vendor.example", "x".repeat(240)),
        ] {
            assert_eq!(bad.parse::<SupportContact>(), Err(NoContact), "{bad:?}");
        }
    }
}
