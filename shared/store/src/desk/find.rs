//! Finding people by what they are called: by beginnings of the words of their name, of their e-mail address, and of
//! the name of a company that they are in; and by their id.

use crate::{
    record::{Called, Names, Sought, Viewer},
    table::{Store, StoreError, keys, record, side_by_side},
};
use domain::{
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId},
};
use futures::future::try_join;
use std::collections::BTreeSet;

/// Entries that one beginning is compared with. Among more, what is typed further decides too late.
const COMPARED: i32 = 200;
/// Companies whose people are offered.
const COMPANIES: usize = 5;
/// People who are looked at although some of them may be archived.
const MOST_LOOKED_AT: usize = 30;

impl Store {
    /// Finds at most `most` contacts with the companies that they are in: first those whose name begins with what is
    /// typed, then by any word of the name, by address, and by company. Archived ones are left out. Before `reindex` has
    /// run on a table of an older version, only whole names and ids find somebody.
    pub async fn people_called(&self, typed: &str, most: usize) -> Result<Vec<(Contact, Vec<Company>)>, StoreError> {
        let typed = typed.trim();
        let sought = Sought::of(typed);
        if sought.terms.is_empty() {
            return Ok(Vec::new());
        }
        let (people, of_companies) =
            try_join(self.called(Names::People, typed, &sought, most), self.in_companies(typed, &sought, most)).await?;
        let mut ids: Vec<ContactId> = Vec::new();
        let given = ContactId::new(typed).into_iter();
        for id in given.chain(people.into_iter().filter_map(|id| ContactId::new(id).ok())).chain(of_companies) {
            if !ids.contains(&id) && ids.len() < MOST_LOOKED_AT {
                ids.push(id);
            }
        }
        let viewers = ids.iter().map(|id| self.viewer_cheaply(id));
        let mut viewers: Vec<Viewer> = side_by_side(viewers).await?;
        viewers.retain(|viewer| viewer.recorded && !viewer.contact.archived);
        viewers.truncate(most);
        let companies = viewers.iter().flat_map(|viewer| viewer.companies.iter().cloned()).collect();
        let companies = self.companies(&companies).await?;
        let with_companies = |viewer: Viewer| {
            let of = viewer.companies_among(|id| companies.get(id));
            (viewer.contact, of)
        };
        Ok(viewers.into_iter().map(with_companies).collect())
    }

    /// The people of the companies that are called like this, and of the one with this id.
    async fn in_companies(&self, typed: &str, sought: &Sought, most: usize) -> Result<Vec<ContactId>, StoreError> {
        let mut companies = BTreeSet::from_iter(CompanyId::new(typed));
        let called = self.called(Names::Companies, typed, sought, COMPANIES).await?;
        companies.extend(called.into_iter().filter_map(|id| CompanyId::new(id).ok()).take(COMPANIES));
        let members = companies.iter().map(|id| self.first_members(id, most));
        Ok(side_by_side(members).await?.into_iter().flatten().collect())
    }

    /// The ids of those in a list who are called like this, at most about twice `most`.
    async fn called(&self, list: Names, typed: &str, sought: &Sought, most: usize) -> Result<Vec<String>, StoreError> {
        let by_name = self.names(list, typed, None, most);
        let by_word = sought.beginnings().into_iter().map(|beginning| self.called_by(list, beginning, sought));
        let (by_name, by_word) = try_join(by_name, side_by_side(by_word)).await?;
        let by_name = by_name.entries.into_iter().map(|it| it.id);
        Ok(by_name.chain(by_word.into_iter().flatten().take(most)).collect())
    }

    async fn called_by(&self, list: Names, beginning: String, sought: &Sought) -> Result<Vec<String>, StoreError> {
        let query = self.partition(keys::called(list.partition(), &beginning), &beginning).limit(COMPARED);
        let found = query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
        let found: Vec<Called> = found.into_iter().map(record).collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|it| it.fits(sought)).map(|it| it.id).collect())
    }
}
