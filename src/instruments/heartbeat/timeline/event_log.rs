//! Everything that happens, in order and in words, and the times worth standing still at.

use sim::Micros;
use sim::heartbeat::{Fault, Knows, Loss, Packet, Place, Run, Side, What};

use super::faults;
use super::narration::{because, name};
use crate::kit::number::{counted, seconds};

/// What a packet is called.
fn called(what: What) -> String {
    match what {
        What::Ping(n) => format!("ping {n}"),
        What::Pong(n) => format!("pong {n}"),
        What::Beat(n) => format!("heartbeat {n}"),
        What::Echo(n) => format!("echo {n}"),
        What::Ack => "acknowledgement".to_owned(),
        What::Fin => "FIN".to_owned(),
        What::Rst => "reset".to_owned(),
    }
}

fn of_packet(packet: &Packet) -> String {
    let from = match packet.from {
        Place::Client => "client",
        Place::Nat => "NAT box",
        Place::Server => "server",
    };
    let what = called(packet.what);
    let again = match packet.resent {
        0 => String::new(),
        n => format!(", sent again (attempt {})", n + 1),
    };
    let more = match packet.messages {
        0 | 1 => String::new(),
        n => format!(
            " with {} that waited",
            counted(u64::from(n) - 1, "message", "messages")
        ),
    };
    let end = match packet.lost {
        None => String::new(),
        Some(Loss::Cable) => ": lost, the cable is out".to_owned(),
        Some(Loss::Nat) => ": dropped by the NAT box".to_owned(),
        Some(Loss::Nobody) => ": nobody is there".to_owned(),
    };
    format!("The {from} sends {what}{more}{again}{end}.")
}

/// Everything that happens, in order, acknowledgements left out; at most so many lines, from this time on.
pub fn log(run: &Run, from: Micros, most: usize) -> Vec<(Micros, String)> {
    let end = run.params().duration;
    let packets = run
        .packets()
        .iter()
        .filter(|packet| packet.what != What::Ack)
        .map(|packet| (packet.left, of_packet(packet)));
    let faults = run
        .faults()
        .iter()
        .map(|&(at, fault)| (at, faults::sentence(fault).to_owned()));
    let scripted = |at| run.faults().contains(&(at, Fault::NatForgets));
    let forgot = run.nat_forgot().filter(|&at| !scripted(at)).map(|at| {
        let idle = seconds(run.params().nat_idle);
        let says = format!("The NAT box has seen nothing for {idle} and forgets the connection.");
        (at, says)
    });
    let knows = [Side::Server, Side::Client].into_iter().filter_map(|side| {
        let Knows::At(at, how) = run.knows(side) else {
            return None;
        };
        let says = format!("The {} knows: {}.", name(side), because(run, side, how));
        Some((at, says))
    });
    let mut all: Vec<_> = faults.chain(forgot).chain(packets).chain(knows).collect();
    all.retain(|&(at, _)| from <= at && at <= end);
    all.sort_by_key(|&(at, _)| at);
    all.truncate(most);
    all
}

/// The times worth standing still at.
pub fn moments(run: &Run) -> Vec<Micros> {
    let end = run.params().duration;
    let way = run.params().way();
    let mut all = vec![0, end];
    all.extend(run.faults().iter().map(|&(at, _)| at));
    all.extend(run.nat_forgot());
    for packet in run.packets().iter().filter(|p| p.what != What::Ack) {
        // On its way, and where it ends.
        all.push((packet.left + way / 2).min(packet.end));
        all.push(packet.end);
    }
    for side in [Side::Client, Side::Server] {
        if let Knows::At(at, _) = run.knows(side) {
            all.push(at);
        }
    }
    all.retain(|&at| at <= end);
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;
    use sim::SECOND;
    use sim::heartbeat::Asks;

    fn run(change: impl FnOnce(&mut Settings)) -> Run {
        let mut settings = Settings::default();
        change(&mut settings);
        Run::new(settings.params(), &settings.faults)
    }

    #[test]
    fn the_log_is_in_order_and_tells_of_faults_losses_and_knowledge() {
        let run = run(|_| ());
        let lines = log(&run, 0, usize::MAX);
        assert!(lines.windows(2).all(|two| two[0].0 <= two[1].0));
        let text: Vec<_> = lines.iter().map(|(_, line)| line.as_str()).collect();
        let text = text.join("\n");
        for part in [
            "cable is pulled",
            "lost, the cable is out",
            "sent again (attempt 2)",
            "The server knows",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(log(&run, 0, 3).len(), 3);
        assert!(
            log(&run, 50 * SECOND, 9)
                .iter()
                .all(|&(at, _)| at >= 50 * SECOND)
        );
    }

    #[test]
    fn steps_meet_every_packet_on_its_way() {
        let run = run(|s| s.asks = Asks::Both);
        let moments = moments(&run);
        assert!(moments.is_sorted());
        for packet in run.packets().iter().filter(|p| p.what != What::Ack) {
            let met = moments
                .iter()
                .any(|&at| packet.left <= at && at <= packet.end);
            assert!(met || packet.end > run.params().duration, "{packet:?}");
        }
    }
}
