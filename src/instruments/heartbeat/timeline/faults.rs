//! Faults: how they are called, in an address, on a button, in a sentence; and what is out of order at a time.

use sim::heartbeat::{Fault, MAX_FAULTS};
use sim::{Micros, SECOND};

use crate::kit::number::{decimal, ellipsize};

/// Faults and when they happen, in order.
pub type Faults = Vec<(Micros, Fault)>;

/// All faults with their names in an address.
const NAMES: [(Fault, &str); 8] = [
    (Fault::CablePulled, "cable"),
    (Fault::CableBack, "back"),
    (Fault::NatForgets, "nat"),
    (Fault::Crash, "crash"),
    (Fault::PowerLost, "power"),
    (Fault::Suspend, "sleep"),
    (Fault::Resume, "wake"),
    (Fault::ServerLost, "server"),
];

/// What a mark on the timeline says.
pub fn label(fault: Fault) -> &'static str {
    match fault {
        Fault::CablePulled => "cable pulled",
        Fault::CableBack => "cable back",
        Fault::NatForgets => "NAT forgets",
        Fault::Crash => "client crashes",
        Fault::PowerLost => "client loses power",
        Fault::Suspend => "laptop sleeps",
        Fault::Resume => "laptop wakes",
        Fault::ServerLost => "server loses power",
    }
}

/// The same in a sentence.
pub fn sentence(fault: Fault) -> &'static str {
    match fault {
        Fault::CablePulled => "The client’s cable is pulled. Neither end is told.",
        Fault::CableBack => "The cable is put back.",
        Fault::NatForgets => "The NAT box forgets the connection. Neither end is told.",
        Fault::Crash => {
            "The client’s process crashes. Its kernel closes the connection: it sends a FIN."
        }
        Fault::PowerLost => "The client’s machine loses power. It sends nothing.",
        Fault::Suspend => "The laptop is suspended. It sends nothing and hears nothing.",
        Fault::Resume => "The laptop wakes up. It knows nothing of what it missed.",
        Fault::ServerLost => "The server’s machine loses power. It sends nothing.",
    }
}

/// What is out of order at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    cable_out: bool,
    asleep: bool,
    forgot: bool,
    crashed: bool,
    off: bool,
    server_off: bool,
}

impl Order {
    /// Just before this time.
    pub fn before(faults: &[(Micros, Fault)], now: Micros) -> Order {
        let mut order = Order::default();
        for &(_, fault) in faults.iter().filter(|&&(at, _)| at < now) {
            match fault {
                Fault::CablePulled => order.cable_out = true,
                Fault::CableBack => order.cable_out = false,
                Fault::NatForgets => order.forgot = true,
                Fault::Crash => order.crashed = true,
                Fault::PowerLost => order.off = true,
                Fault::Suspend => order.asleep = true,
                Fault::Resume => order.asleep = false,
                Fault::ServerLost => order.server_off = true,
            }
        }
        order
    }

    /// What a reader can do now: what the button says, what it does, and whether it can be done.
    pub fn buttons(self) -> [(&'static str, Fault, bool); 6] {
        let cable = if self.cable_out {
            ("Put the cable back", Fault::CableBack)
        } else {
            ("Pull the cable", Fault::CablePulled)
        };
        let sleep = if self.asleep {
            ("Wake the laptop", Fault::Resume)
        } else {
            ("Suspend the laptop", Fault::Suspend)
        };
        let runs = !self.off && !self.asleep && !self.crashed;
        [
            (cable.0, cable.1, true),
            ("NAT forgets", Fault::NatForgets, !self.forgot),
            ("Crash the client", Fault::Crash, runs),
            ("Client loses power", Fault::PowerLost, !self.off),
            (sleep.0, sleep.1, !self.off),
            ("Server loses power", Fault::ServerLost, !self.server_off),
        ]
    }
}

/// The faults with one more. What happened at the very moment is replaced: one thing happens at a time.
pub fn with(faults: &[(Micros, Fault)], at: Micros, fault: Fault) -> Faults {
    let mut all: Faults = faults.iter().copied().filter(|&(t, _)| t != at).collect();
    if all.len() < MAX_FAULTS {
        all.push((at, fault));
    }
    all.sort_by_key(|&(at, _)| at);
    all
}

/// As they stand in an address: `cable-45,back-60.5`.
pub fn written(faults: &[(Micros, Fault)]) -> String {
    let each = faults.iter().map(|&(at, fault)| {
        let name = NAMES
            .iter()
            .find(|(known, _)| *known == fault)
            .map_or("", |(_, name)| name);
        format!("{name}-{}", at as f64 / SECOND as f64)
    });
    each.collect::<Vec<_>>().join(",")
}

/// Reads what [`written`] writes.
///
/// # Errors
/// Says what cannot be read, and what could be.
pub fn read(text: &str, end: Micros) -> Result<Faults, String> {
    let last = end as f64 / SECOND as f64;
    let one = |part: &str| {
        let (name, at) = part
            .split_once('-')
            .ok_or_else(|| format!("“{}” has no time", ellipsize(part)))?;
        let (fault, _) = NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .ok_or_else(|| {
                let known: Vec<_> = NAMES.iter().map(|(_, name)| *name).collect();
                format!("“{}” is none of {}", ellipsize(name), known.join(", "))
            })?;
        match decimal(at) {
            Some(at) if (0.0..=last).contains(&at) => {
                Ok(((at * SECOND as f64).round() as Micros, *fault))
            }
            _ => Err(format!(
                "“{}” is not a time from 0 to {last} seconds",
                ellipsize(at)
            )),
        }
    };
    let mut all: Faults = text
        .split(',')
        .filter(|part| !part.is_empty())
        .map(one)
        .collect::<Result<_, _>>()?;
    if all.len() > MAX_FAULTS {
        return Err(format!("it has more than {MAX_FAULTS}"));
    }
    all.sort_by_key(|&(at, _)| at);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Micros = 120 * SECOND;

    #[test]
    fn an_address_holds_every_fault() {
        let all: Faults = NAMES
            .iter()
            .enumerate()
            .map(|(i, (fault, _))| (i as Micros * 1_500_000, *fault))
            .collect();
        assert_eq!(read(&written(&all), END), Ok(all));
        assert_eq!(read("", END), Ok(Vec::new()));
        assert_eq!(written(&[(45 * SECOND, Fault::CablePulled)]), "cable-45");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, word) in [
            ("cable", "no time"),
            ("flood-3", "flood"),
            ("cable-x", "“x”"),
            ("cable-NaN", "NaN"),
            ("cable--3", "-3"),
            ("cable-121", "121"),
            (&"nat-1,".repeat(17), "more than 16"),
        ] {
            let error = read(text, END).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn one_thing_happens_at_a_time() {
        let faults = with(&[], 5, Fault::CablePulled);
        let faults = with(&faults, 2, Fault::Suspend);
        let faults = with(&faults, 5, Fault::Crash);
        assert_eq!(faults, [(2, Fault::Suspend), (5, Fault::Crash)]);
        let mut many: Faults = (0..MAX_FAULTS as u64)
            .map(|at| (at, Fault::Crash))
            .collect();
        many = with(&many, 99, Fault::Crash);
        assert_eq!(many.len(), MAX_FAULTS);
    }

    #[test]
    fn buttons_offer_what_can_be_done() {
        let faults = [(5, Fault::CablePulled), (9, Fault::CableBack)];
        let cable = |now| Order::before(&faults, now).buttons()[0].1;
        assert_eq!(cable(5), Fault::CablePulled);
        assert_eq!(cable(6), Fault::CableBack);
        assert_eq!(cable(10), Fault::CablePulled);
        let off = Order::before(&[(0, Fault::PowerLost)], 1).buttons();
        let can: Vec<_> = off.iter().filter(|b| b.2).map(|b| b.1).collect();
        assert_eq!(
            can,
            [Fault::CablePulled, Fault::NatForgets, Fault::ServerLost]
        );
    }
}
