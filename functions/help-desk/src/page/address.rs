//! Addresses of the Help Desk's pages.

/// A path with a query, without the parameters whose value is empty.
pub(crate) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        text.append_pair(name, value);
    }
    let text = text.finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

pub(crate) fn company(id: &str) -> String {
    address("/helpdesk/companies", &[("id", id)])
}

pub(crate) fn person(id: &str) -> String {
    address("/helpdesk/people", &[("id", id)])
}

pub(crate) fn ticket(id: &str) -> String {
    format!("/helpdesk/tickets/{id}")
}

pub(crate) fn conversation(id: &str) -> String {
    format!("/helpdesk/conversations/{id}")
}
