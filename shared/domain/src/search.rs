//! Search (docs/product.md, The Help Desk): the words by which a ticket, conversation or note is found, the lists that
//! hold it because of them, and the queries that read those lists.
//!
//! An entry is in one list for the first three characters of each of its words, and in another for the first five;
//! words that are too short have no such list. A query therefore reads one list for a whole word or the beginning of
//! one, however large the table is, and compares only the entries of that list. The list with the empty name holds
//! every entry.

use crate::ticket::TicketRow;
use icu_normalizer::{DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed};
use std::{collections::BTreeSet, fmt};

/// Characters of a word that are compared; the rest is ignored.
const LONGEST_WORD: usize = 32;
/// Words of a title that are indexed.
const MOST_TITLE_WORDS: usize = 16;
/// Maximum number of words of an entry, and of the lists that hold it, each of which has a copy of all the words.
const MOST: usize = 40;
/// Maximum number of words in a query.
pub const MOST_QUERY_WORDS: usize = 8;
/// Lengths of the two beginnings that have lists, in characters.
const SHORT: usize = 3;
const LONG: usize = 5;

/// Returns the words in a text in the form in which they are compared: in order, without accents or case.
///
/// "Straße", "STRASSE" and "strasse" are the same word, and so are "Müller" and "muller".
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(LONGEST_WORD).collect()).collect::<Vec<String>>().into_iter()
}

/// Returns a text without accents or case.
#[must_use]
pub fn folded(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let bare = decomposed.chars().filter(|c| classes.get_u8(*c) == 0);
    // To upper case first: some letters have several lower-case forms, or none that is a single letter.
    bare.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

fn beginning(word: &str, chars: usize) -> Option<String> {
    let beginning: String = word.chars().take(chars).collect();
    (beginning.chars().count() == chars).then_some(beginning)
}

/// Returns the lists for a word. A word that begins with `#` is a ticket number and has one list of its own.
fn lists_of(word: &str) -> Vec<String> {
    if word.starts_with('#') {
        return vec![word.to_owned()];
    }
    [SHORT, LONG].into_iter().filter_map(|chars| beginning(word, chars)).collect()
}

fn number(number: u64) -> String {
    format!("#{number}")
}

/// The words of an entry, each once. If there are too many, the later ones are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    words: Vec<String>,
    lists: BTreeSet<String>,
}

impl Words {
    /// Returns the words of a ticket: its number, title, requester's name and company's name.
    #[must_use]
    pub fn of_ticket(row: &TicketRow, company_name: Option<&str>) -> Self {
        let names = row.requester_name.iter().map(String::as_str).chain(company_name);
        Self::default().with([number(row.number)]).with_title(&row.title).with(names.flat_map(words))
    }

    /// Returns the words of a conversation: its title and the given names, which are those of participants and
    /// companies.
    #[must_use]
    pub fn of_conversation<'a>(title: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().with_title(title).with(names.into_iter().flat_map(words))
    }

    /// Returns the words of a note.
    #[must_use]
    pub fn of_note(body: &str) -> Self {
        Self::default().with(words(body))
    }

    /// Reads words from the text that [`fmt::Display`] writes.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::default().with(text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned))
    }

    fn with_title(self, title: &str) -> Self {
        let mut seen = BTreeSet::new();
        let words: Vec<_> = words(title).filter(|word| seen.insert(word.clone())).take(MOST_TITLE_WORDS).collect();
        self.with(words)
    }

    fn with(mut self, words: impl IntoIterator<Item = String>) -> Self {
        // The list of everything.
        self.lists.insert(String::new());
        for word in words {
            let lists = lists_of(&word);
            let more = lists.iter().filter(|list| !self.lists.contains(*list)).count();
            if self.words.len() < MOST && self.lists.len() + more <= MOST && !self.words.contains(&word) {
                self.words.push(word);
                self.lists.extend(lists);
            }
        }
        self
    }

    /// Returns the lists that hold the entry.
    #[must_use]
    pub const fn lists(&self) -> &BTreeSet<String> {
        &self.lists
    }

    /// Whether these words begin with all of the `others`, in order.
    #[must_use]
    pub fn begin_with(&self, others: &Self) -> bool {
        self.words.starts_with(&others.words)
    }
}

/// Writes the words as one text, separated by spaces.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" "))
    }
}

/// A query has more words than a search takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a search takes at most {MOST_QUERY_WORDS} words, not {0}")]
pub struct TooManyWords(pub usize);

/// What a person is looking for. An entry matches if each word of the query is the beginning of one of the entry's
/// words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// The beginning of a word.
    Word(String),
    /// `#1042`: the ticket number only.
    Number(String),
    /// `1042`: the ticket number, or the beginning of a word.
    Either { number: String, word: String },
}

impl Term {
    fn matches(&self, words: &str) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| words.split(' ').any(test);
        match self {
            Self::Word(word) => any(&|it| it.starts_with(word.as_str())),
            Self::Number(number) => any(&|it| it == number),
            Self::Either { number, word } => any(&|it| it == number || it.starts_with(word.as_str())),
        }
    }
}

fn term(word: String) -> Term {
    // Digits of other scripts have been normalised to ASCII by now.
    match word.parse() {
        Ok(it) if word.bytes().all(|byte| byte.is_ascii_digit()) => Term::Either { number: number(it), word },
        _ => Term::Word(word),
    }
}

impl Query {
    /// Parses a query. A text without words matches everything.
    ///
    /// # Errors
    /// [`TooManyWords`] when there are more than [`MOST_QUERY_WORDS`] different words.
    pub fn parse(text: &str) -> Result<Self, TooManyWords> {
        let mut terms = Vec::new();
        for part in text.split_whitespace() {
            let digits = part.strip_prefix('#').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            match digits.and_then(|digits| digits.parse().ok()) {
                Some(it) => terms.push(Term::Number(number(it))),
                None => terms.extend(words(part).map(term)),
            }
        }
        let mut once: Vec<Term> = Vec::new();
        for term in terms {
            if !once.contains(&term) {
                once.push(term);
            }
        }
        if once.len() > MOST_QUERY_WORDS { Err(TooManyWords(once.len())) } else { Ok(Self { terms: once }) }
    }

    /// Whether an entry matches; `words` are its words, as written by [`Words`].
    #[must_use]
    pub fn matches(&self, words: &str) -> bool {
        self.terms.iter().all(|term| term.matches(words))
    }

    /// Returns the list of the ticket number that the query may mean, in addition to words. Its entries come first.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let is_number = |term: &Term| matches!(term, Term::Number(_));
        let exact = self.terms.iter().any(is_number);
        self.terms.iter().filter(|_| !exact).find_map(|term| match term {
            Term::Either { number, .. } => Some(number.as_str()),
            Term::Word(_) | Term::Number(_) => None,
        })
    }

    /// Returns the one or two lists to read. Each of them holds every match, except those in the list of
    /// [`Self::number`]. The longest beginnings are chosen, because their lists are the shortest.
    #[must_use]
    pub fn lists(&self) -> Vec<String> {
        let lead = self.number();
        let readable = |term: &Term| match term {
            Term::Number(number) => Some((usize::MAX, number.clone())),
            // This number may be a ticket's, and tickets are not in the lists of words for their numbers.
            Term::Either { number, .. } if Some(number.as_str()) != lead => None,
            Term::Word(word) | Term::Either { word, .. } => Some((word.chars().count(), list_for(word))),
        };
        let mut lists: Vec<_> = self.terms.iter().filter_map(readable).collect();
        lists.sort_by(|a, b| b.cmp(a));
        let mut lists: Vec<_> = lists.into_iter().map(|(_, list)| list).collect();
        lists.dedup();
        lists.truncate(if lists.first().is_some_and(|list| list.starts_with('#')) { 1 } else { 2 });
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() { vec![String::new()] } else { lists }
    }
}

/// Returns the list that holds every entry with a word that begins with `word`.
fn list_for(word: &str) -> String {
    beginning(word, LONG).or_else(|| beginning(word, SHORT)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn note(text: &str) -> Words {
        Words::of_note(text)
    }

    fn finds(query: &str, text: &str) -> bool {
        Query::parse(query).unwrap().matches(&note(text).to_string())
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
            ("  ", &[]),
            ("打印机", &["打印机"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
        assert_eq!(words(&"x".repeat(100)).next().unwrap().len(), LONGEST_WORD);
    }

    #[test]
    fn every_word_of_a_query_begins_a_word_of_the_entry() {
        let title = "Label printer prints twice";
        for query in ["", "label", "print", "twi lab", "PRINTER", "l", "printer prints", "  ", "..."] {
            assert!(finds(query, title), "{query:?}");
        }
        for query in ["abel", "labels", "label x", "twicee"] {
            assert!(!finds(query, title), "{query:?}");
        }
    }

    #[test]
    fn a_number_is_exact_and_digits_are_also_the_beginning_of_a_word() {
        let words = Words::default().with(["#1042".to_owned(), "500".into()]).to_string();
        for (query, expected) in [
            ("#1042", true),
            ("1042", true),
            ("104", false),
            ("#104", false),
            ("50", true),
            ("#500", false),
            ("0500", false),
            ("#01042", true),
        ] {
            assert_eq!(Query::parse(query).unwrap().matches(&words), expected, "{query}");
        }
        let query = Query::parse("1042 error").unwrap();
        assert_eq!((query.number(), query.lists()), (Some("#1042"), vec!["error".to_owned(), "104".into()]));
        let query = Query::parse("#1042 error").unwrap();
        assert_eq!((query.number(), query.lists()), (None, vec!["#1042".to_owned()]));
        // A ticket with the number 2020 is not in a list of words for it, neither "2020" nor its beginning.
        assert_eq!(Query::parse("1042 2020").unwrap().lists(), ["104"]);
        assert_eq!(Query::parse("99999999999999999999").unwrap().number(), None);
    }

    #[test]
    fn a_query_reads_the_lists_of_its_longest_words() {
        for (query, expected) in [
            ("", &[""][..]),
            ("a bc", &[""]),
            ("abc", &["abc"]),
            ("abcd", &["abc"]),
            ("printing", &["print"]),
            ("a the printing labels", &["print", "label"]),
            ("a label", &["label"]),
            ("print printer", &["print"]),
        ] {
            assert_eq!(Query::parse(query).unwrap().lists(), expected, "{query:?}");
        }
    }

    #[test]
    fn a_query_has_eight_words_at_most_each_counted_once() {
        assert!(Query::parse("a b c d e f g h h a").is_ok());
        assert_eq!(Query::parse("a b c d e f g h i"), Err(TooManyWords(9)));
        assert_eq!(Query::parse("a-b-c-d-e-f-g-h-i"), Err(TooManyWords(9)));
    }

    #[test]
    fn later_words_lose() {
        let text: String = (10_000..10_100).map(|n| format!("w{n:x}x ")).collect();
        let many = note(&text);
        assert!(many.lists().len() <= MOST && many.words.len() <= MOST);
        assert!(Query::parse("w2710x").unwrap().matches(&many.to_string()));
        assert!(!Query::parse("w2773x").unwrap().matches(&many.to_string()));
        assert!(note(&"ab cd ".repeat(1000)).words.len() == 2);
    }

    proptest! {
        #[test]
        fn words_are_as_they_are_read_and_written(text in "\\PC{0,200}") {
            let entry = note(&text);
            prop_assert_eq!(&Words::read(&entry.to_string()), &entry);
            prop_assert!(entry.lists().len() <= MOST);
            for word in &entry.words {
                prop_assert!(!word.is_empty() && word.chars().count() <= LONGEST_WORD);
                prop_assert!(word.chars().all(char::is_alphanumeric));
            }
        }

        #[test]
        fn what_a_query_finds_stands_in_each_list_that_it_reads(
            text in "([a-f1-3é]{1,7} ){0,12}", query in "(#?[a-f1-3e]{1,6} ){0,4}", of in 1u64..40,
        ) {
            let entry = Words::default().with([number(of)]).with(words(&text));
            let query = Query::parse(&query).unwrap();
            if query.matches(&entry.to_string()) {
                let numbered = query.number().is_some_and(|list| entry.lists().contains(list));
                prop_assert!(numbered || query.lists().iter().all(|list| entry.lists().contains(list)));
            }
        }

        #[test]
        fn the_beginning_of_any_word_finds_it(text in "\\PC{1,40}", chars in 1usize..8) {
            let entry = note(&text);
            for word in &entry.words {
                let begun: String = word.chars().take(chars).collect();
                let query = Query::parse(&begun).unwrap();
                prop_assert!(query.matches(&entry.to_string()), "{} in {}", begun, entry);
            }
        }
    }
}
