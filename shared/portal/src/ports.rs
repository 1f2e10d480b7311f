//! What use cases need from outside besides the table: the time and new ids. Tests supply their own.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::timestamp::Timestamp;
use std::{
    sync::Arc,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// The only source of the current time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests set, in milliseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Set(millis) => millis.load(Ordering::Relaxed),
        };
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}

/// The only source of new ids. All of them are safe in URL paths.
#[derive(Debug, Clone)]
pub enum Ids {
    /// 96 random bits each, so that nobody can guess them.
    Random,
    /// Numbered in order, for tests that compare whole answers.
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// Makes a new id, such as `tk-mEmyPnqtS4yF7gBq` for the kind `tk`.
    #[must_use]
    pub fn next(&self, kind: &str) -> String {
        match self {
            Self::Random => format!("{kind}-{}", URL_SAFE_NO_PAD.encode(random())),
            Self::Counted(last) => format!("{kind}-{}", last.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}

fn random() -> [u8; 12] {
    // Bytes 6 and 8 of a UUID hold its version and variant, which are not random.
    let [a, b, c, d, e, f, _, g, _, h, i, j, k, l, ..] = uuid::Uuid::new_v4().into_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn random_ids_are_all_different_and_safe_in_paths() {
        let ids: BTreeSet<_> = (0..1000).map(|_| Ids::Random.next("tk")).collect();
        assert_eq!(ids.len(), 1000);
        let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
        assert!(ids.iter().all(|id| id.len() == "tk-".len() + 16 && id.bytes().all(plain)));
    }

    #[test]
    fn counted_ids_go_up_whatever_their_kind() {
        let ids = Ids::Counted(Arc::default());
        assert_eq!([ids.next("tk"), ids.next("p")], ["tk-1", "p-2"]);
    }
}
