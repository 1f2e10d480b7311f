//! Which company a ticket belongs to (docs/product.md, The company of a ticket): one rule for creating a ticket,
//! updating it, converting a conversation to one and linking one to a conversation.

use crate::id::CompanyId;
use std::collections::BTreeSet;

/// What a teammate says about the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Nothing: the automatic rule decides, unless a teammate chose before.
    Automatic,
    /// No company.
    NoCompany,
    /// This one.
    Company(CompanyId),
}

/// A ticket's company, and whether a teammate chose it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Association {
    /// The company; `None` is No company.
    pub company: Option<CompanyId>,
    /// Chosen by a teammate, so that the automatic rule leaves it alone.
    pub chosen: bool,
}

/// The company is not one of those that the ticket's participants are in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("company {0} is not one of the participants' companies")]
pub struct NotOffered(pub CompanyId);

/// The companies that a ticket may belong to, besides No company: those that its participants are in now.
pub fn options<'a>(
    companies_of_participants: impl IntoIterator<Item = &'a BTreeSet<CompanyId>>,
) -> BTreeSet<CompanyId> {
    companies_of_participants.into_iter().flatten().cloned().collect()
}

/// The company that the automatic rule selects: the only one there is.
#[must_use]
pub fn automatic(options: &BTreeSet<CompanyId>) -> Option<&CompanyId> {
    if options.len() == 1 { options.first() } else { None }
}

/// The company that a ticket gets.
///
/// # Errors
/// [`NotOffered`] when the teammate's choice is not an option.
pub fn decide(
    options: &BTreeSet<CompanyId>,
    choice: Choice,
    before: Option<&Association>,
) -> Result<Association, NotOffered> {
    match choice {
        Choice::Company(company) if !options.contains(&company) => Err(NotOffered(company)),
        Choice::Company(company) => Ok(Association { company: Some(company), chosen: true }),
        Choice::NoCompany => Ok(Association { company: None, chosen: true }),
        Choice::Automatic => Ok(match before {
            Some(before) if before.chosen => before.clone(),
            _ => Association { company: automatic(options).cloned(), chosen: false },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &str) -> BTreeSet<CompanyId> {
        ids.chars().map(|id| CompanyId::new(id.to_string()).unwrap()).collect()
    }

    fn one(id: char) -> Option<CompanyId> {
        CompanyId::new(id.to_string()).ok()
    }

    /// Every combination of: participants (0 to 3) x companies of each (none, a, b, both) x what the teammate sent x
    /// what was there before. The expectation is written from docs/product.md, The company of a ticket, not from the
    /// code.
    #[test]
    fn the_full_decision_table_holds() {
        let memberships = ["", "a", "b", "ab"];
        let mut rows = 0;
        let people: Vec<Vec<&str>> = {
            let mut people: Vec<Vec<&str>> = vec![vec![]];
            for _ in 0..3 {
                let longer = people.iter().flat_map(|those| memberships.map(|it| [&those[..], &[it]].concat()));
                people = longer.chain(people.clone()).collect();
            }
            people
        };
        let sent = [
            Choice::Automatic,
            Choice::NoCompany,
            Choice::Company(one('a').unwrap()),
            Choice::Company(one('b').unwrap()),
            Choice::Company(one('z').unwrap()),
        ];
        let before: Vec<Option<Association>> =
            std::iter::once(None)
                .chain([None, one('a'), one('b'), one('z')].into_iter().flat_map(|company| {
                    [false, true].map(|chosen| Some(Association { company: company.clone(), chosen }))
                }))
                .collect();
        for participants in &people {
            let companies: Vec<_> = participants.iter().map(|it| set(it)).collect();
            let offered = options(&companies);
            let distinct: BTreeSet<char> = participants.iter().flat_map(|it| it.chars()).collect();
            assert_eq!(offered.len(), distinct.len());
            let only = (distinct.len() == 1).then(|| one(*distinct.first().unwrap())).flatten();
            for choice in &sent {
                for before in &before {
                    rows += 1;
                    let result = decide(&offered, choice.clone(), before.as_ref());
                    let expected = match choice {
                        Choice::Company(id) if !distinct.contains(&id.as_str().chars().next().unwrap()) => {
                            Err(NotOffered(id.clone()))
                        }
                        Choice::Company(id) => Ok((Some(id.clone()), true)),
                        Choice::NoCompany => Ok((None, true)),
                        Choice::Automatic => match before {
                            Some(Association { company, chosen: true }) => Ok((company.clone(), true)),
                            _ => Ok((only.clone(), false)),
                        },
                    };
                    assert_eq!(
                        result.map(|it| (it.company, it.chosen)),
                        expected,
                        "{participants:?} {choice:?} {before:?}"
                    );
                }
            }
        }
        assert!(rows > 3_000, "{rows} rows");
    }
}
