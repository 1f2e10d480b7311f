//! Limits on the contents of a line, beyond what its types require.

use crate::line::{
    ActorLine, CompanyLine, ContactLine, PartLine, PartType, SettingsLine, TicketLine, TicketStateLine, TicketTypeLine,
};
use domain::limit::{Verdict, body, companies, data, demand, email, name, number, options, text, title};
use std::collections::BTreeSet;

/// Maximum number of attributes of a ticket type.
const MOST_ATTRIBUTES: usize = 100;

pub(crate) fn settings(line: &SettingsLine) -> Verdict {
    line.settings().verify().map_err(|unfit| unfit.to_string())
}

pub(crate) fn ticket_type(line: &TicketTypeLine) -> Verdict {
    name("name", &line.name)?;
    line.external_label.as_deref().map_or(Ok(()), |text| name("external_label", text))?;
    demand(line.icon.chars().count() <= 16, || "icon is longer than 16 characters".into())?;
    demand(line.attributes.len() <= MOST_ATTRIBUTES, || format!("more than {MOST_ATTRIBUTES} attributes"))?;
    let mut names = BTreeSet::new();
    for attribute in &line.attributes {
        name("attribute name", &attribute.name)?;
        demand(names.insert(&attribute.name), || format!("attribute {:?} is defined twice", attribute.name))?;
        options(attribute)?;
    }
    Ok(())
}

pub(crate) fn ticket_state(line: &TicketStateLine) -> Verdict {
    line.internal_label.as_deref().map_or(Ok(()), |text| name("internal_label", text))?;
    line.external_label.as_deref().map_or(Ok(()), |text| name("external_label", text))
}

pub(crate) fn person(person_name: Option<&str>) -> Verdict {
    person_name.map_or(Ok(()), |text| name("name", text))
}

pub(crate) fn company(line: &CompanyLine) -> Verdict {
    name("name", &line.name)?;
    data(&line.attributes)
}

pub(crate) fn contact(line: &ContactLine) -> Verdict {
    person(line.name.as_deref())?;
    line.email.as_deref().map_or(Ok(()), email)?;
    companies(line.companies.len())?;
    data(&line.attributes)
}

pub(crate) fn part(part: &PartLine) -> Verdict {
    let id = &part.id;
    body(&format!("the body of part {id}"), &part.body)?;
    let by_teammate = matches!(part.author, ActorLine::Teammate(_));
    demand(part.part_type == PartType::Message || by_teammate, || format!("part {id} is a note by a contact"))
}

/// What stands where an address has a ticket's id, and is no ticket.
const ADDRESSES: [&str; 3] = ["new", "export", "similar"];

pub(crate) fn ticket(line: &TicketLine) -> Verdict {
    demand(!ADDRESSES.contains(&line.id.as_str()), || format!("the id {} is an address of the portal", line.id))?;
    number(line.number)?;
    title(&line.title)?;
    text("description", &line.description)?;
    let updated = line.updated_at.unwrap_or(line.created_at);
    demand(updated >= line.created_at, || "updated_at is before created_at".into())
}
