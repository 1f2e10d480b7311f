//! Reads of which there are more the more data there is, a few at a time.

use super::{error::StoreError, meter};
use futures::{StreamExt, TryStreamExt, stream};

/// How many of them one request sends at the same time, whoever asks for them. With the four reads that an entry has beside
/// them these are twelve: each is a connection, which in a process that has just started is a handshake of its own.
pub(super) const AT_ONCE: usize = 8;

tokio::task_local! {
    /// Set for a read that has a turn.
    static IN_TURN: ();
}

/// Returns what these read, in their order. One alone waits for no turn. Nor do those that such a read consists of, one
/// after another: with a turn of its own, it could wait for one for ever.
pub(crate) async fn side_by_side<T>(
    reads: impl IntoIterator<Item = impl Future<Output = Result<T, StoreError>>>,
) -> Result<Vec<T>, StoreError> {
    let reads: Vec<_> = reads.into_iter().collect();
    if reads.len() <= 1 || IN_TURN.try_with(|()| ()).is_ok() {
        return stream::iter(reads).then(|read| read).try_collect().await;
    }
    let turns = meter::turns();
    let in_turn = |read| async {
        let _turn = turns.acquire().await;
        IN_TURN.scope((), read).await
    };
    stream::iter(reads).map(in_turn).buffered(AT_ONCE).try_collect().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::metered;
    use std::cell::Cell;

    /// Reads so many, twice side by side, in one request; returns what came and how many were under way at most.
    async fn read(many: usize) -> (Vec<Vec<usize>>, usize) {
        let (now, most) = (Cell::new(0), Cell::new(0));
        let one = async |nth: usize| {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            // The later ones answer first.
            for _ in 0..many - nth {
                tokio::task::yield_now().await;
            }
            now.set(now.get() - 1);
            Ok(nth)
        };
        let all = || side_by_side((0..many).map(one));
        let (found, _) = metered("test", futures::future::try_join(all(), all())).await;
        let (here, there) = found.unwrap();
        (vec![here, there], most.get())
    }

    #[tokio::test]
    async fn a_request_reads_a_few_at_a_time_and_keeps_their_order() {
        for (many, at_once) in [(1, 2), (3, 6), (4, AT_ONCE), (100, AT_ONCE)] {
            let expected: Vec<_> = (0..many).collect();
            assert_eq!(read(many).await, (vec![expected.clone(), expected], at_once), "{many}");
        }
    }

    #[tokio::test]
    async fn reads_within_reads_come_to_an_end() {
        let inner = async |nth: usize| side_by_side((0..3).map(async |of: usize| Ok((nth, of)))).await;
        let (found, _) = metered("test", side_by_side((0..2 * AT_ONCE).map(inner))).await;
        assert_eq!(found.unwrap().concat().len(), 6 * AT_ONCE);
    }

    #[tokio::test]
    async fn a_failure_ends_them() {
        let failing = async |nth: usize| if nth == 3 { Err(StoreError::Busy("test".into())) } else { Ok(nth) };
        assert!(side_by_side((0..10).map(failing)).await.is_err());
    }
}
