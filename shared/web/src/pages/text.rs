//! Text that people wrote: web addresses in it become links, and everything else stays plain text.

use linkify::{LinkFinder, LinkKind};

/// A stretch of text. The template escapes both kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stretch<'a> {
    Plain(&'a str),
    /// An `http` or `https` address.
    Link(&'a str),
}

/// Splits a text into its stretches, in order.
#[must_use]
pub fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let is_web = |address: &str| address.starts_with("https://") || address.starts_with("http://");
    let spans = finder.spans(text).map(|span| match span.kind() {
        Some(_) if is_web(span.as_str()) => Stretch::Link(span.as_str()),
        _ => Stretch::Plain(span.as_str()),
    });
    spans.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        let text = "See https://a.example/x?y=1. Not javascript:alert(1), ftp://a.example or <b>bold</b>";
        let links: Vec<_> = stretches(text).into_iter().filter(|it| matches!(it, Stretch::Link(_))).collect();
        assert_eq!(links, [Stretch::Link("https://a.example/x?y=1")]);
        let whole: String = stretches(text)
            .iter()
            .map(|it| match it {
                Stretch::Plain(t) | Stretch::Link(t) => *t,
            })
            .collect();
        assert_eq!(whole, text);
    }
}
