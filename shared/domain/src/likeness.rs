//! Which of what is known is like a text that somebody writes, by their words (docs/product.md, Look-alikes).
//!
//! A search demands every word. Here any of them counts, and those of the same stem: the more there are, and the fewer
//! other things have them, the more alike two texts are.

use crate::search::{self, Field, Match, Spot, in_pieces, is_unspaced, list_of};
use std::{cmp::Reverse, collections::BTreeSet};

/// Characters of a text that are compared.
pub const LONGEST: usize = 2000;
/// Words of a text that are looked for: the longest, which tell most.
const MOST_WORDS: usize = 6;
/// Letters that two words have to have in common to be of one stem.
const STEM: usize = 4;
/// What is much less alike than the best is not alike.
const LEAST: f64 = 0.3;

/// The words of a text that tell most of what it is about, those first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gist {
    words: Vec<String>,
    /// Whether notes count, which teammates alone read.
    notes: bool,
}

impl Gist {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        for word in search::words(text).filter(|word| is_telling(word)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        // A stable sort: of equal words the first ones decide.
        words.sort_by_key(|word| Reverse(weight(word)));
        words.truncate(MOST_WORDS);
        Self { words, notes: false }
    }

    /// Makes notes count as much as messages, for teammates.
    #[must_use]
    pub fn with_notes(self) -> Self {
        Self { notes: true, ..self }
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

    /// Returns where in a thing its words stand, in the place that tells most. `None` where none of them does.
    #[must_use]
    pub fn matched(&self, spots: &[&Spot], title: &str) -> Option<Match> {
        let fits = |spot: &Spot| self.words.iter().map(|word| self.fit(word, spot)).fold(0.0, f64::max);
        let best = spots.iter().filter(|it| fits(it) > 0.0).max_by(|a, b| fits(a).total_cmp(&fits(b)))?;
        let line = if best.context.is_empty() { title } else { &best.context };
        let hit = |word: &str| self.words.iter().any(|wanted| same(wanted, word) > 0.0);
        Some(Match { field: best.field, snippet: in_pieces(line, hit) })
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
        let found = Gist::of("Printer is off").matched(&spots, "Trouble in hall 3").unwrap();
        assert_eq!(found.field, Field::Message);
        let hits: Vec<_> = found.snippet.iter().filter(|it| it.hit).map(|it| it.text.as_str()).collect();
        assert_eq!(hits, ["printers"]);
        assert_eq!(Gist::of("nothing like it").matched(&spots, "Trouble"), None);
    }

    #[test]
    fn notes_count_for_teammates_alone() {
        let spots = Spots::default().with_line(Field::Title, "Trouble in hall 3");
        let spots = spots.with_text(Field::Note, None, "The firmware of the printer is at fault");
        let spots: Vec<_> = spots.lists().flat_map(|(_, spots)| spots).collect();
        let gist = Gist::of("New firmware");
        assert_eq!((gist.rank(std::slice::from_ref(&spots), |_| false), gist.matched(&spots, "")), (vec![], None));
        let gist = gist.with_notes();
        assert_eq!(gist.rank(std::slice::from_ref(&spots), |_| false), [0]);
        assert_eq!(gist.matched(&spots, "").unwrap().field, Field::Note);
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
