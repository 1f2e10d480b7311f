//! What people are called now. Rows, history lines and messages have copies of names from when they were written; before
//! an answer tells who did something, the copies in it are replaced by the names in the records, in one batch.

use super::contact::ContactRecord;
use crate::table::{Store, StoreError, key, keys, record, text};
use domain::{
    history::Actor,
    id::{ContactId, TeammateId},
    ticket::TicketRow,
};
use std::collections::{BTreeSet, HashMap};

impl Store {
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
