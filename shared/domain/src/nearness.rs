//! How near two texts are to each other, in whatever words they say it (docs/product.md, Look-alikes).
//!
//! A text is turned into a vector, without a model and without asking anybody: each of its words, the beginning and the
//! pieces of each, and pairs of characters where a script has no spaces, are thrown into one of many dimensions by their
//! hash. Texts are near where much of that is the same, so that other forms of a word, compounds and misspellings count.

use crate::search::{folded, is_unspaced};
use std::{collections::BTreeMap, iter};

/// Numbers of a vector. The index of the table has as many.
pub const DIMENSIONS: usize = 512;

/// Characters of a text that count.
const LONGEST: usize = 4000;
/// How much more a title counts than what follows it.
const OF_TITLE: f64 = 1.5;
/// Letters of a word that tells something.
const SHORTEST: usize = 3;
/// Lengths of the pieces of words.
const PIECES: [usize; 2] = [3, 4];
/// Letters of a beginning that stands for its word's other forms.
const BEGINNING: usize = 4;
/// The length of a vector, in whole numbers: long enough that rounding loses nothing that matters.
const LENGTH: f64 = 100.0;

/// A text as a direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector(Vec<i8>);

impl Vector {
    /// Returns the vector of a text and its title. `None` where there are no words.
    #[must_use]
    pub fn of(title: &str, text: &str) -> Option<Self> {
        let mut features = BTreeMap::new();
        for (text, weight) in [(title, OF_TITLE), (text, 1.0)] {
            let text: String = text.chars().take(LONGEST).collect();
            for word in folded(&text).split(|c: char| !c.is_alphanumeric()) {
                let word: Vec<char> = word.chars().collect();
                add_word(&word, weight, &mut features);
            }
        }
        let mut numbers = vec![0.0_f64; DIMENSIONS];
        for (hash, weight) in features {
            let sign = if hash & 1 == 0 { 1.0 } else { -1.0 };
            let at = usize::try_from((hash >> 1) % DIMENSIONS as u64).unwrap_or_default();
            if let Some(number) = numbers.get_mut(at) {
                // What is said twice does not count twice.
                *number += sign * f64::sqrt(weight);
            }
        }
        let length = numbers.iter().map(|it| it * it).sum::<f64>().sqrt();
        if length == 0.0 {
            return None;
        }
        // Casts of floats saturate.
        #[allow(clippy::cast_possible_truncation)]
        let rounded = numbers.iter().map(|it| (it / length * LENGTH).round() as i8);
        Some(Self(rounded.collect()))
    }

    /// Returns its numbers, [`DIMENSIONS`] of them.
    #[must_use]
    pub fn numbers(&self) -> &[i8] {
        &self.0
    }
}

/// Adds what a word, or a stretch of a script without spaces, consists of.
fn add_word(word: &[char], weight: f64, features: &mut BTreeMap<u64, f64>) {
    let mut add = |kind: u8, piece: &[char], share: f64| {
        *features.entry(hash(kind, piece)).or_default() += weight * share;
    };
    if word.iter().copied().any(is_unspaced) {
        word.iter().filter(|c| is_ideograph(**c)).for_each(|c| add(b'1', &[*c], 0.5));
        // What is written in hiragana alone mostly holds sentences together.
        let tells = |pair: &&[char]| !pair.iter().all(|c| matches!(c, '\u{3040}'..='\u{309f}'));
        word.windows(2).filter(tells).for_each(|pair| add(b'2', pair, 1.0));
    } else if word.len() >= SHORTEST {
        add(b'w', word, 1.0);
        let bounded: Vec<char> = iter::once('^').chain(word.iter().copied()).chain(['$']).collect();
        for length in PIECES {
            bounded.windows(length).for_each(|piece| add(b'p', piece, 0.5));
        }
        if let Some((beginning, [_, ..])) = word.split_at_checked(BEGINNING) {
            add(b'b', beginning, 1.0);
        }
    }
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A hash that never changes: vectors are kept. FNV-1a, with the bits mixed once more, because low ones decide.
fn hash(kind: u8, piece: &[char]) -> u64 {
    let bytes = iter::once(kind).chain(piece.iter().flat_map(|c| u32::from(*c).to_le_bytes()));
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (sum ^ (sum >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f64 {
        let [a, b] = [a, b].map(|text| Vector::of(text, "").unwrap());
        let dot = |a: &Vector, b: &Vector| {
            a.numbers().iter().zip(b.numbers()).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
        };
        dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
    }

    #[test]
    fn other_forms_compounds_and_misspellings_of_words_are_near_and_other_things_are_not() {
        for (a, b, other) in [
            ("Invoices are not sent", "Invoice was never sent", "Warehouse map is outdated"),
            ("CSV exprot not working", "CSV export does not work", "Printer out of paper"),
            ("Passwort vergessen", "Passwortvergessen-Mail kommt nicht", "Lagerplan veraltet"),
            ("請求書が届かない", "請求書の送付が遅れている", "倉庫の地図が古い"),
            ("Straße fehlt", "STRASSE FEHLT!", "Neue Farben"),
        ] {
            assert!(cosine(a, b) > 0.25, "{a} / {b}: {}", cosine(a, b));
            assert!(cosine(a, other) < 0.2, "{a} / {other}: {}", cosine(a, other));
        }
    }

    #[test]
    fn a_text_without_words_has_no_direction() {
        for text in ["", " ", "?! … 🎉", "a b"] {
            assert_eq!(Vector::of(text, text), None, "{text}");
        }
        assert_eq!(Vector::of(&"x".repeat(100_000), "").unwrap().numbers().len(), DIMENSIONS);
    }

    #[test]
    fn a_vector_is_the_same_in_every_version_because_it_is_kept() {
        let numbers = Vector::of("Label printer prints every label twice", "Since Monday, in hall 3.").unwrap();
        let sum = numbers.numbers().iter().enumerate().map(|(nth, it)| nth as i64 * i64::from(*it)).sum::<i64>();
        assert_eq!(sum, -17_367);
    }
}
