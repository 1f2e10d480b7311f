//! Which of what is known is like a text that somebody writes (docs/product.md, Look-alikes).
//!
//! By words: a search demands every word, here any of them counts, and those of the same stem; the more there are, and the
//! fewer other things have them, the more alike two texts are. By nearness (`nearness`): other forms of words, compounds and
//! misspellings count. What both say is surer than what one says.

use crate::{
    nearness::Vector,
    search::{self, Field, Match, Spot, in_pieces, is_unspaced, list_of},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Characters of a text that are compared.
pub const LONGEST: usize = 2000;
/// Words of a text that are looked for: the longest, which tell most.
const MOST_WORDS: usize = 6;
/// Letters that two words have to have in common to be of one stem.
const STEM: usize = 4;
/// What is much less alike than the best is not alike.
const LEAST: f64 = 0.3;

/// How near something has to be that has none of the words.
pub const NEAR: f64 = 0.24;
/// How little more the first of a list tells than the next ones.
const FIRST: f64 = 4.0;

/// What a text is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gist {
    /// The words that tell most, those first.
    words: Vec<String>,
    vector: Option<Vector>,
    /// Whether notes count, which teammates alone read.
    notes: bool,
}

impl Gist {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let vector = Vector::of("", text);
        let mut words: Vec<String> = Vec::new();
        for word in search::words(text).filter(|word| is_telling(word)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        // A stable sort: of equal words the first ones decide.
        words.sort_by_key(|word| Reverse(weight(word)));
        words.truncate(MOST_WORDS);
        Self { words, vector, notes: false }
    }

    /// Makes notes count as much as messages, for teammates.
    #[must_use]
    pub fn with_notes(self) -> Self {
        Self { notes: true, ..self }
    }

    /// Returns what is looked for by nearness, unless the text has no words.
    #[must_use]
    pub const fn vector(&self) -> Option<&Vector> {
        self.vector.as_ref()
    }

    /// Returns the lists of search that have its words, the most telling first: this many at most.
    #[must_use]
    pub fn lists(&self, most: usize) -> Vec<String> {
        let mut known = BTreeSet::new();
        let lists = self.words.iter().map(|word| list_of(word)).filter(|list| known.insert(list.clone()));
        lists.take(most).collect()
    }

    /// Compares it with several things, of which it is known where words stand in them. Returns which are alike, the
    /// most alike first. `is_common` says of a list that it has more than was read of it.
    #[must_use]
    pub fn rank(&self, things: &[Vec<&Spot>], is_common: impl Fn(&str) -> bool) -> Vec<usize> {
        self.likeness(things, is_common).into_iter().map(|(nth, _)| nth).collect()
    }

    /// Like [`Self::rank`]; says of each how much it is like the text in comparison with the one that is most like it.
    #[must_use]
    pub fn likeness(&self, things: &[Vec<&Spot>], is_common: impl Fn(&str) -> bool) -> Vec<(usize, f64)> {
        let mut scores = vec![0.0_f64; things.len()];
        for word in &self.words {
            let found: Vec<_> =
                things.iter().map(|spots| spots.iter().map(|it| self.fit(word, it)).fold(0.0, f64::max)).collect();
            let having = found.iter().filter(|it| **it > 0.0).count();
            if having == 0 {
                continue;
            }
            let rarity = (1.0 + things.len() as f64 / having as f64).ln();
            let rarity = if is_common(&list_of(word)) { rarity / 2.0 } else { rarity };
            scores.iter_mut().zip(found).for_each(|(score, found)| *score += rarity * found);
        }
        let best = scores.iter().copied().fold(0.0, f64::max);
        let mut alike: Vec<_> = scores.into_iter().enumerate().collect();
        alike.retain(|(_, score)| *score > 0.0 && *score >= best * LEAST);
        alike.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        alike.into_iter().map(|(nth, score)| (nth, score / best)).collect()
    }

    /// Returns where in a thing its words stand, in the place that tells most; the title, where none of them does.
    #[must_use]
    pub fn matched(&self, spots: &[&Spot], title: &str) -> Match {
        let fits = |spot: &Spot| self.words.iter().map(|word| self.fit(word, spot)).fold(0.0, f64::max);
        let best = spots.iter().filter(|it| fits(it) > 0.0).max_by(|a, b| fits(a).total_cmp(&fits(b)));
        let line = best.map(|it| it.context.as_str()).filter(|it| !it.is_empty()).unwrap_or(title);
        let hit = |word: &str| self.words.iter().any(|wanted| same(wanted, word) > 0.0);
        Match { field: best.map_or(Field::Title, |it| it.field), snippet: in_pieces(line, hit) }
    }

    /// Whether any of its words stands there.
    #[must_use]
    pub fn is_in(&self, spots: &[&Spot]) -> bool {
        spots.iter().any(|spot| self.words.iter().any(|word| self.fit(word, spot) > 0.0))
    }

    /// How well what stands at a spot fits a word, where it stands considered.
    fn fit(&self, word: &str, spot: &Spot) -> f64 {
        let place = match spot.field {
            Field::Title => 1.5,
            Field::Number | Field::Description | Field::Attribute => 1.0,
            Field::Message => 0.8,
            Field::Note if self.notes => 0.8,
            Field::Note | Field::Name => 0.0,
        };
        place * same(word, &spot.word)
    }
}

/// Puts two lists of what is alike together, each with the most alike first.
#[must_use]
pub fn fused<T: Ord + Clone>(lists: [&[T]; 2]) -> Vec<T> {
    let mut scores = BTreeMap::<&T, f64>::new();
    for list in lists {
        for (place, it) in list.iter().enumerate() {
            *scores.entry(it).or_default() += 1.0 / (FIRST + place as f64);
        }
    }
    let mut all: Vec<_> = scores.into_iter().collect();
    all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    all.into_iter().map(|(it, _)| it.clone()).collect()
}

/// Whether a word says anything by itself. In Japanese, what is written in hiragana alone mostly holds sentences together.
fn is_telling(word: &str) -> bool {
    match word.chars().next() {
        Some(first) if is_unspaced(first) => !word.chars().all(|c| matches!(c, '\u{3040}'..='\u{309f}')),
        _ => word.chars().count() >= 3,
    }
}

/// How much a word tells, more or less: long words are rare. A character of a script without spaces is worth several.
fn weight(word: &str) -> usize {
    let length = word.chars().count();
    if word.chars().next().is_some_and(is_unspaced) { 3 * length } else { length }
}

/// How sure it is that two words are the same, or of one stem.
fn same(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (shorter, longer) = (a.chars().count().min(b.chars().count()), a.chars().count().max(b.chars().count()));
    if a.chars().next().is_some_and(is_unspaced) {
        return if common == shorter { 0.6 } else { 0.0 };
    }
    if common >= STEM && common * 5 >= longer * 3 { 0.8 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Spots;

    fn spots(title: &str, message: &str) -> Vec<Spot> {
        let spots = Spots::default().with_line(Field::Title, title).with_text(Field::Message, None, message);
        spots.lists().flat_map(|(_, spots)| spots.clone()).collect()
    }

    fn order(text: &str, things: &[(&str, &str)]) -> Vec<usize> {
        let things: Vec<_> = things.iter().map(|(title, message)| spots(title, message)).collect();
        let things: Vec<Vec<&Spot>> = things.iter().map(|it| it.iter().collect()).collect();
        Gist::of(text).rank(&things, |_| false)
    }

    #[test]
    fn the_more_words_two_texts_have_in_common_the_more_alike_they_are() {
        let things = [
            ("Invoice cannot be downloaded", ""),
            ("Labels come out twice", "The label printer in hall 3 prints each of them two times"),
            ("Printer is offline", ""),
        ];
        assert_eq!(order("Label printing doubles everything", &things).first(), Some(&1));
        assert_eq!(order("invoices", &things), [0]);
        assert_eq!(order("Something else altogether", &things), Vec::<usize>::new());
        let japanese = [("印刷機が動かない", ""), ("ログインできない", "")];
        assert_eq!(order("印刷ができません", &japanese), [0]);
        let german = [("Etiketten werden doppelt gedruckt", ""), ("Rechnung fehlt", "")];
        assert_eq!(order("Etikett kommt zweimal", &german), [0]);
    }

    #[test]
    fn the_line_that_matches_is_shown_with_its_words() {
        let spots = spots("Trouble in hall 3", "It began yesterday. The printers are all offline.");
        let spots: Vec<_> = spots.iter().collect();
        let found = Gist::of("Printer is off").matched(&spots, "Trouble in hall 3");
        assert_eq!(found.field, Field::Message);
        let hits: Vec<_> = found.snippet.iter().filter(|it| it.hit).map(|it| it.text.as_str()).collect();
        assert_eq!(hits, ["printers"]);
        assert!(!Gist::of("nothing like it").is_in(&spots));
        let near = Gist::of("nothing like it").matched(&spots, "Trouble in hall 3");
        assert_eq!((near.field, near.snippet.iter().any(|it| it.hit)), (Field::Title, false));
    }

    #[test]
    fn what_is_alike_in_both_ways_comes_before_what_is_in_one() {
        assert_eq!(fused([&["a", "b", "c"], &["c", "d"]]), ["c", "a", "b", "d"]);
        assert_eq!(fused([&["a", "b"], &[]]), ["a", "b"]);
        assert!(fused::<u8>([&[], &[]]).is_empty());
    }

    #[test]
    fn notes_count_for_teammates_alone() {
        let spots = Spots::default().with_line(Field::Title, "Trouble in hall 3");
        let spots = spots.with_text(Field::Note, None, "The firmware of the printer is at fault");
        let spots: Vec<_> = spots.lists().flat_map(|(_, spots)| spots).collect();
        let gist = Gist::of("New firmware");
        assert_eq!((gist.rank(std::slice::from_ref(&spots), |_| false), gist.is_in(&spots)), (vec![], false));
        let gist = gist.with_notes();
        assert_eq!(gist.rank(std::slice::from_ref(&spots), |_| false), [0]);
        assert_eq!(gist.matched(&spots, "").field, Field::Note);
    }

    #[test]
    fn a_text_of_signs_or_of_small_words_has_no_gist() {
        for text in ["", "  ", "?!", "a b", "です"] {
            assert_eq!(Gist::of(text), Gist::default(), "{text:?}");
        }
        let long = Gist::of("one three printers elephants of and an extraordinary amount everywhere suddenly");
        assert_eq!(long.lists(9).len(), MOST_WORDS);
        assert_eq!(long.lists(2), ["ext", "eve"]);
    }
}
