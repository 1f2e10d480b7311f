//! Indexing a document.

use super::{
    ManifestRecord, Places,
    manifest::{Followed, Wanted},
};
use crate::{
    record::{
        BodyRecord, HeadRecord, PartRecord, copies,
        index::{self, Address, Placing, Words},
        is_part,
    },
    table::{Attempts, Item, Store, StoreError, key, keys, record, text},
};
use domain::{
    conversation::Part,
    id::{ConversationId, TicketId},
};
use futures::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use std::collections::BTreeSet;

/// Parts of a conversation that are indexed at the same time.
const AT_ONCE: usize = 8;

/// An item of which there are entries elsewhere: in the index of search, or in lists of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    Ticket(TicketId),
    /// A conversation itself. Where its parts stand depends on it.
    Conversation(ConversationId),
    /// A message or note.
    Part {
        conversation: ConversationId,
        /// Its sort key in the conversation.
        place: String,
    },
    /// The mark of a ticket or conversation, by its partition: what the inbox shows of it.
    Case(String),
}

impl Document {
    /// The document whose item has this key. `None` for any other item.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the key has an id that nothing can have.
    pub fn at(pk: &str, sk: &str) -> Result<Option<Self>, StoreError> {
        let corrupt = |why: String| StoreError::Corrupt { key: format!("{pk} {sk}"), why };
        let mut parts = pk.split('#');
        let (Some(kind), Some(id), Some(""), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Ok(None);
        };
        if ["TICKET", "CONVERSATION"].contains(&kind) && sk == keys::MARK {
            return Ok(Some(Self::Case(pk.to_owned())));
        }
        let of_conversation = kind == "CONVERSATION" && (sk == keys::CONVERSATION || is_part(sk));
        if kind == "TICKET" && sk == keys::BODY {
            return Ok(Some(Self::Ticket(TicketId::new(id).map_err(|error| corrupt(error.to_string()))?)));
        }
        if !of_conversation {
            return Ok(None);
        }
        let conversation = ConversationId::new(id).map_err(|error| corrupt(error.to_string()))?;
        Ok(Some(match sk {
            keys::CONVERSATION => Self::Conversation(conversation),
            place => Self::Part { conversation, place: place.to_owned() },
        }))
    }

    /// The key of its item.
    fn address(&self) -> Address {
        match self {
            Self::Ticket(id) => (keys::ticket(id), keys::BODY.to_owned()),
            Self::Conversation(id) => (keys::conversation(id), keys::CONVERSATION.to_owned()),
            Self::Part { conversation, place } => (keys::conversation(conversation), place.clone()),
            Self::Case(partition) => (partition.clone(), keys::MARK.to_owned()),
        }
    }
}

/// How a document is indexed.
#[derive(Debug, Default)]
pub(crate) struct Manner<'a> {
    /// Whether its entries are looked at, and those of its parts, although its manifest says that they are as they should be.
    pub(crate) anew: bool,
    /// Where else there may be entries of it.
    pub(crate) strays: Places,
    /// Of a part: its conversation, if all of that is being indexed.
    pub(crate) of: Option<&'a Placed>,
}

/// A conversation, and where its words stand.
#[derive(Debug)]
pub(crate) struct Placed {
    head: HeadRecord,
    placing: Option<Placing>,
}

impl Manner<'_> {
    pub(crate) fn anew() -> Self {
        Self { anew: true, ..Self::default() }
    }
}

impl Store {
    /// Makes the entries of a document those that it should have now. Doing so again changes nothing, and whoever is cut
    /// short leaves nothing that the next one does not find.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read or written, or the document's item cannot be read.
    pub async fn index(&self, document: &Document) -> Result<(), StoreError> {
        self.index_in(document, Manner::default()).await
    }

    pub(crate) async fn index_in(&self, document: &Document, manner: Manner<'_>) -> Result<(), StoreError> {
        let Manner { anew, strays: mut known, of } = manner;
        let address = document.address();
        let mut attempts = Attempts::new("others keep indexing a document");
        loop {
            // Read before the document: whoever writes the manifest after this has seen what the document is now.
            let had = self.manifest(&address).await?;
            match self.look_at(document, of).await? {
                Seen::As(wanted)
                    if known.is_empty()
                        && had.is_settled(&wanted)
                        && (!anew || self.is_right(&address, &had, &wanted).await?) =>
                {
                    return Ok(());
                }
                Seen::As(wanted) if self.replace(document, anew, &had, &wanted, &mut known).await? => return Ok(()),
                Seen::As(_) => {}
                Seen::PartOf(conversation) => Box::pin(self.index(&Document::Conversation(conversation))).await?,
            }
            attempts.another().await?;
        }
    }

    /// Whether there are these entries, and the settled manifest names them; makes those of its parts right. Reading an entry
    /// costs less than half of writing it.
    async fn is_right(&self, at: &Address, had: &ManifestRecord, wanted: &Wanted) -> Result<bool, StoreError> {
        let places = wanted.entries.iter().map(index::address).map(|(pk, sk)| key(pk, sk));
        let found = self.get_all(places.collect()).await?;
        let sum = |items: &[Item]| items.iter().map(index::digest).fold(0, u64::wrapping_add);
        if *had.places() != wanted.places() || sum(&found) != sum(&wanted.entries) {
            return Ok(false);
        }
        let Some(Followed::Parts(of)) = &wanted.followed else { return Ok(true) };
        self.index_parts(of, true).await?;
        // Whoever has indexed it meanwhile may have moved the parts.
        Ok(self.manifest(at).await? == *had)
    }

    /// Writes the entries of a document in place of those before. Returns `false` when somebody else is doing the same;
    /// then `known` has the places of entries that were put all the same.
    async fn replace(
        &self,
        document: &Document,
        anew: bool,
        had: &ManifestRecord,
        wanted: &Wanted,
        known: &mut Places,
    ) -> Result<bool, StoreError> {
        let address = document.address();
        let begun = had.begun(known, wanted);
        if !self.put_manifest(&address, &begun).await? {
            return Ok(false);
        }
        known.clone_from(begun.places());
        let kept: BTreeSet<_> = wanted.entries.iter().map(index::address).collect();
        self.put_all(wanted.entries.clone()).await?;
        let gone = known.addresses().filter(|it| !kept.contains(it));
        self.delete_all(gone.map(|(pk, sk)| key(pk, sk)).collect()).await?;
        if anew || !had.is_placed(wanted.placing.as_deref()) {
            match &wanted.followed {
                Some(Followed::Parts(of)) => self.index_parts(of, anew).await?,
                Some(Followed::Conversation(id)) => {
                    Box::pin(self.index(&Document::Conversation(id.clone()))).await?;
                }
                None => {}
            }
        }
        self.put_manifest(&address, &begun.done(wanted)).await
    }

    /// Indexes the parts of a conversation where it stands.
    async fn index_parts(&self, of: &Placed, anew: bool) -> Result<(), StoreError> {
        let partition = keys::conversation(&of.head.id);
        let parts = self.partition_between(partition, keys::NOTE, format!("{}~", keys::PART));
        let parts = self.query_all(parts.consistent_read(true)).await?;
        let parts = parts.into_iter().filter(|item| is_part(text(item, "sk")));
        let each = parts.map(|item| {
            let part = Document::Part { conversation: of.head.id.clone(), place: text(&item, "sk").to_owned() };
            self.index_part(part, anew, of)
        });
        stream::iter(each.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await
    }

    fn index_part<'a>(&'a self, part: Document, anew: bool, of: &'a Placed) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.index_in(&part, Manner { anew, of: Some(of), ..Manner::default() }).await })
    }

    /// Returns where the words of a conversation stand: where its ticket does, if it has one. `None` if that is gone.
    pub(crate) async fn placing(&self, head: &HeadRecord) -> Result<Option<Placing>, StoreError> {
        match &head.ticket {
            Some(id) => Ok(self.ticket(id).await?.map(|ticket| Placing::of_ticket(&ticket.row))),
            None => Ok(Some(Placing::of_conversation(head))),
        }
    }

    /// Reads a document, and tells which entries it should have.
    async fn look_at(&self, document: &Document, of: Option<&Placed>) -> Result<Seen, StoreError> {
        let (pk, sk) = document.address();
        let found = self.get_all(vec![key(&pk, &sk)]).await?.into_iter().next();
        Ok(match (document, found) {
            (_, None) => Seen::As(Wanted::default()),
            (Document::Ticket(_), Some(item)) => {
                let ticket = record::<BodyRecord>(item)?.into_ticket()?;
                let catalog = self.catalog().await?;
                let placing = Placing::of_ticket(&ticket.row);
                Seen::As(Wanted {
                    entries: Words::of_ticket(&ticket, &catalog).entries(Some(&placing))?,
                    placing: Some(placing.to_string()),
                    followed: ticket.conversation.map(Followed::Conversation),
                })
            }
            (Document::Case(_), Some(item)) => Seen::As(Wanted::of(copies(item)?)),
            // An item that only a ticket's link has created is not a conversation yet.
            (Document::Conversation(_), Some(item)) if !item.contains_key("id") => Seen::As(Wanted::default()),
            (Document::Conversation(_), Some(item)) => {
                let head: HeadRecord = record(item)?;
                let placing = self.placing(&head).await?;
                let entries = Words::of_conversation(&head).entries(placing.as_ref())?;
                let told = head.words.is_some().then(|| told(placing.as_ref()));
                let followed = told.is_some().then_some(Followed::Parts(Box::new(Placed { head, placing })));
                Seen::As(Wanted { entries, placing: told, followed })
            }
            (Document::Part { conversation, .. }, Some(item)) => {
                let part: Part = record::<PartRecord>(item)?.into();
                let read;
                let of = match of {
                    Some(of) => of,
                    None => {
                        let Some(head) = self.conversation_head(conversation).await? else {
                            return Ok(Seen::As(Wanted::default()));
                        };
                        let placing = self.placing(&head).await?;
                        let placed = self.manifest(&Document::Conversation(conversation.clone()).address()).await?;
                        // The parts stand where the conversation stood; this one must not stand elsewhere alone.
                        if head.words.is_some() && !placed.is_placed(Some(&told(placing.as_ref()))) {
                            return Ok(Seen::PartOf(conversation.clone()));
                        }
                        read = Placed { head, placing };
                        &read
                    }
                };
                Seen::As(Wanted::of(Words::of_part(&of.head, &sk, &part).entries(of.placing.as_ref())?))
            }
        })
    }
}

/// A placing as a manifest keeps it.
fn told(placing: Option<&Placing>) -> String {
    placing.map_or_else(|| "nowhere".into(), ToString::to_string)
}

/// What a document was seen as.
enum Seen {
    As(Wanted),
    /// A part of a conversation whose parts have to be indexed together, because it has moved.
    PartOf(ConversationId),
}
