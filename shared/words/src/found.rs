//! Where a search has found something, for a row of a list.

use domain::search::{Field, Match, Piece};

/// The title with what was looked for told apart, if it was found there.
#[must_use]
pub fn title(matched: Option<&Match>) -> Option<&[Piece]> {
    matched.filter(|it| it.is_in_title()).map(|it| it.snippet.as_slice())
}

/// Where something was found that the row does not show otherwise, and the line.
#[must_use]
pub fn line(matched: Option<&Match>) -> Option<(&'static str, &[Piece])> {
    let it = matched?;
    let place = match it.field {
        Field::Description => "In the description",
        Field::Attribute => "In its fields",
        Field::Message => "In a message",
        Field::Note => "In a note",
        // Of these the line is the title, which stands above.
        Field::Number | Field::Title | Field::Name => return None,
    };
    Some((place, &it.snippet))
}
