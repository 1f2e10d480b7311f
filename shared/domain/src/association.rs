//! Which company a ticket belongs to (docs/product.md, The company of a ticket). One rule applies to creating a ticket,
//! updating it, converting a conversation to one and linking one to a conversation.

use crate::id::CompanyId;
use std::collections::BTreeSet;

/// What a teammate chooses as the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// No choice: the automatic rule decides, unless a teammate chose before.
    Automatic,
    NoCompany,
    Company(CompanyId),
}

/// A ticket's company, and whether a teammate chose it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Association {
    /// `None` means No company.
    pub company: Option<CompanyId>,
    /// Whether a teammate chose the company; the automatic rule then leaves it alone.
    pub chosen: bool,
}

/// The chosen company is not one that the ticket's participants belong to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("company {0} is not one of the participants' companies")]
pub struct NotOffered(pub CompanyId);

/// Returns the companies that a ticket may belong to, besides No company: those that its participants belong to now.
pub fn options<'a>(
    companies_of_participants: impl IntoIterator<Item = &'a BTreeSet<CompanyId>>,
) -> BTreeSet<CompanyId> {
    companies_of_participants.into_iter().flatten().cloned().collect()
}

/// Returns the company that the automatic rule selects: the option, if there is exactly one.
#[must_use]
pub fn automatic(options: &BTreeSet<CompanyId>) -> Option<&CompanyId> {
    if options.len() == 1 { options.first() } else { None }
}

/// Decides which company a ticket gets.
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

    /// Covers every combination of participants (0 to 3), the companies of each (none, a, b, both), what the teammate
    /// sent and what was there before. The expectations come from docs/product.md, The company of a ticket, not from
    /// the code.
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
