//! Which entries of search a document has.

use super::document::Placed;
use crate::{
    record::index::{Address, address, digest},
    table::{Item, Store, StoreError, attributes, key, keys, record},
};
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::AttributeValue,
};
use domain::id::{ConversationId, TicketId};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

/// Raised when entries are made in another way, so that each document gets new ones when it is looked at.
const FORMAT: u64 = 1;

/// Addresses of entries, in little room: the sort key, the scope of the lists, and the lists in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Places(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Places {
    pub(crate) fn of(addresses: impl IntoIterator<Item = Address>) -> Self {
        let mut places = Self::default();
        for (pk, sk) in addresses {
            let (scope, list) = keys::scope_and_list(&pk);
            places.0.entry(sk).or_default().entry(scope.to_owned()).or_default().insert(list.to_owned());
        }
        places
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn addresses(&self) -> impl Iterator<Item = Address> {
        self.0.iter().flat_map(|(sk, scopes)| {
            scopes
                .iter()
                .flat_map(move |(scope, lists)| lists.iter().map(move |list| (format!("{scope}{list}"), sk.clone())))
        })
    }

    fn with(&self, others: &Self) -> Self {
        Self::of(self.addresses().chain(others.addresses()))
    }
}

/// The manifest of a document. It stays when the document is gone, so that its edition goes on counting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ManifestRecord {
    /// Raised by each write of the manifest, and demanded by it: of two readers who index a document at once, one has to
    /// look at it again.
    #[serde(default)]
    edition: u64,
    /// Identifies what the entries say. Absent while they are being written.
    #[serde(default)]
    digest: Option<String>,
    /// Of a ticket or conversation: where it stood when what follows from that was indexed.
    #[serde(default)]
    placing: Option<String>,
    /// Where there may be entries.
    #[serde(default)]
    places: Places,
}

/// The entries that a document should have.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) entries: Vec<Item>,
    /// Of a ticket or conversation: where it stands.
    pub(super) placing: Option<String>,
    pub(super) followed: Option<Followed>,
}

/// What has to be indexed anew when something stands elsewhere.
#[derive(Debug)]
pub(super) enum Followed {
    Conversation(ConversationId),
    Parts(Box<Placed>),
}

impl Wanted {
    /// Entries alone.
    pub(super) fn of(entries: Vec<Item>) -> Self {
        Self { entries, ..Self::default() }
    }

    fn digest(&self) -> String {
        let sum = self.entries.iter().map(digest).fold(FORMAT, u64::wrapping_add);
        format!("{sum:x}")
    }

    pub(super) fn places(&self) -> Places {
        Places::of(self.entries.iter().map(address))
    }
}

impl ManifestRecord {
    /// Whether all entries are as they should be.
    pub(super) fn is_settled(&self, wanted: &Wanted) -> bool {
        let nothing = self.edition == 0 && wanted.entries.is_empty() && wanted.placing.is_none();
        nothing || self.is_placed(wanted.placing.as_deref()) && self.digest == Some(wanted.digest())
    }

    /// Whether what follows from where it stands has been indexed.
    pub(super) fn is_placed(&self, at: Option<&str>) -> bool {
        self.digest.is_some() && self.placing.as_deref() == at
    }

    /// The manifest to write before entries: it names those that there may be, and those that will be.
    pub(super) fn begun(&self, known: &Places, wanted: &Wanted) -> Self {
        let places = self.places.with(known).with(&wanted.places());
        Self { edition: self.edition + 1, digest: None, placing: None, places }
    }

    /// The manifest to write when these are all.
    pub(super) fn done(&self, wanted: &Wanted) -> Self {
        Self {
            edition: self.edition + 1,
            digest: Some(wanted.digest()),
            placing: wanted.placing.clone(),
            places: wanted.places(),
        }
    }

    pub(super) const fn places(&self) -> &Places {
        &self.places
    }

    /// Where there are entries; `None` while they are being written.
    pub(crate) fn told(&self) -> Option<&Places> {
        self.digest.as_ref().map(|_| &self.places)
    }
}

/// A hash of where an entry is, or of something else that would take too much memory to be kept whole.
pub(crate) fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Store {
    /// Reads the manifest of the document whose item has this key.
    pub(super) async fn manifest(&self, (pk, sk): &Address) -> Result<ManifestRecord, StoreError> {
        let found = self.get_all(vec![key(keys::indexed(pk), sk)]).await?;
        Ok(found.into_iter().next().map(record).transpose()?.unwrap_or_default())
    }

    /// Whether search has a ticket, as it was at some time.
    pub async fn is_indexed(&self, ticket: &TicketId) -> Result<bool, StoreError> {
        let manifest = self.manifest(&(keys::ticket(ticket), keys::BODY.into())).await?;
        Ok(manifest.told().is_some_and(|places| !places.is_empty()))
    }

    /// Writes a manifest over the edition before. Returns `false` when somebody else has written it since.
    pub(super) async fn put_manifest(&self, (pk, sk): &Address, manifest: &ManifestRecord) -> Result<bool, StoreError> {
        let mut set = attributes(pk, manifest)?;
        let absent: Vec<_> = ["digest", "placing"].into_iter().filter(|name| !set.contains_key(*name)).collect();
        let mut expression: Vec<_> = set.keys().map(|name| format!("{name} = :{name}")).collect();
        expression.sort_unstable();
        let mut expression = format!("SET {}", expression.join(", "));
        if !absent.is_empty() {
            expression = format!("{expression} REMOVE {}", absent.join(", "));
        }
        let condition = match manifest.edition - 1 {
            0 => "attribute_not_exists(pk)",
            _ => "edition = :seen",
        };
        let mut values: HashMap<_, _> = set.drain().map(|(name, value)| (format!(":{name}"), value)).collect();
        if manifest.edition > 1 {
            values.insert(":seen".into(), AttributeValue::N((manifest.edition - 1).to_string()));
        }
        let update = self.client.update_item().table_name(&self.table).set_key(Some(key(keys::indexed(pk), sk)));
        let update = update.update_expression(expression).condition_expression(condition);
        match update.set_expression_attribute_values(Some(values)).send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().code() == Some("ConditionalCheckFailedException") => {
                Ok(false)
            }
            Err(error) => Err(StoreError::from_sdk(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::item;
    use domain::id::CompanyId;

    #[test]
    fn places_are_as_they_were() {
        let of = |id: &str, list: &str| keys::found_in(Some(&CompanyId::new(id).unwrap()), true, list);
        let all: Vec<Address> =
            [of("FIND", ""), of("FIND", "pri"), of("a b", "#17"), keys::found_in(None, false, "é x")]
                .into_iter()
                .flat_map(|pk| ["1#TICKET#t#", "2#TICKET#t#"].map(|sk| (pk.clone(), sk.to_owned())))
                .collect();
        let places = Places::of(all.clone());
        let stored = item("p".into(), "s".into(), &ManifestRecord { places: places.clone(), ..Default::default() });
        let read: ManifestRecord = record(stored.unwrap()).unwrap();
        assert_eq!(read.places, places);
        assert_eq!(read.places.addresses().collect::<BTreeSet<_>>(), all.into_iter().collect());
    }
}
