//! The Help Desk's inbox: what is the vendor's turn, what waits on customers, and what is resolved.
//!
//! A page is one query: of a sparse view, which all cases and those of an assignee have, or of a list of the copies of a
//! company's or a type's cases, which follows a moment later (`feed`). Further filters are applied to a bounded number of
//! cases; the next page goes on behind the last one that was looked at.

use super::search::CompanyFilter;
use crate::{
    record::{Case, DeskCounts, What},
    table::{BY_STATE, BY_UPDATED, Store, StoreError, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::{CompanyId, TeammateId, TypeId},
    turn::Who,
};

/// Cases that one request looks through when a filter applies that no view serves. Of the usual size they cost about nine
/// read units.
const EXAMINED: usize = 100;

/// Which cases to list.
#[derive(Debug, Clone)]
pub struct InboxQuery {
    pub turn: Who,
    /// If set, only cases of this assignee, or only those of nobody.
    pub assignee: Option<Option<TeammateId>>,
    pub company: CompanyFilter,
    /// If set, only tickets of this type.
    pub ticket_type: Option<TypeId>,
    /// The place of the last case that was looked at.
    pub after: Option<String>,
    pub limit: usize,
}

/// A page of the inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxPage {
    /// For the vendor's turn the longest wait first, else the latest first.
    pub cases: Vec<Case>,
    /// Where the inbox continues. A page that is not the last can have fewer cases than asked for, or none.
    pub next: Option<String>,
}

impl InboxQuery {
    /// The list that has the cases of this company, or else of this type.
    fn list(&self) -> Option<String> {
        let view = keys::inbox(self.turn);
        match (&self.company, &self.ticket_type) {
            (CompanyFilter::Of(id), _) => Some(keys::inbox_of_company(&view, Some(id))),
            (CompanyFilter::NoCompany, _) => Some(keys::inbox_of_company(&view, None)),
            (CompanyFilter::Any, Some(of)) => Some(keys::inbox_of_type(&view, of)),
            (CompanyFilter::Any, None) => None,
        }
    }

    fn keeps(&self, case: &Case) -> bool {
        let assignee = match &case.what {
            What::Ticket { assignee, .. } => assignee.as_ref(),
            What::Conversation { .. } => None,
        };
        if self.assignee.as_ref().is_some_and(|wanted| wanted.as_ref() != assignee) {
            return false;
        }
        let of = |company: Option<&CompanyId>| self.company.holds(company);
        match &case.what {
            What::Ticket { row, .. } => {
                of(row.company.as_ref()) && self.ticket_type.as_ref().is_none_or(|only| *only == row.ticket_type)
            }
            What::Conversation { companies, .. } => {
                let theirs = of(None) && companies.is_empty() || companies.iter().any(|id| of(Some(id)));
                theirs && self.ticket_type.is_none()
            }
        }
    }

    /// Whether it is known before reading that every case of the view, or list, is wanted.
    fn takes_all(&self) -> bool {
        let is_of_company = self.company != CompanyFilter::Any;
        let is_of_type = self.ticket_type.is_some();
        // A view goes by the assignee, a list by the company, or else by the type.
        !(is_of_company && is_of_type) && !((is_of_company || is_of_type) && self.assignee.is_some())
    }
}

impl Store {
    /// Reads a page of the inbox.
    pub async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage, StoreError> {
        let longest_first = query.turn == Who::Us;
        let list = query.list();
        let (place, beginning) = match (&list, &query.assignee) {
            (Some(_), _) => ("sk", String::new()),
            (None, None) => ("by_updated", String::new()),
            (None, Some(assignee)) => ("by_state", keys::assigned(assignee.as_ref())),
        };
        // Places are times followed by keys, and none begins with any of these.
        let (first, last) = match (&query.after, longest_first) {
            (None, _) => (format!("{beginning}!"), format!("{beginning}~")),
            (Some(after), true) => (format!("{after}!"), format!("{beginning}~")),
            (Some(after), false) => (format!("{beginning}!"), keys::just_below(after).to_owned()),
        };
        let examined = if query.takes_all() { query.limit + 1 } else { EXAMINED.max(query.limit + 1) };
        let request = match list {
            Some(list) => self.partition_between(list, first, last),
            None => self
                .view(if query.assignee.is_some() { BY_STATE } else { BY_UPDATED }, keys::inbox(query.turn))
                .key_condition_expression("#view = :view AND #place BETWEEN :first AND :last")
                .expression_attribute_names("#place", place)
                .expression_attribute_values(":first", AttributeValue::S(first))
                .expression_attribute_values(":last", AttributeValue::S(last)),
        };
        let request = request.scan_index_forward(longest_first).limit(i32::try_from(examined).unwrap_or(i32::MAX));
        let answer = request.send().await.map_err(StoreError::from_sdk)?;
        let is_whole = answer.last_evaluated_key.is_none();
        let found = answer.items.unwrap_or_default().into_iter().map(|item| Case::read(item, place));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let (mut cases, mut looked_at, mut rest) = (Vec::new(), None, found.into_iter());
        for case in rest.by_ref() {
            looked_at = Some(case.place.clone());
            if query.keeps(&case) {
                cases.push(case);
            }
            if cases.len() == query.limit {
                break;
            }
        }
        let is_last = is_whole && rest.next().is_none();
        Ok(InboxPage { cases, next: looked_at.filter(|_| !is_last) })
    }

    /// Reads how many cases are the vendor's turn. It may lag a moment behind.
    pub async fn desk_counts(&self) -> Result<DeskCounts, StoreError> {
        let mut counts = DeskCounts::default();
        for shard in self.query_all(self.partition(keys::DESK.to_owned(), keys::DESK)).await? {
            counts.add(&shard);
        }
        Ok(counts)
    }
}
