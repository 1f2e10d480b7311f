//! What is the same for everybody, kept in memory for a few seconds: otherwise every request would read it from the one
//! partition that it is in, and that partition would bound the traffic of the whole portal.

use super::error::StoreError;
use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// The memory of a process. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    /// How long a value counts, from before it was read. With zero every recall reads.
    life: Duration,
    kept: Arc<Mutex<Kept>>,
    /// Held by whoever reads anew.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Of any type, because the table does not know what it is.
    value: Option<(Asked, Arc<dyn Any + Send + Sync>)>,
    /// Counts how often it was forgotten, so that what was read before that is not kept after it.
    forgotten: u64,
}

/// When a value was asked for, on both clocks: one stands still while Lambda freezes the process, the other can be set.
#[derive(Debug, Clone, Copy)]
struct Asked(Instant, SystemTime);

impl Asked {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    fn is_within(self, life: Duration) -> bool {
        self.0.elapsed() < life && self.1.elapsed().is_ok_and(|passed| passed < life)
    }
}

impl Memory {
    /// A memory that keeps a value for this long.
    pub(crate) fn of(life: Duration) -> Self {
        Self { life, ..Self::default() }
    }

    /// Returns what is kept, or what `read` brings. One reads at a time, and whoever waits for it takes what it brought.
    /// An error is not kept, and an old value does not take its place.
    pub(crate) async fn recall<T, Fut>(&self, read: impl FnOnce() -> Fut) -> Result<T, StoreError>
    where
        T: Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        if self.life.is_zero() {
            return self.anew(read).await;
        }
        if let Some(value) = self.known() {
            return Ok(value);
        }
        let _turn = self.turn.lock().await;
        if let Some(value) = self.known() {
            return Ok(value);
        }
        self.anew(read).await
    }

    async fn anew<T, Fut>(&self, read: impl FnOnce() -> Fut) -> Result<T, StoreError>
    where
        T: Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let (asked, forgotten) = (Asked::now(), self.kept().forgotten);
        let value = read().await?;
        let mut kept = self.kept();
        if kept.forgotten == forgotten {
            kept.value = Some((asked, Arc::new(value.clone())));
        }
        Ok(value)
    }

    /// Returns what was read last, however long ago. `None` if nothing was, or it was forgotten.
    pub(crate) fn last<T: Clone + 'static>(&self) -> Option<T> {
        self.kept().value.as_ref().and_then(|(_, value)| value.downcast_ref::<T>().cloned())
    }

    /// Forgets what is kept, after this process has changed it.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.value = None;
        kept.forgotten += 1;
    }

    fn known<T: Clone + 'static>(&self) -> Option<T> {
        let kept = self.kept();
        let (_, value) = kept.value.as_ref().filter(|(asked, _)| asked.is_within(self.life))?;
        value.downcast_ref::<T>().cloned()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const LONG: Duration = Duration::from_secs(3600);

    /// Reads that count themselves.
    #[derive(Default)]
    struct Source(AtomicU32);

    impl Source {
        async fn read(&self) -> Result<u32, StoreError> {
            tokio::task::yield_now().await;
            Ok(self.0.fetch_add(1, Ordering::Relaxed) + 1)
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_read_once_even_by_many_at_the_same_time() {
        let (memory, source) = (Memory::of(LONG), Source::default());
        let many = futures::future::join_all((0..50).map(|_| memory.recall(|| source.read()))).await;
        assert!(many.into_iter().all(|it| it.unwrap() == 1));
        assert_eq!(memory.clone().recall(|| source.read()).await.unwrap(), 1, "clones share it");
    }

    #[tokio::test]
    async fn what_is_too_old_is_read_anew_and_with_no_time_to_keep_it_always() {
        for life in [Duration::ZERO, Duration::from_nanos(1)] {
            let (memory, source) = (Memory::of(life), Source::default());
            for n in 1..4 {
                assert_eq!(memory.recall(|| source.read()).await.unwrap(), n, "{life:?}");
            }
        }
        let asked = Asked::now();
        assert!(asked.is_within(LONG) && !asked.is_within(Duration::ZERO));
        let later = Asked(asked.0, SystemTime::now() + LONG);
        assert!(!later.is_within(LONG), "a clock that was set back makes nothing younger");
        let earlier = Asked(asked.0, SystemTime::now() - 2 * LONG);
        assert!(!earlier.is_within(LONG), "time counts in which the process stood still");
    }

    #[tokio::test]
    async fn what_was_read_last_is_known_however_old_until_it_is_forgotten() {
        for life in [Duration::ZERO, LONG] {
            let (memory, source) = (Memory::of(life), Source::default());
            assert_eq!(memory.last::<u32>(), None);
            memory.recall(|| source.read()).await.unwrap();
            let busy = memory.recall::<u32, _>(|| async { Err(StoreError::Busy("test".into())) }).await;
            assert_eq!((busy.is_err(), memory.last()), (life.is_zero(), Some(1_u32)), "{life:?}");
            memory.forget();
            assert_eq!(memory.last::<u32>(), None);
        }
    }

    #[tokio::test]
    async fn an_error_is_not_kept() {
        let (memory, source) = (Memory::of(LONG), Source::default());
        let busy = memory.recall::<u32, _>(|| async { Err(StoreError::Busy("test".into())) }).await;
        assert!(busy.is_err());
        assert_eq!(memory.recall(|| source.read()).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (memory, source) = (Memory::of(LONG), Source::default());
        let read = memory.recall(|| async {
            let value = source.read().await;
            memory.forget();
            value
        });
        assert_eq!(read.await.unwrap(), 1);
        assert_eq!(memory.recall(|| source.read()).await.unwrap(), 2);
        memory.forget();
        assert_eq!(memory.recall(|| source.read()).await.unwrap(), 3);
    }
}
