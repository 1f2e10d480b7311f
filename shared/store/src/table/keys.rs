//! Keys. Every id is percent-encoded and followed by `#`, which the encoding never produces. Therefore no id can
//! contain the separator, no key is a prefix of another, and ids that differ only in case or normalisation stay apart.

use domain::{
    id::{CompanyId, ContactId, ConversationId, LogoId, PartId, TeammateId, TicketId, TypeId},
    state::StateCategory,
    ticket::Boundary,
    timestamp::Timestamp,
    turn::Who,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that stay readable. Nothing in an encoded id, not even `%`, sorts below the closing `#`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'@');

pub(crate) const SETTINGS: &str = "SETTINGS";
pub(crate) const CATALOG: &str = "CATALOG";
pub(crate) const CHECKS: &str = "CHECKS";
pub(crate) const COMPANY: &str = "COMPANY";
pub(crate) const CONTACT: &str = "CONTACT";
pub(crate) const CONVERSATION: &str = "CONVERSATION";
pub(crate) const TEAMMATE: &str = "TEAMMATE";
pub(crate) const BODY: &str = "BODY";
/// The beginning of memberships in a company's partition.
pub(crate) const MEMBERS: &str = "CONTACT#";
/// The beginning of tickets-space entries.
pub(crate) const SPACES: &str = "SPACE#";
pub(crate) const PARTICIPANT: &str = "PARTICIPANT#";
pub(crate) const EVENT: &str = "EVENT#";
/// The beginning of messages. Versions that knew no other beginning kept notes among them.
pub(crate) const PART: &str = "PART#";
/// The beginning of notes, so that they never stand between a customer and their messages.
pub(crate) const NOTE: &str = "NOTE#";
pub(crate) const AUDIT: &str = "AUDIT#";
pub(crate) const REQUEST: &str = "REQUEST";
pub(crate) const NUMBER: &str = "NUMBER";
/// The mark of a ticket, or of a conversation without one.
pub(crate) const MARK: &str = "MARK";
/// The beginning of those who follow a ticket, in its partition. They sort after [`MARK`], so that the query which reads a
/// ticket does not read them.
pub(crate) const FOLLOWERS: &str = "MARK~FOLLOWER#";
/// The mark of a contact's tickets space. It sorts right after [`CONTACT`] and the mark's shards, so that one query reads
/// all of them.
pub(crate) const OWN_MARK: &str = "CONTACT~MARK";
/// The beginning of copies of the tickets that are in the list of a contact alone. They sort between [`OWN_MARK`] and
/// [`ENDED`], so that the query which reads every visitor reads them.
pub(crate) const PRIVATE: &str = "CONTACT~PRIVATE#";
/// A contact's sessions that were ended by signing out. It sorts after [`OWN_MARK`], so that the same query reads
/// it, and versions that know nothing of it do not.
pub(crate) const ENDED: &str = "CONTACT~SIGNED_OUT";
/// The beginning of teammates in the settings partition.
pub(crate) const TEAMMATES: &str = "TEAMMATE#";
/// The partition that lists all companies by name.
pub(crate) const COMPANIES: &str = "COMPANIES";
/// The partition that lists all contacts by name.
pub(crate) const PEOPLE: &str = "PEOPLE";
/// The beginning of memberships in a contact's partition. [`CONTACT`], [`OWN_MARK`] and [`ENDED`] sort after all of
/// them.
pub(crate) const MEMBERSHIPS: &str = "COMPANY#";

/// Shards of what all writes of a company, or of a person, add to. With 16, of 50 people who write to one company at
/// once (transactions of 20 ms, pauses as in `pause.rs`) each gets through within a second, and all shards of a
/// company with its record take less than the 4 KB of one read unit.
pub(crate) const SHARDS: u8 = 16;

/// The sort key of a shard: of a company's counters and mark, or of the mark of a contact's tickets space. `sk` is that
/// of the item which earlier versions added to, and which counts for ever. Shards sort after [`COMPANY`] or [`CONTACT`].
pub(crate) fn shard(sk: &str, nth: u8) -> String {
    let of = if sk == OWN_MARK { CONTACT } else { sk };
    format!("{of}!{nth:02}")
}

/// Every shard of a company sorts before this, and what moved in it after this.
pub(crate) const COMPANY_SHARDS_END: &str = "COMPANY!~";

/// The beginning of moves in a company's partition.
pub(crate) const MOVES: &str = "COMPANY~";

/// Later than any time that is written.
const FAR: i64 = 9_999_999_999_999;

/// The sort key of a ticket's move in a company's partition, latest first. It sorts right after the company's shards.
pub(crate) fn moved(at: Timestamp, id: &TicketId) -> String {
    keyed(&format!("{MOVES}{:013}", FAR - at.millis()), id.as_str())
}

/// The greatest sort key of moves at this time or later.
pub(crate) fn moved_since(at: Timestamp) -> String {
    format!("{MOVES}{:013}~", FAR - at.millis())
}

fn keyed(kind: &str, id: &str) -> String {
    format!("{kind}#{}#", utf8_percent_encode(id, PLAIN))
}

/// A company's partition, and its sort key in a contact's partition.
pub(crate) fn company(id: &CompanyId) -> String {
    keyed("COMPANY", id.as_str())
}

/// A contact's partition, and its sort key in a company's partition.
pub(crate) fn contact(id: &ContactId) -> String {
    keyed("CONTACT", id.as_str())
}

/// A ticket's own partition, and its sort key in a company's or contact's partition.
pub(crate) fn ticket(id: &TicketId) -> String {
    keyed("TICKET", id.as_str())
}

/// A conversation's partition.
pub(crate) fn conversation(id: &ConversationId) -> String {
    keyed("CONVERSATION", id.as_str())
}

/// A logo's sort key in the settings partition.
pub(crate) fn logo(id: &LogoId) -> String {
    keyed("LOGO", id.as_str())
}

/// A teammate's sort key in the settings partition.
pub(crate) fn teammate(id: &TeammateId) -> String {
    keyed(TEAMMATE, id.as_str())
}

/// The sort key of a ticket in a contact's tickets space.
pub(crate) fn space(id: &TicketId) -> String {
    keyed("SPACE", id.as_str())
}

/// The sort key of a ticket that is in the list of its creator alone, in their partition.
pub(crate) fn private(id: &TicketId) -> String {
    format!("{PRIVATE}{id}#")
}

/// A contact's sort key in a conversation's partition.
pub(crate) fn participant(id: &ContactId) -> String {
    keyed("PARTICIPANT", id.as_str())
}

/// A contact's sort key among those who follow a ticket.
pub(crate) fn follower(id: &ContactId) -> String {
    format!("{FOLLOWERS}{}#", utf8_percent_encode(id.as_str(), PLAIN))
}

/// The partition that records the outcome of a request that must happen only once.
pub(crate) fn request(of: &str, key: &str) -> String {
    format!("{}{}", keyed("REQUEST", of), keyed("KEY", key))
}

/// The sort key of an audit line, in the partition of a contact or of the settings.
pub(crate) fn audit(at: Timestamp, mark: &str) -> String {
    format!("{AUDIT}{}#{mark}#", at.sortable())
}

/// The sort key of an entry in a list of names: by name, ignoring case.
pub(crate) fn listed(name: &str, id: &str) -> String {
    let sorted: String = name.to_lowercase().chars().take(60).collect();
    format!("{sorted}#{}#", utf8_percent_encode(id, PLAIN))
}

/// The partition of those in a list of names ([`COMPANIES`], [`PEOPLE`]) who are found by a word that begins like this
/// one. One partition for each first character keeps the load of many writes apart.
pub(crate) fn called(list: &str, word: &str) -> String {
    keyed(list, word.get(..word.chars().next().map_or(0, char::len_utf8)).unwrap_or_default())
}

/// The sort key of a message ([`PART`]) or note ([`NOTE`]) in a conversation, in time order.
pub(crate) fn part(beginning: &str, at: Timestamp, id: &PartId) -> String {
    format!("{beginning}{}#{id}#", at.sortable())
}

/// The sort key of an event in a ticket's history, in time order. `mark` distinguishes events of the same millisecond.
pub(crate) fn event(at: Timestamp, mark: &str) -> String {
    format!("{EVENT}{}#{mark}#", at.sortable())
}

/// A ticket's home partition: its company's, or its requester's if it has no company.
pub(crate) fn home(of: Option<&CompanyId>, requester: &ContactId) -> String {
    of.map_or_else(|| contact(requester), company)
}

/// The view of a company's tickets that customers may see.
pub(crate) fn company_view(id: &CompanyId) -> String {
    company(id)
}

/// The view of a company's tickets that customers may not see.
pub(crate) fn hidden_view(id: &CompanyId) -> String {
    format!("{}HIDDEN", company(id))
}

/// The view of the tickets that a contact created in a company.
pub(crate) fn own_view(requester: &ContactId, of: &CompanyId) -> String {
    format!("{}{}", contact(requester), company(of))
}

/// The beginning of what asks for a contact's attention, in their partition.
pub(crate) const ATTENTION: &str = "ATTENTION#";
/// The beginning of tickets that wait on the contact, among these.
pub(crate) const WAITS: &str = "ATTENTION#W#";
/// The beginning of those that have something which the contact has not seen.
pub(crate) const UNSEEN: &str = "ATTENTION#U#";

/// The sort key of a ticket that asks for a contact's attention.
pub(crate) fn asks(beginning: &str, id: &TicketId) -> String {
    format!("{beginning}{}", ticket(id))
}

/// The partition with what is counted of the Help Desk's inbox, and the sort key of which its shards are.
pub(crate) const DESK: &str = "DESK";

/// The view of the inbox that holds what is somebody's turn.
pub(crate) fn inbox(turn: Who) -> String {
    let turn = match turn {
        Who::Us => "us",
        Who::Customer => "customer",
        Who::Nobody => "none",
    };
    keyed("INBOX", turn)
}

/// The list of those cases of a view of the inbox that are of a company, or of none.
pub(crate) fn inbox_of_company(view: &str, of: Option<&CompanyId>) -> String {
    format!("{view}{}", of.map_or_else(|| "NONE#".into(), company))
}

/// The list of those tickets of a view of the inbox that are of a type.
pub(crate) fn inbox_of_type(view: &str, of: &TypeId) -> String {
    format!("{view}{}", keyed("TYPE", of.as_str()))
}

/// The beginning of the inbox's views and lists.
pub(crate) const INBOX: &str = "INBOX#";

/// The place of a case in a view of the inbox: since when it is the turn of whoever it is, then the key of its partition.
pub(crate) fn waiting(since: Timestamp, partition: &str) -> String {
    format!("{}#{partition}", since.sortable())
}

/// The name under which what is assigned to a teammate, or to nobody, is counted, and the beginning of its places among
/// what is in the inbox.
pub(crate) fn assigned(to: Option<&TeammateId>) -> String {
    keyed("A", to.map_or("", |id| id.as_str()))
}

/// The beginning of the `by_state` key of a ticket: its state's category, with a mark if a customer's message makes it
/// the vendor's turn although the state does not.
pub(crate) fn state_range(category: StateCategory, is_unanswered: bool) -> String {
    let mark = if is_unanswered && category.turn() != Who::Us { "!" } else { "" };
    format!("{category}{mark}#")
}

/// The beginning of the partitions of a company, or of No company.
pub(crate) fn scope(company_id: Option<&CompanyId>) -> String {
    company_id.map_or_else(|| "NONE#".into(), company)
}

/// The name of a search list, as keys have it.
pub(crate) fn list(list: &str) -> String {
    keyed("", list).split_off(1)
}

/// The partition of a search list of a company, or of No company: the one that customers may read, or the one that is for
/// teammates alone.
pub(crate) fn found_in(company_id: Option<&CompanyId>, is_open: bool, name: &str) -> String {
    format!("{}{}{}", scope(company_id), if is_open { FIND } else { KEPT }, list(name))
}

/// The partition of a search list that one contact alone may read.
pub(crate) fn found_by_creator(creator: &ContactId, name: &str) -> String {
    format!("{}{}", scope_of_creator(creator), list(name))
}

/// The beginning of these partitions.
pub(crate) fn scope_of_creator(creator: &ContactId) -> String {
    format!("{}{FIND}", contact(creator))
}

/// The view of a search list that spans all companies.
pub(crate) fn found_anywhere(name: &str) -> String {
    format!("{FIND}{}", list(name))
}

/// Splits the partition of a search list, or of a list of the inbox, into what comes before the list's name, and the rest.
pub(crate) fn scope_and_list(pk: &str) -> (&str, &str) {
    let of_search = [FIND, KEPT].into_iter().filter_map(|kind| Some(pk.rfind(kind)? + kind.len())).max();
    pk.split_at(of_search.or_else(|| pk.starts_with(INBOX).then_some(INBOX.len())).unwrap_or(0))
}

/// The name of the list that has a vector of each ticket. No word begins like this.
pub(crate) const NEAR: &str = "~";

/// What comes before the name of a search list that customers may read. No encoded id has it.
pub(crate) const FIND: &str = "FIND#";
/// The same for teammates alone.
pub(crate) const KEPT: &str = "KEPT#";

/// The beginning of partitions of manifests.
pub(crate) const INDEXED: &str = "INDEXED#";

/// The partition of the manifests of all documents that are in a partition.
pub(crate) fn indexed(pk: &str) -> String {
    format!("{INDEXED}{pk}")
}

/// A ticket's sort key in search lists, in the order of creation.
pub(crate) fn found_ticket(created: Timestamp, id: &TicketId) -> String {
    format!("{}#{}", created.sortable(), ticket(id))
}

/// A ticket's key in its company's partition, by its place in search lists.
pub(crate) fn ticket_at(place: &str) -> Option<String> {
    place.split_once('#').map(|(_, ticket)| ticket.to_owned())
}

/// A conversation's sort key in search lists, in the order in which conversations started.
pub(crate) fn found_conversation(started: Timestamp, id: &ConversationId) -> String {
    format!("{}#{}", started.sortable(), conversation(id))
}

/// The sort key that orders by last update, then id.
pub(crate) fn updated(at: &Boundary) -> String {
    format!("{}#{}#", at.updated_at.sortable(), at.id)
}

/// Sorts before every time.
pub(crate) const BEFORE_ALL_TIMES: &str = "0";
/// Sorts after every time.
pub(crate) const AFTER_ALL_TIMES: &str = "~";

/// A string above [`updated`] that is not above any later place.
pub(crate) fn just_above(key: &str) -> String {
    format!("{key}~")
}

/// The greatest string below [`updated`] that is not below any earlier place: the key without its closing `#`.
pub(crate) fn just_below(key: &str) -> &str {
    key.strip_suffix('#').unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z#%./ ]{1,8}",
            "\\PC{1,20}",
            Just("acme".to_owned()),
            Just("acme#".to_owned()),
            Just("acme#CONTACT#u".to_owned()),
            Just("\u{e9}".to_owned()),
            Just("e\u{301}".to_owned())
        ]
        .prop_filter("an id", |id| CompanyId::new(id.clone()).is_ok())
    }

    proptest! {
        #[test]
        fn different_ids_never_share_a_key_nor_prefix_one_another(a in id(), b in id()) {
            let (ka, kb) = (company(&CompanyId::new(a.clone()).unwrap()), company(&CompanyId::new(b.clone()).unwrap()));
            prop_assert_eq!(a == b, ka == kb);
            prop_assert!(a == b || !ka.starts_with(&kb));
            prop_assert_eq!(ka.matches('#').count(), 2);
        }

        #[test]
        fn views_of_different_owners_stay_apart(a in id(), b in id(), c in id(), d in id()) {
            let own = |contact: &str, of: &str| own_view(&ContactId::new(contact).unwrap(), &CompanyId::new(of).unwrap());
            prop_assert_eq!((&a, &b) == (&c, &d), own(&a, &b) == own(&c, &d));
        }

        #[test]
        fn lists_of_search_stay_apart_from_each_other_and_from_every_view(a in id(), b in id(), x in "\\PC{0,5}", y in "\\PC{0,5}") {
            let (of_a, of_b) = (CompanyId::new(a.clone()).unwrap(), CompanyId::new(b.clone()).unwrap());
            let who = ContactId::new(b.clone()).unwrap();
            let (in_a, in_b) = (found_in(Some(&of_a), true, &x), found_in(Some(&of_b), true, &y));
            prop_assert_eq!((&a, &x) == (&b, &y), in_a == in_b);
            prop_assert_eq!(x == y, found_anywhere(&x) == found_anywhere(&y));
            prop_assert_ne!(found_in(None, false, &x), found_in(Some(&of_a), false, &x));
            let own = found_by_creator(&who, &y);
            prop_assert!(own != in_a && own != found_anywhere(&x) && own != found_in(Some(&of_a), false, &x));
            for view in [company(&of_b), company_view(&of_b), hidden_view(&of_b), contact(&who), own_view(&who, &of_a)] {
                prop_assert_ne!(&view, &in_a);
                prop_assert_ne!(&view, &found_anywhere(&x));
                prop_assert_ne!(&view, &found_in(None, false, &x));
            }
        }

        #[test]
        fn the_order_of_keys_is_the_order_of_lists(
            a in 0i64..3, b in 0i64..3, x in "[A-Za-z0-9_-]{1,4}", y in "[A-Za-z0-9_-]{1,4}",
        ) {
            let place = |millis, id: &str| Boundary {
                updated_at: Timestamp::from_millis(millis).unwrap(),
                id: TicketId::new(id).unwrap(),
            };
            let (p, q) = (place(a, &x), place(b, &y));
            prop_assert_eq!(updated(&p).cmp(&updated(&q)), p.cmp(&q));
            prop_assert_eq!(updated(&p).as_str() <= just_below(&updated(&q)), p < q);
            prop_assert_eq!(updated(&p) >= just_above(&updated(&q)), p > q);
            prop_assert!(updated(&p).as_str() > BEFORE_ALL_TIMES && updated(&p).as_str() < AFTER_ALL_TIMES);
            // A time alone lies between the places before it and those at it.
            prop_assert_eq!(updated(&p) >= q.updated_at.sortable(), p.updated_at >= q.updated_at);
        }
    }

    #[test]
    fn one_query_reads_a_company_with_its_shards_and_its_latest_moves() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let id = TicketId::new("tk-1").unwrap();
        let in_order = [
            COMPANY.to_owned(),
            shard(COMPANY, 0),
            shard(COMPANY, SHARDS - 1),
            COMPANY_SHARDS_END.to_owned(),
            moved(at(1_800_000_000_000), &id),
            moved(at(1_700_000_000_000), &id),
            moved_since(at(1_700_000_000_000)),
            moved(at(1_699_999_999_999), &id),
            contact(&ContactId::new("u").unwrap()),
        ];
        assert!(in_order.is_sorted(), "{in_order:?}");
    }

    #[test]
    fn one_query_reads_a_contact_with_its_memberships_and_its_mark() {
        let membership = company(&CompanyId::new("~").unwrap());
        let private = private(&TicketId::new("tk-1").unwrap());
        let marks = [shard(OWN_MARK, 0), shard(OWN_MARK, SHARDS - 1)];
        let in_order = [MEMBERSHIPS, &membership, CONTACT, &marks[0], &marks[1], OWN_MARK, PRIVATE, &private, ENDED];
        assert!(in_order.is_sorted(), "{in_order:?}");
        assert!([BODY, SPACES, AUDIT].iter().all(|other| *other < MEMBERSHIPS || *other > OWN_MARK));
    }

    #[test]
    fn the_longest_ids_fit_dynamodbs_limits() {
        let worst = "\0".repeat(256);
        let (contact_id, company_id) = (ContactId::new(worst.clone()).unwrap(), CompanyId::new(worst).unwrap());
        assert!(company(&company_id).len() <= 1024, "sort key");
        assert!(found_in(Some(&company_id), true, &"\u{10ffff}".repeat(32)).len() <= 2048, "partition key");
        assert!(own_view(&contact_id, &company_id).len() <= 2048, "partition key");
    }
}
