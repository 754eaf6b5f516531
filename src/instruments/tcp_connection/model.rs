//! The segments of a TCP connection: what each carries, and what it acknowledges (RFC 9293).
//!
//! Sequence numbers are shown from 0 on each side, as packet analysers do; real ones begin at a random number. Left out: windows,
//! options, timestamps, selective acknowledgements, and how long a sender waits before it sends again.

use super::settings::{Course, Settings};
use crate::kit::number::{counted, grouped};

/// The most bytes of payload in a segment, where a packet of 1,500 bytes has IPv4 and TCP headers without options.
pub const MOST_PAYLOAD: u32 = 1460;
/// The headers of IPv4 and TCP without options, in bytes.
pub const HEADERS: u32 = 40;

/// Who sends a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The end that opens the connection.
    Client,
    /// The end that waits for it.
    Server,
}

/// A segment on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who sends it.
    pub from: Sender,
    /// Its flags, as analysers write them.
    pub flags: &'static str,
    /// The number of its first byte, or of the SYN or FIN in it.
    pub seq: u32,
    /// The number of the byte that the sender expects next.
    pub ack: Option<u32>,
    /// Bytes of payload.
    pub bytes: u32,
    /// Whether it never arrives.
    pub lost: bool,
    /// What it says.
    pub words: String,
}

/// All segments in the order in which they are sent.
pub fn segments(settings: &Settings) -> Vec<Segment> {
    use Sender::{Client, Server};
    let row = |from, flags, seq, ack, words: &str| Segment {
        from,
        flags,
        seq,
        ack,
        bytes: 0,
        lost: false,
        words: words.to_owned(),
    };
    let mut all = vec![row(
        Client,
        "SYN",
        0,
        None,
        "I want to connect, and I number my bytes from here.",
    )];
    if settings.course == Course::Refused {
        let no =
            "Nobody listens on this port. A page hears of it as close 1006, before any handshake.";
        all.push(row(Server, "RST, ACK", 0, Some(1), no));
        return all;
    }
    all.push(row(
        Server,
        "SYN, ACK",
        0,
        Some(1),
        "So do I; I have your number, and expect your byte 1.",
    ));
    all.push(row(
        Client,
        "ACK",
        1,
        Some(1),
        "I have yours. The connection is open, one round trip after the first SYN.",
    ));
    let total = settings.bytes;
    let pieces = pieces(total);
    for (i, (seq, bytes)) in pieces.iter().enumerate() {
        let lost = settings.course == Course::Lost && i == 0;
        let words = match (lost, i) {
            (true, _) => "This one gets lost on the way. Nobody is told.".to_owned(),
            (false, 0) => format!("The first {}.", counted((*bytes).into(), "byte", "bytes")),
            (false, _) => format!("{} more.", grouped((*bytes).into())),
        };
        all.push(Segment {
            bytes: *bytes,
            lost,
            ..row(Client, "PSH, ACK", *seq, Some(1), &words)
        });
    }
    let end = total + 1;
    if settings.course == Course::Lost {
        if pieces.len() > 1 {
            let still =
                "I still expect byte 1. What came after it is kept, and given to nobody yet.";
            all.push(row(Server, "ACK", 1, Some(1), still));
        }
        let again = "No acknowledgement came, so the same bytes are sent again. The program above never hears of it.";
        let bytes = pieces.first().map_or(0, |(_, bytes)| *bytes);
        all.push(Segment {
            bytes,
            ..row(Client, "PSH, ACK", 1, Some(1), again)
        });
    }
    let have = format!(
        "I have everything before byte {}. It says nothing of whether the program has read it.",
        grouped(end.into())
    );
    all.push(row(Server, "ACK", 1, Some(end), &have));
    if settings.course == Course::Reset {
        let words = "It ends here, both ways at once; what is on its way is thrown away. A page hears 1006.";
        all.push(row(Server, "RST, ACK", 1, Some(end), words));
        return all;
    }
    let fin = "I send no more. What you send I still take.";
    all.push(row(Client, "FIN, ACK", end, Some(1), fin));
    let too = "I have your end, and send no more either.";
    all.push(row(Server, "FIN, ACK", 1, Some(end + 1), too));
    let over =
        "I have yours. The connection is over; this side remembers it for a while (TIME_WAIT).";
    all.push(row(Client, "ACK", end + 1, Some(2), over));
    all
}

/// How a run of bytes is cut: the number of the first byte of each piece, and its length.
fn pieces(total: u32) -> Vec<(u32, u32)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < total {
        let bytes = (total - at).min(MOST_PAYLOAD);
        pieces.push((at + 1, bytes));
        at += bytes;
    }
    pieces
}

/// What all segments weigh together.
pub fn summary(settings: &Settings, segments: &[Segment]) -> String {
    let headers = segments.len() as u64 * u64::from(HEADERS);
    let payload: u64 = segments.iter().map(|one| u64::from(one.bytes)).sum();
    match settings.course {
        Course::Refused => format!(
            "{} and no connection: {} of headers.",
            counted(segments.len() as u64, "segment", "segments"),
            counted(headers, "byte", "bytes")
        ),
        _ => format!(
            "{} for {}: {} of IPv4 and TCP headers without options beside {} of payload sent.",
            counted(segments.len() as u64, "segment", "segments"),
            counted(settings.bytes.into(), "byte", "bytes"),
            counted(headers, "byte", "bytes"),
            grouped(payload)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COURSES: [Course; 4] = [
        Course::Orderly,
        Course::Lost,
        Course::Reset,
        Course::Refused,
    ];

    fn all() -> impl Iterator<Item = Settings> {
        COURSES
            .into_iter()
            .flat_map(|course| [1, 5, 1460, 1461, 5000].map(|bytes| Settings { course, bytes }))
    }

    /// What a receiver has got without a gap: the number that it has to acknowledge.
    fn received(segments: &[Segment], from: Sender) -> u32 {
        let mut expected = 0;
        let mut moved = true;
        while moved {
            moved = false;
            for one in segments.iter().filter(|one| one.from == from && !one.lost) {
                let counts = one.flags.contains("SYN") || one.flags.contains("FIN");
                let length = one.bytes + u32::from(counts);
                if one.seq == expected && length > 0 {
                    expected += length;
                    moved = true;
                }
            }
        }
        expected
    }

    #[test]
    fn every_acknowledgement_is_what_has_arrived_without_a_gap() {
        for settings in all() {
            let segments = segments(&settings);
            for (i, one) in segments.iter().enumerate() {
                let peer = match one.from {
                    Sender::Client => Sender::Server,
                    Sender::Server => Sender::Client,
                };
                let got = received(&segments[..i], peer);
                match one.ack {
                    Some(ack) => assert_eq!(ack, got, "{settings:?}, segment {i}"),
                    None => assert_eq!(i, 0),
                }
            }
        }
    }

    #[test]
    fn what_was_sent_arrives_once_and_whole() {
        for settings in all().filter(|s| s.course != Course::Refused) {
            let segments = segments(&settings);
            let arrived: u32 = segments
                .iter()
                .filter(|one| !one.lost)
                .map(|one| one.bytes)
                .sum();
            assert_eq!(arrived, settings.bytes, "{settings:?}");
            assert!(segments.iter().all(|one| one.bytes <= MOST_PAYLOAD));
        }
    }

    #[test]
    fn a_loss_costs_the_lost_segment_once_more() {
        let of = |course| {
            let settings = Settings {
                course,
                bytes: 3000,
            };
            segments(&settings).iter().map(|one| one.bytes).sum::<u32>()
        };
        assert_eq!(of(Course::Lost), of(Course::Orderly) + MOST_PAYLOAD);
    }

    #[test]
    fn only_an_orderly_end_has_a_fin_each_way() {
        for settings in all() {
            let segments = segments(&settings);
            let fins = segments.iter().filter(|one| one.flags.contains("FIN"));
            let resets = segments.iter().filter(|one| one.flags.contains("RST"));
            let expected = match settings.course {
                Course::Orderly | Course::Lost => (2, 0),
                Course::Reset | Course::Refused => (0, 1),
            };
            assert_eq!((fins.count(), resets.count()), expected);
        }
    }
}
