//! A small bounded cache. The least recently used value is dropped first.

use std::sync::{Arc, Mutex, OnceLock};

use crate::process::locked::Locked;

type CacheSlot<V> = Arc<OnceLock<V>>;

/// At most `max` values. Each value is made once, also when several threads ask at the same time.
#[derive(Debug)]
pub struct Cache<K, V> {
    /// Most recently used last. Linear, for some dozens of entries.
    slots: Mutex<Vec<(K, CacheSlot<V>)>>,
    max: usize,
}

impl<K: PartialEq, V: Clone> Cache<K, V> {
    /// An empty cache of at most `max` values.
    pub fn new(max: usize) -> Self {
        Self { slots: Mutex::new(Vec::new()), max }
    }

    /// The value of `key`, made by `make` if it is missing. Threads that ask for the same key wait;
    /// threads that ask for another key do not.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        self.slot(key).get_or_init(make).clone()
    }

    fn slot(&self, key: K) -> CacheSlot<V> {
        let mut slots = self.slots.locked();
        let entry = match slots.iter().position(|(other, _)| *other == key) {
            Some(at) => slots.remove(at),
            None => (key, CacheSlot::default()),
        };
        let slot = entry.1.clone();
        if slots.len() >= self.max {
            slots.remove(0);
        }
        slots.push(entry);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn it_makes_once_and_forgets_the_least_recently_used() {
        let cache = Cache::new(2);
        let made = AtomicUsize::new(0);
        let get = |key: u8| cache.get(key, || made.fetch_add(1, Ordering::SeqCst));
        for key in [1, 1, 2, 1, 3, 1] {
            get(key);
        }
        assert_eq!(made.load(Ordering::SeqCst), 3);
        get(2);
        assert_eq!(made.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn threads_that_ask_at_once_share_one_making() {
        let (cache, made) = (Cache::new(4), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| cache.get(7, || made.fetch_add(1, Ordering::SeqCst)));
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}
