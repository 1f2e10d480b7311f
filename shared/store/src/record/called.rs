//! What people are called now. Rows, history lines and messages have copies of names from when they were written; before
//! an answer tells who did something, the copies in it are replaced by the names in the records, in one batch.

use super::contact::ContactRecord;
use crate::table::{Item, Store, StoreError, key, keys, record, text};
use domain::{
    history::Actor,
    id::{ContactId, TeammateId},
    ticket::TicketRow,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// What teammates are called, by the names that they are recorded with.
pub type TeammateNames = Arc<HashMap<TeammateId, String>>;

impl Store {
    /// Returns what teammates are called, for lists: what this process has in memory, if it is recent
    /// ([`Store::remembering`]).
    pub async fn recent_teammate_names(&self) -> Result<TeammateNames, StoreError> {
        let read = async || {
            let found = self.query_all(self.partition(keys::SETTINGS.to_owned(), keys::TEAMMATES)).await?;
            let named = |item: Item| {
                let name = Some(text(&item, "name").to_owned()).filter(|name| !name.is_empty())?;
                Some((TeammateId::new(text(&item, "id")).ok()?, name))
            };
            Ok(Arc::new(found.into_iter().filter_map(named).collect()))
        };
        self.names.recall(read).await
    }

    /// Gives everybody who is mentioned the name that they have in the records, at half a read unit a person. A contact
    /// who is not recorded has no name. A teammate who is recorded without a name keeps the one from their token, and so
    /// does one who is not recorded.
    pub async fn call_by_record<'a>(
        &self,
        row: Option<&mut TicketRow>,
        actors: impl IntoIterator<Item = &'a mut Actor>,
    ) -> Result<(), StoreError> {
        let actors: Vec<_> = actors.into_iter().collect();
        let mut contacts: BTreeSet<ContactId> = row.iter().map(|row| row.requester.clone()).collect();
        let mut teammates: BTreeSet<TeammateId> = BTreeSet::new();
        for actor in &actors {
            match actor {
                Actor::Contact { id, .. } => drop(contacts.insert(id.clone())),
                Actor::Teammate { id, .. } => drop(teammates.insert(id.clone())),
                Actor::System => {}
            }
        }
        let of_contacts = contacts.iter().map(|id| key(keys::contact(id), keys::CONTACT));
        let of_teammates = teammates.iter().map(|id| key(keys::SETTINGS, keys::teammate(id)));
        let (mut contacts, mut teammates) = (HashMap::new(), HashMap::new());
        for item in self.get_all_cheaply(of_contacts.chain(of_teammates).collect()).await? {
            if text(&item, "sk") == keys::CONTACT {
                let (id, name) = record::<ContactRecord>(item)?.into_name();
                contacts.insert(id, name);
            } else {
                teammates.insert(text(&item, "id").to_owned(), text(&item, "name").to_owned());
            }
        }
        if let Some(row) = row {
            row.requester_name = contacts.get(&row.requester).cloned().flatten();
        }
        for actor in actors {
            match actor {
                Actor::Contact { id, name } => *name = contacts.get(id).cloned().flatten(),
                Actor::Teammate { id, name } => {
                    if let Some(recorded) = teammates.get(id.as_str()).filter(|name| !name.is_empty()) {
                        *name = Some(recorded.clone());
                    }
                }
                Actor::System => {}
            }
        }
        Ok(())
    }
}
