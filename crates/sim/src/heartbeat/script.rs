//! The script of faults, made ready: what is out of order, and when.

use super::{Fault, MAX_FAULTS, Params};
use crate::Micros;

/// A span of time; the end does not belong to it. [`Micros::MAX`] for one that has no end.
pub(super) type Span = (Micros, Micros);

/// What is out of order, and when.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// The faults that take effect, in order.
    pub faults: Vec<(Micros, Fault)>,
    /// While the cable is out.
    pub out: Vec<Span>,
    /// While the client sleeps.
    pub naps: Vec<Span>,
}

impl Script {
    pub(super) fn new(params: &Params, faults: &[(Micros, Fault)]) -> Script {
        let mut faults: Vec<_> = faults
            .iter()
            .copied()
            .filter(|&(at, _)| at <= params.duration)
            .take(MAX_FAULTS)
            .collect();
        faults.sort_by_key(|&(at, _)| at);
        let mut state = State::default();
        faults.retain(|&(_, fault)| state.takes(fault));
        let spans = |begin: Fault, end: Fault| {
            let mut spans: Vec<Span> = Vec::new();
            let mut since = None;
            for &(at, fault) in &faults {
                if fault == begin {
                    since.get_or_insert(at);
                } else if fault == end
                    && let Some(since) = since.take()
                {
                    spans.push((since, at));
                }
            }
            spans.extend(since.map(|since| (since, Micros::MAX)));
            spans.retain(|&(from, to)| from < to);
            spans
        };
        Script {
            out: spans(Fault::CablePulled, Fault::CableBack),
            naps: spans(Fault::Suspend, Fault::Resume),
            faults,
        }
    }

    /// When a packet that is on the cable from `from` to `to` is lost to it; `None` where it gets through.
    pub(super) fn lost_on_cable(&self, from: Micros, to: Micros) -> Option<Micros> {
        let hit = |&&(out, back): &&Span| from < back && out < to.max(from + 1);
        self.out.iter().find(hit).map(|&(out, _)| out.max(from))
    }

    /// Whether the client sleeps.
    pub(super) fn asleep(&self, at: Micros) -> bool {
        self.naps.iter().any(|&(from, to)| from <= at && at < to)
    }

    /// When the client's clock, which stands still while it sleeps, is `delay` later than at `now`; `None` for never.
    pub(super) fn client_due(&self, now: Micros, delay: Micros) -> Option<Micros> {
        let mut due = now.saturating_add(delay);
        for &(from, to) in self.naps.iter().filter(|&&(_, to)| to > now) {
            let from = from.max(now);
            if from > due {
                break;
            }
            if to == Micros::MAX {
                return None;
            }
            due = due.saturating_add(to - from);
        }
        Some(due)
    }

    /// How much of the time between `from` and `to` passed on the client's clock.
    pub(super) fn client_awake(&self, from: Micros, to: Micros) -> Micros {
        let slept = self
            .naps
            .iter()
            .map(|&(a, b)| b.min(to).saturating_sub(a.max(from)));
        to.saturating_sub(from).saturating_sub(slept.sum())
    }
}

/// What is out of order already, so that it can't happen again.
#[derive(Default)]
struct State {
    out: bool,
    asleep: bool,
    forgot: bool,
    crashed: bool,
    off: bool,
    server_off: bool,
}

impl State {
    /// Whether this can happen now. A machine that sleeps runs no process that could end.
    fn takes(&mut self, fault: Fault) -> bool {
        let (flag, wanted) = match fault {
            Fault::CablePulled => (&mut self.out, true),
            Fault::CableBack => (&mut self.out, false),
            Fault::NatForgets => (&mut self.forgot, true),
            Fault::PowerLost => (&mut self.off, true),
            Fault::ServerLost => (&mut self.server_off, true),
            Fault::Crash if self.asleep || self.off => return false,
            Fault::Crash => (&mut self.crashed, true),
            Fault::Suspend | Fault::Resume if self.off => return false,
            Fault::Suspend => (&mut self.asleep, true),
            Fault::Resume => (&mut self.asleep, false),
        };
        std::mem::replace(flag, wanted) != wanted
    }
}

/// Spans, cut to `until`, in order and joined where they touch.
pub(super) fn joined(mut spans: Vec<Span>, until: Micros) -> Vec<Span> {
    spans.retain(|&(from, _)| from < until);
    spans.sort_unstable();
    let mut out: Vec<Span> = Vec::new();
    for (from, to) in spans {
        let to = to.min(until);
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out.retain(|&(from, to)| from < to);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAP: [(Micros, Fault); 2] = [(10, Fault::Suspend), (30, Fault::Resume)];

    fn script(faults: &[(Micros, Fault)]) -> Script {
        Script::new(&Params::default(), faults)
    }

    #[test]
    fn the_clients_clock_stands_still_while_it_sleeps() {
        let script = script(&NAP);
        assert_eq!(script.client_due(0, 5), Some(5));
        assert_eq!(script.client_due(0, 9), Some(9));
        assert_eq!(script.client_due(0, 12), Some(32));
        assert_eq!(script.client_due(20, 1), Some(31));
        assert_eq!(script.client_due(30, 1), Some(31));
        assert_eq!(script.client_awake(0, 40), 20);
        assert_eq!(script.client_awake(15, 25), 0);
        assert!(script.asleep(10) && script.asleep(29) && !script.asleep(30));
    }

    #[test]
    fn who_never_wakes_is_never_due() {
        let script = script(&NAP[..1]);
        assert_eq!(script.client_due(0, 5), Some(5));
        assert_eq!(script.client_due(0, 11), None);
    }

    #[test]
    fn a_packet_is_lost_while_any_of_its_way_is_cut() {
        let script = script(&[(10, Fault::CablePulled), (20, Fault::CableBack)]);
        assert_eq!(script.lost_on_cable(5, 10), None);
        assert_eq!(script.lost_on_cable(5, 11), Some(10));
        assert_eq!(script.lost_on_cable(15, 30), Some(15));
        assert_eq!(script.lost_on_cable(10, 10), Some(10));
        assert_eq!(script.lost_on_cable(20, 25), None);
    }

    #[test]
    fn a_cable_can_be_pulled_once_at_a_time() {
        let pulled = Fault::CablePulled;
        let script = script(&[(3, Fault::CableBack), (5, pulled), (7, pulled)]);
        assert_eq!(script.out, [(5, Micros::MAX)]);
    }

    #[test]
    fn what_can_not_happen_does_not() {
        use Fault::*;
        let faults = [
            (1, Resume),
            (2, Suspend),
            (3, Crash),
            (4, PowerLost),
            (5, Resume),
            (6, Crash),
            (7, NatForgets),
            (8, NatForgets),
        ];
        let happened = [(2, Suspend), (4, PowerLost), (7, NatForgets)];
        assert_eq!(script(&faults).faults, happened);
    }

    #[test]
    fn spans_are_joined_and_cut() {
        let spans = vec![(8, 20), (0, 3), (2, 5), (5, 6), (30, 40)];
        assert_eq!(joined(spans, 15), [(0, 6), (8, 15)]);
        assert_eq!(joined(vec![(3, 3)], 15), []);
    }
}
