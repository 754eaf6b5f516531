//! One sum for the messages of all WebSockets.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prometheus::IntCounter;
use tokio_util::sync::CancellationToken;

/// Bytes that a connection may hold without being counted: small messages come and go too often to be counted each time,
/// and this times the number of connections is little.
pub const UNCOUNTED: usize = 16 * 1024;

/// The bytes that all connections together hold of messages: being read, held back, or being written.
#[derive(Debug)]
pub struct Budget {
    most: usize,
    cuts: IntCounter,
    holders: Mutex<Holders>,
}

#[derive(Debug, Default)]
struct Holders {
    used: usize,
    next: u64,
    /// By when they began to hold something: the first has waited longest.
    by_age: BTreeMap<u64, Holder>,
}

#[derive(Debug)]
struct Holder {
    bytes: usize,
    cut: CancellationToken,
}

impl Budget {
    /// Nobody holds anything yet. `most` in bytes; `cuts` counts the connections that had to go.
    pub fn new(most: usize, cuts: IntCounter) -> Arc<Self> {
        Arc::new(Self {
            most,
            cuts,
            holders: Mutex::default(),
        })
    }

    /// What one connection holds of it. `cut` is cancelled when that connection has to go, because it holds something and
    /// has done so for longer than all others.
    pub fn lease(self: &Arc<Self>, cut: CancellationToken) -> Lease {
        Lease {
            budget: Arc::clone(self),
            age: None,
            bytes: 0,
            cut,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Holders> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's part of a [`Budget`], given back when it is dropped.
#[derive(Debug)]
pub struct Lease {
    budget: Arc<Budget>,
    age: Option<u64>,
    bytes: usize,
    cut: CancellationToken,
}

impl Lease {
    /// Says how many bytes the connection holds now. Never waits: past the sum, whoever has waited longest is cut.
    pub fn set(&mut self, bytes: usize) {
        let bytes = if bytes <= UNCOUNTED { 0 } else { bytes };
        if bytes == self.bytes {
            return;
        }
        self.bytes = bytes;
        let mut holders = self.budget.lock();
        let Holders { used, next, by_age } = &mut *holders;
        match self.age {
            None => {
                let age = *next;
                *next += 1;
                *used += bytes;
                by_age.insert(
                    age,
                    Holder {
                        bytes,
                        cut: self.cut.clone(),
                    },
                );
                self.age = Some(age);
            }
            // One that was cut is no longer there.
            Some(age) => {
                if let Some(holder) = by_age.get_mut(&age) {
                    *used = *used - holder.bytes + bytes;
                    holder.bytes = bytes;
                    if bytes == 0 {
                        by_age.remove(&age);
                        self.age = None;
                    }
                }
            }
        }
        while *used > self.budget.most
            && let Some((_, oldest)) = by_age.pop_first()
        {
            *used -= oldest.bytes;
            oldest.cut.cancel();
            self.budget.cuts.inc();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: usize = 1024;

    #[test]
    fn whoever_has_waited_longest_goes() {
        let cuts = IntCounter::new("cuts", "cuts").unwrap();
        let budget = Budget::new(100 * KIB, cuts.clone());
        let tokens: Vec<_> = (0..4).map(|_| CancellationToken::new()).collect();
        let mut leases: Vec<_> = tokens
            .iter()
            .map(|token| budget.lease(token.clone()))
            .collect();
        let cut = || {
            tokens
                .iter()
                .map(CancellationToken::is_cancelled)
                .collect::<Vec<_>>()
        };
        leases[0].set(40 * KIB);
        leases[1].set(40 * KIB);
        leases[2].set(UNCOUNTED);
        // The first lets go and begins anew, so that the second is the oldest.
        leases[0].set(0);
        leases[0].set(40 * KIB);
        assert_eq!(cut(), [false; 4]);
        leases[3].set(50 * KIB);
        assert_eq!(cut(), [false, true, false, false]);
        // What was cut counts no longer, whatever it says.
        leases[1].set(90 * KIB);
        leases[1].set(0);
        assert_eq!(budget.lock().used, 90 * KIB);
        leases[3].set(61 * KIB);
        assert_eq!((cut(), cuts.get()), (vec![true, true, false, false], 2));
        drop(leases);
        let holders = budget.lock();
        assert!(holders.used == 0 && holders.by_age.is_empty());
    }
}
