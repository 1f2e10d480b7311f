//! Invariant 3 over a whole table: a ticket is in exactly one partition, and counters equal a recount. For the
//! operator; functions never scan.

use crate::{
    Store, StoreError,
    item::{BodyRecord, CompanyRecord, Item, RowRecord, record, text},
    keys,
};
use domain::{
    company::Company,
    id::{CompanyId, TicketId},
    state::Counts,
    ticket::{Ticket, TicketRow},
};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

/// What a whole table holds, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Items read.
    pub items: u64,
    /// Tickets found.
    pub tickets: u64,
    /// Companies found.
    pub companies: u64,
    /// Everything that breaks the invariant.
    pub findings: Vec<Finding>,
}

/// Something that breaks the invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A ticket item in a partition that is not its home, or without a body.
    Stray {
        /// Which.
        ticket: TicketId,
        /// The partition.
        partition: String,
    },
    /// A ticket without an item in its home partition.
    Homeless(TicketId),
    /// A ticket item that differs from the ticket.
    Different(TicketId),
    /// A creator's tickets-space entry that is missing or differs from the ticket.
    Space(TicketId),
    /// A company's counters are not the recount.
    Miscounted {
        /// Which.
        company: CompanyId,
        /// Visible and hidden tickets as kept.
        kept: (Counts, Counts),
        /// And as counted.
        counted: (Counts, Counts),
    },
    /// A membership is recorded on one side only.
    HalfMembership {
        /// The partition that has it.
        partition: String,
        /// The partition that lacks it.
        missing_in: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray { ticket, partition } => write!(f, "ticket {ticket}: a stray item in {partition}"),
            Self::Homeless(ticket) => write!(f, "ticket {ticket}: no item in its home partition"),
            Self::Different(ticket) => write!(f, "ticket {ticket}: its item differs from the ticket"),
            Self::Space(ticket) => write!(f, "ticket {ticket}: its creator's tickets space does not have it right"),
            Self::Miscounted { company, kept, counted } => {
                write!(f, "company {company}: counters say {kept:?}, a recount {counted:?}")
            }
            Self::HalfMembership { partition, missing_in } => {
                write!(f, "membership in {partition} is missing in {missing_in}")
            }
        }
    }
}

#[derive(Default)]
struct Census {
    bodies: BTreeMap<TicketId, Ticket>,
    homes: BTreeMap<TicketId, Vec<(String, TicketRow)>>,
    spaces: HashMap<(String, TicketId), TicketRow>,
    companies: BTreeMap<CompanyId, Company>,
    memberships: BTreeMap<(String, String), ()>,
}

impl Store {
    /// Reads the whole table and verifies it. `progress` hears how many items have been read.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read, or an item is unreadable.
    pub async fn check(&self, mut progress: impl FnMut(u64)) -> Result<Report, StoreError> {
        let mut census = Census::default();
        let mut report = Report::default();
        let scan = self.client.scan().table_name(&self.table).consistent_read(true);
        let mut pages = scan.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            census.count(item.map_err(StoreError::from_sdk)?)?;
            report.items += 1;
            if report.items % 1000 == 0 {
                progress(report.items);
            }
        }
        report.tickets = census.bodies.len() as u64;
        report.companies = census.companies.len() as u64;
        report.findings = census.findings();
        Ok(report)
    }
}

impl Census {
    fn count(&mut self, item: Item) -> Result<(), StoreError> {
        let (pk, sk) = (text(&item, "pk").to_owned(), text(&item, "sk").to_owned());
        let kind = |key: &str, kind: &str| key.starts_with(kind);
        let of_person_or_company = kind(&pk, "COMPANY#") || kind(&pk, "CONTACT#");
        if sk == keys::BODY {
            let ticket = record::<BodyRecord>(item)?.into_ticket()?;
            self.bodies.insert(ticket.row.id.clone(), ticket);
        } else if of_person_or_company && kind(&sk, "TICKET#") {
            let row: TicketRow = record::<RowRecord>(item)?.into();
            self.homes.entry(row.id.clone()).or_default().push((pk, row));
        } else if kind(&sk, "SPACE#") && text(&item, "role") == "creator" && item.contains_key("number") {
            let row: TicketRow = record::<RowRecord>(item)?.into();
            self.spaces.insert((pk, row.id.clone()), row);
        } else if sk == keys::COMPANY {
            let company: Company = record::<CompanyRecord>(item)?.into();
            self.companies.insert(company.id.clone(), company);
        } else if of_person_or_company && (kind(&sk, "COMPANY#") || kind(&sk, "CONTACT#")) {
            self.memberships.insert((pk, sk), ());
        }
        Ok(())
    }

    fn findings(mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut counted: BTreeMap<CompanyId, (Counts, Counts)> = BTreeMap::new();
        for (id, ticket) in &self.bodies {
            let row = &ticket.row;
            let home = keys::home(row.company.as_ref(), &row.requester);
            let items = self.homes.remove(id).unwrap_or_default();
            match items.iter().find(|(partition, _)| *partition == home) {
                None => findings.push(Finding::Homeless(id.clone())),
                Some((_, found)) if found != row => findings.push(Finding::Different(id.clone())),
                Some(_) => {}
            }
            let strays = items.into_iter().filter(|(partition, _)| *partition != home);
            findings.extend(strays.map(|(partition, _)| Finding::Stray { ticket: id.clone(), partition }));
            if self.spaces.get(&(keys::contact(&row.requester), id.clone())) != Some(row) {
                findings.push(Finding::Space(id.clone()));
            }
            if let Some(company) = &row.company {
                let (visible, hidden) = counted.entry(company.clone()).or_default();
                let counts = if row.is_customer_visible() { visible } else { hidden };
                counts.add(row.state_category, 1);
            }
        }
        for (ticket, items) in self.homes {
            findings
                .extend(items.into_iter().map(|(partition, _)| Finding::Stray { ticket: ticket.clone(), partition }));
        }
        for (id, company) in self.companies {
            let (kept, counted) = ((company.visible, company.hidden), counted.remove(&id).unwrap_or_default());
            if kept != counted {
                findings.push(Finding::Miscounted { company: id, kept, counted });
            }
        }
        let orphaned = counted.into_iter().map(|(company, counted)| Finding::Miscounted {
            company,
            kept: Default::default(),
            counted,
        });
        findings.extend(orphaned);
        for (pk, sk) in self.memberships.keys() {
            if !self.memberships.contains_key(&(sk.clone(), pk.clone())) {
                findings.push(Finding::HalfMembership { partition: pk.clone(), missing_in: sk.clone() });
            }
        }
        findings
    }
}
