//! Limits on the contents of a line, beyond what its types require.

use crate::line::{ActorLine, CompanyLine, ContactLine, PartLine, PartType, SettingsLine, TicketLine};
use domain::limit::{Verdict, body, companies, data, demand, email, name, number, text, title};

pub(crate) fn settings(line: &SettingsLine) -> Verdict {
    line.settings().verify().map_err(|unfit| unfit.to_string())
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
