//! Lists of companies and people, for teammates: in the order of their names, and by each word of what they are called.
//! Their entries move in the same transaction that changes the name.

use super::company::CompanyRecord;
use crate::{
    record::ContactRecord,
    table::{Item, Store, StoreError, Transaction, item, keys, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId},
    search::{folded, words},
};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The most words of a name by which somebody is found.
const MOST_WORDS: usize = 8;
/// Characters of an e-mail address that are compared.
const LONGEST_ADDRESS: usize = 60;

/// An entry in a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The id of the company or contact.
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    /// The contact's e-mail address. Companies have none.
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Names {
    Companies,
    /// All contacts. Those without a name are listed by e-mail address or id.
    People,
}

impl Names {
    pub(crate) const fn partition(self) -> &'static str {
        match self {
            Self::Companies => keys::COMPANIES,
            Self::People => keys::PEOPLE,
        }
    }

    /// The partition of a company or contact.
    pub(crate) fn of_id(self, id: &str) -> String {
        let (company, contact) = (CompanyId::new(id), ContactId::new(id));
        match self {
            Self::Companies => company.map_or_else(|_| id.to_owned(), |id| keys::company(&id)),
            Self::People => contact.map_or_else(|_| id.to_owned(), |id| keys::contact(&id)),
        }
    }

    /// The list of which a partition has the words.
    pub(crate) fn of_words(pk: &str) -> Option<Self> {
        let list = pk.strip_suffix('#')?.split_once('#')?.0;
        [Self::Companies, Self::People].into_iter().find(|it| it.partition() == list)
    }
}

/// An entry by which a company or person is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Called {
    pub(crate) id: String,
    /// Everything by which they are found, separated by spaces.
    pub(crate) words: String,
}

impl Called {
    /// Whether everything that is sought is the beginning of one of the words.
    pub(crate) fn fits(&self, sought: &Sought) -> bool {
        let begins = |it: &str| self.words.split(' ').any(|word| word.starts_with(it));
        sought.terms.iter().all(|term| begins(term) || words(term).all(|word| begins(&word)))
    }
}

/// What somebody typed to find a company or a person.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// As they are compared, without case and accents.
    pub(crate) terms: Vec<String>,
}

impl Sought {
    pub(crate) fn of(typed: &str) -> Self {
        Self { terms: folded(typed).split_whitespace().map(|it| it.chars().take(LONGEST_ADDRESS).collect()).collect() }
    }

    /// The beginnings to look up: the longest term, in which an address may begin, and the longest word in it.
    pub(crate) fn beginnings(&self) -> Vec<String> {
        // The first of the longest: an address has its owner's name at the beginning.
        let longest = |it: &String| Reverse(it.chars().count());
        let Some(term) = self.terms.iter().min_by_key(|it| longest(it)) else { return Vec::new() };
        let word = words(term).min_by_key(longest);
        [Some(term.clone()), word.filter(|it| it != term)].into_iter().flatten().collect()
    }
}

/// The list, the entry's sort key in it, and the entry; with the words by which it is found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    list: Names,
    key: String,
    entry: Listed,
    words: Vec<String>,
}

pub(crate) fn listed_company(id: &CompanyId, name: &str) -> Place {
    let entry = Listed { id: id.to_string(), name: Some(name.into()), email: None };
    Place { list: Names::Companies, key: keys::listed(name, id.as_str()), entry, words: words_of(Some(name), None) }
}

pub(crate) fn listed_contact(contact: &Contact) -> Place {
    let id = contact.id.as_str();
    let shown = contact.name.as_deref().or(contact.email.as_deref()).unwrap_or(id);
    let entry = Listed { id: id.into(), name: contact.name.clone(), email: contact.email.clone() };
    // Nobody chooses somebody who is archived.
    let words = if contact.archived { Vec::new() } else { words_of(Some(shown), contact.email.as_deref()) };
    Place { list: Names::People, key: keys::listed(shown, id), entry, words }
}

/// The words of a name, each once, and an e-mail address.
fn words_of(name: Option<&str>, address: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in name.iter().flat_map(|it| words(it)) {
        if found.len() < MOST_WORDS && !found.contains(&word) {
            found.push(word);
        }
    }
    let address = address.map(|it| folded(it).replace(' ', "").chars().take(LONGEST_ADDRESS).collect::<String>());
    found.extend(address.filter(|it| !it.is_empty() && !found.contains(it)));
    found
}

impl Place {
    /// The entries by which it is found.
    pub(crate) fn found_by(&self) -> Result<Vec<Item>, StoreError> {
        let called = Called { id: self.entry.id.clone(), words: self.words.join(" ") };
        let list = self.list.partition();
        let at = |word: &String| item(keys::called(list, word), keys::listed(word, &self.entry.id), &called);
        self.words.iter().map(at).collect()
    }
}

/// Puts an entry in place of the one before.
pub(crate) fn list_anew(
    transaction: &mut Transaction<'_>,
    before: Option<Place>,
    after: Place,
) -> Result<(), StoreError> {
    let list = after.list.partition();
    if let Some(before) = before {
        if before.key != after.key {
            transaction.delete(list.into(), before.key)?;
        }
        for left in before.words.iter().filter(|it| !after.words.contains(it)) {
            transaction.delete(keys::called(list, left), keys::listed(left, &before.entry.id))?;
        }
    }
    after.found_by()?.into_iter().try_for_each(|item| transaction.put(item))?;
    transaction.put(item(list.into(), after.key, &after.entry)?)
}

/// A company or person, as a list of names has it, with what its record said when it was read.
pub(crate) struct Named {
    pub(crate) list: Names,
    pub(crate) id: String,
    place: Place,
    /// The record's key, and the attribute that every write of the name changes.
    record: (String, &'static str),
    seen: (&'static str, Option<AttributeValue>),
}

impl Named {
    /// Reads the record of a company or contact. `None` for any other item.
    pub(crate) fn read(item: &Item) -> Result<Option<Self>, StoreError> {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        let seen = |name: &'static str| (name, item.get(name).cloned());
        Ok(match sk {
            keys::COMPANY if pk.starts_with("COMPANY#") => {
                let it = Company::from(record::<CompanyRecord>(item.clone())?);
                let place = listed_company(&it.id, &it.name);
                let record = (pk.to_owned(), keys::COMPANY);
                Some(Self { list: place.list, id: it.id.into(), place, record, seen: seen("name") })
            }
            keys::CONTACT if pk.starts_with("CONTACT#") => {
                let it = Contact::from(record::<ContactRecord>(item.clone())?);
                let mut place = listed_contact(&it);
                // Of somebody who was only mentioned nothing is known, and no list has them.
                if it.name.is_none() && it.email.is_none() && !item.contains_key("revision") {
                    place.words.clear();
                }
                let record = (pk.to_owned(), keys::CONTACT);
                Some(Self { list: place.list, id: it.id.into(), place, record, seen: seen("revision") })
            }
            _ => None,
        })
    }

    /// The entries by which it is found.
    pub(crate) fn found_by(&self) -> Result<Vec<Item>, StoreError> {
        self.place.found_by()
    }

    /// Writes the entries by which it is found, unless somebody writes the name meanwhile, and with it the entries.
    pub(crate) fn found_anew<'a>(&self, store: &'a Store) -> Result<Transaction<'a>, StoreError> {
        let mut transaction = Transaction::new(store);
        let items = self.found_by()?;
        if !items.is_empty() {
            let (pk, sk) = &self.record;
            transaction.set_over((pk.clone(), *sk), Item::new(), &[], self.seen.clone())?;
            items.into_iter().try_for_each(|item| transaction.put(item))?;
        }
        Ok(transaction)
    }
}

/// A hash of an entry by which somebody is found, to compare those that there are with those that there should be.
pub(crate) fn digest(item: &Item) -> u64 {
    let mut hasher = DefaultHasher::new();
    ["pk", "sk", "id", "words"].map(|name| text(item, name)).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(name: &str, address: &str) -> Called {
        Called { id: "u".into(), words: words_of(Some(name), Some(address)).join(" ") }
    }

    #[test]
    fn somebody_is_found_by_beginnings_of_their_names_and_address_without_case_and_accents() {
        let zoe = called("Zoë O’Brien-Müller", "Zoe.Brien+x@Mill.example");
        assert_eq!(zoe.words, "zoe o brien muller zoe.brien+x@mill.example");
        for typed in
            ["zo", "ZOË", "mull", "bri zo", "o’br", "zoe.b", "zoe.brien+x@m", "brien-mü", "zoe.brien+x@mill.example"]
        {
            assert!(zoe.fits(&Sought::of(typed)), "{typed}");
        }
        for typed in ["rien", "zoe x", "mill", "zoe.q"] {
            assert!(!zoe.fits(&Sought::of(typed)), "{typed}");
        }
    }

    #[test]
    fn what_is_looked_up_is_the_longest_term_as_typed_and_the_longest_word_in_it() {
        let beginnings = |typed: &str| Sought::of(typed).beginnings();
        assert_eq!(beginnings(" Al  LOVELACE "), ["lovelace"]);
        assert_eq!(beginnings("ada.love@acme"), ["ada.love@acme", "love"]);
        assert_eq!(beginnings("  "), [""; 0]);
    }

    #[test]
    fn a_name_of_many_words_has_few_entries() {
        assert_eq!(words_of(Some(&(0..99).map(|n| format!("w{n} ")).collect::<String>()), Some("a@b")).len(), 9);
    }

    #[test]
    fn partitions_of_words_are_told_from_the_lists_themselves() {
        assert_eq!(Names::of_words(&keys::called(keys::PEOPLE, "éa")), Some(Names::People));
        assert_eq!(Names::of_words(&keys::called(keys::COMPANIES, "#")), Some(Names::Companies));
        for other in [keys::PEOPLE, keys::COMPANIES, "COMPANY#a#", "CONTACT#PEOPLE#"] {
            assert_eq!(Names::of_words(other), None, "{other}");
        }
    }
}
