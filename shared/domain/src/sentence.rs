//! Sentences with names in them. A name that is written from right to left would also turn the words and numbers beside
//! it, so such names are isolated (Unicode Standard Annex 9).

use serde::{Serialize, Serializer};
use std::fmt;

/// A name as it stands within an English sentence. Only one that is written from right to left, or that says itself how it
/// is to be written, becomes another text.
#[must_use]
pub fn isolated(name: &str) -> String {
    if !name.chars().any(|it| is_right_to_left(it) || directs(it)) {
        return name.to_owned();
    }
    // What says how the rest is to be written would say it of the rest of the sentence, too.
    let name: String = name.chars().filter(|it| !directs(*it)).collect();
    format!("\u{2068}{name}\u{2069}")
}

/// Whether a character is of a script that is written from right to left: Hebrew, Arabic, Syriac and their neighbours.
const fn is_right_to_left(it: char) -> bool {
    matches!(it,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Whether a character embeds, overrides or isolates what follows.
const fn directs(it: char) -> bool {
    matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A sentence as people read it; programs get it without the marks around its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    shown: String,
    plain: String,
}

impl Sentence {
    /// The sentence that `words` makes, which passes every name through the function that it is given.
    pub fn of(words: impl Fn(fn(&str) -> String) -> String) -> Self {
        Self { shown: words(isolated), plain: words(str::to_owned) }
    }

    /// As programs get it.
    #[must_use]
    pub fn plain(&self) -> &str {
        &self.plain
    }
}

/// As people read it.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_right_to_left_is_isolated_and_no_other_is_touched() {
        for name in ["Ada Acker", "李 雷", "#12 (x)", "Zoë", "👩\u{200d}👧", ""] {
            assert_eq!(isolated(name), name);
        }
        for (name, shown) in [
            ("يوسف", "\u{2068}يوسف\u{2069}"),
            ("שרה 7", "\u{2068}שרה 7\u{2069}"),
            // A name cannot end its own isolation, nor turn what follows.
            ("\u{202e}evil", "\u{2068}evil\u{2069}"),
            ("a\u{2069}\u{202d}b", "\u{2068}ab\u{2069}"),
        ] {
            assert_eq!(isolated(name), shown);
        }
    }

    #[test]
    fn programs_get_a_sentence_without_marks() {
        let sentence = Sentence::of(|name| format!("{} joined {}", name("يوسف"), name("Acme")));
        assert_eq!(sentence.to_string(), "\u{2068}يوسف\u{2069} joined Acme");
        assert_eq!(serde_json::to_string(&sentence).unwrap(), "\"يوسف joined Acme\"");
        assert_eq!(sentence.plain(), "يوسف joined Acme");
    }
}
