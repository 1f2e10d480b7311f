//! Search (docs/product.md, Search): the words of a text and where they stand, the lists in which the index has them, and
//! queries.
//!
//! The index has one list for each beginning of words: three letters of a script that puts spaces between words, one
//! character of a script that does not. Whoever looks for a word, or the beginning of one, reads the list of its own
//! beginning, however large the table is.

use icu_normalizer::{DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed};
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, iter, ops::Range};

/// Characters of a word that are compared; the rest is ignored.
const LONGEST_WORD: usize = 32;
/// Letters of the beginnings that have lists, in scripts that put spaces between words.
const BEGINNING: usize = 3;
/// Words of a query that have to occur. Of more, the longest decide: they tell most.
const MOST_TERMS: usize = 8;
/// The most lists that hold a text because of its words. Only texts of more than some 10,000 words have more.
const MOST_LISTS: usize = 1500;
/// Bytes of a text before a word, and from its beginning on, that are kept with it.
const BEFORE: usize = 32;
const AFTER: usize = 72;

/// A word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is compared: without accents and case.
    pub folded: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// Returns the words in a text in the form in which they are compared: in order, without accents or case.
///
/// "Straße", "STRASSE" and "strasse" are the same word, and so are "Müller" and "muller".
pub fn words(text: &str) -> impl Iterator<Item = String> {
    words_in(text).into_iter().map(|word| word.folded)
}

/// Returns the words in a text with their places. Text of a script without spaces is taken apart into its words.
#[must_use]
pub fn words_in(text: &str) -> Vec<Word> {
    let (mut words, mut begun) = (Vec::new(), None);
    for (at, c) in text.char_indices() {
        if stands_in_words(c) {
            begun.get_or_insert(at);
        } else if let Some(from) = begun.take() {
            take_apart(text, from..at, &mut words);
        }
    }
    if let Some(from) = begun {
        take_apart(text, from..text.len(), &mut words);
    }
    words
}

fn stands_in_words(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_mark(c) || folded_chars(iter::once(c)).any(char::is_alphanumeric)
}

/// Whether a character only changes the one before it.
fn is_mark(c: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(c) != 0
}

/// Adds the words of a stretch of text that has no space in it.
fn take_apart(text: &str, stretch: Range<usize>, words: &mut Vec<Word>) {
    let within = &text[stretch.clone()];
    if !within.chars().any(is_unspaced) {
        return add(within, stretch.start, words);
    }
    let segmenter: WordSegmenterBorrowed<'static> = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
    let breaks: Vec<_> = segmenter.segment_str(within).collect();
    for (from, to) in breaks.iter().zip(breaks.iter().skip(1)) {
        add(&within[*from..*to], stretch.start + from, words);
    }
}

fn add(word: &str, at: usize, words: &mut Vec<Word>) {
    // What is one character to the eye can be several words, such as a fraction.
    let folded = folded(word);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    words.extend(
        parts.map(|part| Word { folded: part.chars().take(LONGEST_WORD).collect(), range: at..at + word.len() }),
    );
}

/// Whether a character is of a script that does not put spaces between words.
pub(crate) const fn is_unspaced(c: char) -> bool {
    matches!(c,
        // Thai, Lao; Burmese; Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        // Kana; Chinese characters.
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}'
        | '\u{3005}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn folded_chars(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text);
    // To upper case first: some letters have several lower-case forms, or none that is a single letter.
    decomposed.filter(|c| !is_mark(*c)).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Returns a text without accents or case.
#[must_use]
pub fn folded(text: &str) -> String {
    folded_chars(text.chars()).collect()
}

/// Returns the beginning of a word that has a list; a shorter word is its own.
pub(crate) fn list_of(word: &str) -> String {
    let length = if word.chars().next().is_some_and(is_unspaced) { 1 } else { BEGINNING };
    word.chars().take(length).collect()
}

/// What a word stands in. What is found in the first of these is shown first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Number,
    Title,
    Description,
    Attribute,
    Message,
    Note,
    /// The name of a person or company.
    Name,
}

/// A word of a text, with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    #[serde(rename = "f")]
    pub field: Field,
    /// The attribute's name, where it stands in one.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// As it is compared.
    #[serde(rename = "w")]
    pub word: String,
    /// The line around it; empty where the whole text is at hand.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub context: String,
}

/// What the index has of something, by list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spots(BTreeMap<String, Vec<Spot>>);

impl Spots {
    /// The list of everything, whose name is empty.
    #[must_use]
    pub fn of_all() -> Self {
        Self(BTreeMap::from([(String::new(), Vec::new())]))
    }

    /// Adds each word of a text once, with what stands around it where it stands first.
    #[must_use]
    pub fn with_text(self, field: Field, attribute: Option<&str>, text: &str) -> Self {
        self.with_words(field, attribute, text, true)
    }

    /// The same for a text that is at hand wherever something is found in it.
    #[must_use]
    pub fn with_line(self, field: Field, text: &str) -> Self {
        self.with_words(field, None, text, false)
    }

    /// Adds a ticket's number.
    #[must_use]
    pub fn with_number(mut self, number: u64) -> Self {
        let word = numbered(number);
        let spot = Spot { field: Field::Number, attribute: None, word: word.clone(), context: String::new() };
        self.0.entry(word).or_default().push(spot);
        self
    }

    fn with_words(mut self, field: Field, attribute: Option<&str>, text: &str, around: bool) -> Self {
        for Word { folded, range } in words_in(text) {
            let list = list_of(&folded);
            if self.0.len() >= MOST_LISTS && !self.0.contains_key(&list) {
                continue;
            }
            let spots = self.0.entry(list).or_default();
            let is_there =
                |spot: &Spot| (spot.field, spot.attribute.as_deref()) == (field, attribute) && spot.word == folded;
            if !spots.iter().any(is_there) {
                let context = if around { line_around(text, &range) } else { String::new() };
                spots.push(Spot { field, attribute: attribute.map(str::to_owned), word: folded, context });
            }
        }
        self
    }

    /// Returns the lists, each with what it has to hold.
    pub fn lists(&self) -> impl Iterator<Item = (&String, &Vec<Spot>)> {
        self.0.iter()
    }
}

fn numbered(number: u64) -> String {
    format!("#{number}")
}

/// Returns what stands around a word, in one line.
fn line_around(text: &str, word: &Range<usize>) -> String {
    let from = text.ceil_char_boundary(word.start.saturating_sub(BEFORE));
    let to = text.floor_char_boundary((word.start + AFTER).max(word.end.min(word.start + 2 * AFTER)).min(text.len()));
    // Words are not cut where there is a space to cut at.
    let from =
        if from == 0 { 0 } else { text[from..word.start].find(char::is_whitespace).map_or(from, |at| from + at) };
    let rest = text.get(word.end..to).unwrap_or_default();
    let to = if to == text.len() { to } else { rest.rfind(char::is_whitespace).map_or(to, |at| word.end + at) };
    let line = text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    format!("{before}{line}{after}")
}

/// A piece of a text, which is what was looked for or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

/// Where something was found, with the line in which it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The last place that had to be looked at for all words to occur.
    #[serde(rename = "in")]
    pub field: Field,
    /// The line, in pieces.
    pub snippet: Vec<Piece>,
}

impl Match {
    /// Whether the line is the title.
    #[must_use]
    pub const fn is_in_title(&self) -> bool {
        matches!(self.field, Field::Title | Field::Number)
    }
}

/// What a person is looking for. It is found where each of its words is a word, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<Term>,
}

/// One of the words of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A word or its beginning. What has less than three letters is taken for a whole word.
    Word(String),
    /// `#1042`: a ticket's number.
    Number(u64),
    /// `1042`: the number, or a word.
    Either(u64, String),
}

impl Term {
    /// Whether it means this word of the index.
    #[must_use]
    pub fn fits(&self, word: &str) -> bool {
        match self {
            Self::Word(wanted) => begins(word, wanted),
            Self::Number(number) => word == numbered(*number),
            Self::Either(number, wanted) => word == numbered(*number) || begins(word, wanted),
        }
    }

    /// Returns the list of what it means as a word, if it can be one.
    #[must_use]
    pub fn list(&self) -> Option<String> {
        match self {
            Self::Word(word) | Self::Either(_, word) => Some(list_of(word)),
            Self::Number(_) => None,
        }
    }

    /// Returns the list of what it means as a ticket's number, if it can be one.
    #[must_use]
    pub fn list_of_number(&self) -> Option<String> {
        match self {
            Self::Word(_) => None,
            Self::Number(number) | Self::Either(number, _) => Some(numbered(*number)),
        }
    }

    fn of(word: String) -> Self {
        // Digits of other scripts have been normalised to ASCII by now.
        match word.parse() {
            Ok(number) if word.bytes().all(|byte| byte.is_ascii_digit()) => Self::Either(number, word),
            _ => Self::Word(word),
        }
    }

    /// How much it tells, more or less: long words are rare.
    fn weight(&self) -> usize {
        match self {
            Self::Word(word) if word.chars().next().is_some_and(is_unspaced) => word.chars().count() * BEGINNING,
            Self::Word(word) => word.chars().count(),
            Self::Number(_) | Self::Either(..) => LONGEST_WORD,
        }
    }
}

fn begins(word: &str, wanted: &str) -> bool {
    let is_beginning = || wanted.chars().next().is_some_and(is_unspaced) || wanted.chars().count() >= BEGINNING;
    word == wanted || word.starts_with(wanted) && is_beginning()
}

impl Query {
    /// Parses a query of any length. A blank one looks for nothing in particular; one of signs alone finds nothing.
    ///
    /// Where it quotes a ticket's number, as in "Ticket #4711", that alone is meant.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let quoted = text.split_whitespace().find_map(|part| {
            let digits = part.trim_end_matches(|c: char| !c.is_alphanumeric()).split_once('#')?.1;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        });
        if let Some(number) = quoted {
            return Self { terms: vec![Term::Number(number)] };
        }
        let mut terms: Vec<Term> = Vec::new();
        for term in words(text).map(Term::of) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        // Signs alone stand in no list.
        if terms.is_empty() && !text.trim().is_empty() {
            terms.push(Term::Word(text.trim().chars().take(LONGEST_WORD).collect()));
        }
        // A stable sort: of equal words the first ones decide.
        terms.sort_by_key(|term| std::cmp::Reverse(term.weight()));
        terms.truncate(MOST_TERMS);
        Self { terms }
    }

    /// Returns the words to look for, those that tell most first.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Returns the number that the query quotes, if it is one with a word beside it, as in "ticket 4711": whatever the word,
    /// the ticket that has the number is meant as well.
    #[must_use]
    pub fn quoted(&self) -> Option<u64> {
        match self.terms.as_slice() {
            [Term::Either(number, _), Term::Word(_)] => Some(*number),
            _ => None,
        }
    }

    /// Whether each word of the query occurs among these, or the number that it quotes.
    #[must_use]
    pub fn fits<'a>(&self, words: impl IntoIterator<Item = &'a str> + Clone) -> bool {
        let quoted = self.quoted().map(numbered);
        quoted.is_some_and(|number| words.clone().into_iter().any(|word| word == number)) || self.has_all(words)
    }

    fn has_all<'a>(&self, words: impl IntoIterator<Item = &'a str> + Clone) -> bool {
        self.terms.iter().all(|term| words.clone().into_iter().any(|word| term.fits(word)))
    }

    /// Returns a text in pieces, with what was looked for told apart. `#` with digits is not in it.
    #[must_use]
    pub fn marked(&self, text: &str) -> Vec<Piece> {
        in_pieces(text, |word| self.terms.iter().any(|term| term.fits(word)))
    }
}

/// Returns a text in pieces, with the words told apart that are `hit`.
pub(crate) fn in_pieces(text: &str, hit: impl Fn(&str) -> bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    let mut add = |part: &str, hit: bool| {
        if !part.is_empty() {
            pieces.push(Piece { text: part.to_owned(), hit });
        }
    };
    for Word { folded, range } in words_in(text) {
        if range.start >= end && hit(&folded) {
            add(&text[end..range.start], false);
            add(&text[range.clone()], true);
            end = range.end;
        }
    }
    add(&text[end..], false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(query: &str, text: &str) -> bool {
        let found: Vec<_> = words(text).collect();
        Query::parse(query).fits(found.iter().map(String::as_str))
    }

    fn text(text: &str) -> Spots {
        Spots::default().with_text(Field::Message, None, text)
    }

    #[test]
    fn words_are_compared_without_accents_case_and_punctuation() {
        for (text, expected) in [
            ("Müller & Söhne", &["muller", "sohne"][..]),
            ("STRASSE straße", &["strasse", "strasse"]),
            ("e\u{301}t\u{e9}", &["ete"]),
            ("ΟΔΟΣ οδος", &["οδοσ", "οδοσ"]),
            ("İstanbul", &["istanbul"]),
            ("ﬁle №5 ２０", &["file", "no5", "20"]),
            ("a-b_c/d.e", &["a", "b", "c", "d", "e"]),
            ("½ cup", &["1", "2", "cup"]),
            ("  ", &[]),
            ("🖨 → !", &[]),
            ("打印机", &["打印", "机"]),
            ("印刷機が動かない", &["印刷", "機", "か", "動", "かな", "い"]),
            ("เครื่องพิมพ์เสีย", &["เคร\u{e37}อง", "พ\u{e34}ม", "พ", "เส\u{e35}ย"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
        assert_eq!(words(&"x".repeat(100)).next().unwrap().len(), LONGEST_WORD);
    }

    #[test]
    fn every_word_of_a_query_is_a_word_or_the_beginning_of_one() {
        let title = "Label printer at VW prints twice, 印刷機";
        for query in ["", "label", "print", "twi lab", "PRINTER", "vw", "printer prints", "  ", "印", "印刷"] {
            assert!(finds(query, title), "{query:?}");
        }
        for query in ["abel", "labels", "label x", "twicee", "v", "la", "刷機", "...", "🖨", "<>"] {
            assert!(!finds(query, title), "{query:?}");
        }
    }

    #[test]
    fn a_number_that_is_quoted_is_all_that_is_meant() {
        for query in ["#1042", "Ticket #1042", "ticket #1042:", "re: [Support#1042] printer", "#01042"] {
            assert_eq!(Query::parse(query).terms(), [Term::Number(1042)], "{query}");
        }
        assert_eq!(Query::parse("1042").terms(), [Term::Either(1042, "1042".into())]);
        assert_eq!(Query::parse("#abc").terms(), [Term::Word("abc".into())]);
        assert_eq!(Query::parse("#99999999999999999999").terms(), [Term::Word("99999999999999999999".into())]);
        let either = Term::Either(1042, "1042".into());
        assert!(either.fits("#1042") && either.fits("10425") && !either.fits("#10425"));
        for (query, is_found) in
            [("ticket 1042", true), ("1042 Fall", true), ("the ticket 1042", false), ("1042 1043", false)]
        {
            assert_eq!(Query::parse(query).fits(["#1042", "printer"]), is_found, "{query}");
        }
    }

    #[test]
    fn of_a_long_query_the_longest_words_decide() {
        let query =
            Query::parse("Re: the label printer in hall three of our new building prints every second label twice");
        assert_eq!(query.terms().len(), MOST_TERMS);
        assert!(
            query.terms().contains(&Term::Word("building".into()))
                && !query.terms().contains(&Term::Word("the".into()))
        );
        assert_eq!(Query::parse(&"word ".repeat(10_000)).terms().len(), 1);
        assert_eq!(Query::parse(&"w".repeat(10_000)).terms(), [Term::Word("w".repeat(LONGEST_WORD))]);
    }

    #[test]
    fn a_spot_says_what_stands_around_it() {
        let long =
            format!("{}and the label\nprinter in hall 3 {}", "Hello there. ".repeat(9), "prints twice. ".repeat(9));
        let spots = text(&long);
        let printer = spots.lists().flat_map(|(_, spots)| spots).find(|spot| spot.word == "printer").unwrap();
        assert!(printer.context.contains("the label printer in hall 3") && printer.context.len() < 130, "{printer:?}");
        assert!(printer.context.starts_with('…') && printer.context.ends_with('…'));
        assert_eq!(text("short").lists().next().unwrap().1[0].context, "short");
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        let marked = |query: &str, text: &str| {
            let pieces = Query::parse(query).marked(text);
            pieces.into_iter().map(|it| if it.hit { format!("[{}]", it.text) } else { it.text }).collect::<String>()
        };
        assert_eq!(marked("print lab", "A Läbel printer <b>prints</b>"), "A [Läbel] [printer] <b>[prints]</b>");
        assert_eq!(marked("印刷", "新しい印刷機"), "新しい[印刷]機");
        assert_eq!(marked("1", "½ cup"), "[½] cup");
        assert_eq!(marked("x", "nothing"), "nothing");
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in "\\PC{0,80}") {
            let mut end = 0;
            for Word { folded: word, range } in words_in(&text) {
                prop_assert!(range.start >= end || text[range.clone()].chars().count() <= LONGEST_WORD);
                prop_assert!(folded(&text[range.clone()]).contains(&word));
                end = range.start;
                prop_assert!(!word.is_empty() && word.chars().count() <= LONGEST_WORD);
            }
            let pieces = Query::parse(&text).marked(&text);
            prop_assert_eq!(pieces.iter().map(|it| it.text.as_str()).collect::<String>(), text);
        }

        #[test]
        fn each_word_and_its_beginnings_are_in_the_list_that_is_read_for_it(text in "\\PC{0,60}", chars in 3usize..9) {
            for (list, spots) in super::Spots::default().with_text(Field::Note, None, &text).lists() {
                for spot in spots {
                    let begun: String = spot.word.chars().take(chars).collect();
                    for sought in [&begun, &spot.word] {
                        let term = Term::of(sought.clone());
                        prop_assert!(term.fits(&spot.word), "{} {}", sought, spot.word);
                        prop_assert_eq!(term.list(), Some(list.clone()));
                    }
                }
            }
        }

        #[test]
        fn a_text_finds_itself(text in "\\PC{1,60}") {
            prop_assume!(!text.contains('#') && words(&text).next().is_some());
            prop_assert!(finds(&text, &text));
        }
    }
}
