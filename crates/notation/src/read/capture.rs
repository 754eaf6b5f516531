//! Captures of packets, as tcpdump and Wireshark save them: pcap and pcapng.

use pcap_parser::traits::PcapNGPacketBlock as _;
use pcap_parser::{Block as Part, LegacyPcapSlice, PcapBlockOwned, PcapNGSlice};

use super::blocks::{Block, joined};
use crate::{Form, ParseError, Reading, Skipped, Tool, frames, packet};

/// The packets of one TCP connection that carry something.
struct Connection {
    /// Its ports, the lower first.
    ports: (u16, u16),
    packets: Vec<Block>,
    /// How many bytes the packets carry.
    carried: usize,
    /// How likely it is a WebSocket.
    likely: i32,
}

/// Reads the connection that is most likely a WebSocket. `None` where the file is no capture; the error says that there is nothing
/// in it.
pub(crate) fn read(file: &[u8]) -> Option<Result<Reading, ParseError>> {
    // Errors end the packets: a capture may have been cut anywhere.
    let parts: Box<dyn Iterator<Item = PcapBlockOwned>> = match (
        PcapNGSlice::from_slice(file),
        LegacyPcapSlice::from_slice(file),
    ) {
        (Ok(slice), _) => Box::new(slice.map_while(Result::ok)),
        (_, Ok(slice)) => Box::new(slice.map_while(Result::ok)),
        _ => return None,
    };
    let mut all: Vec<Connection> = Vec::new();
    let mut cut = false;
    for part in parts {
        let (bytes, whole) = match &part {
            PcapBlockOwned::Legacy(block) => (block.data, block.origlen),
            PcapBlockOwned::NG(Part::EnhancedPacket(block)) => (block.packet_data(), block.origlen),
            PcapBlockOwned::NG(Part::SimplePacket(block)) => (block.packet_data(), block.origlen),
            PcapBlockOwned::NG(_) | PcapBlockOwned::LegacyHeader(_) => continue,
        };
        let Some(segment) = packet::segment(bytes).filter(|found| !found.payload.is_empty()) else {
            continue;
        };
        cut |= bytes.len() < whole as usize;
        let (from, to) = segment.ports;
        let ports = (from.min(to), from.max(to));
        let block = Block {
            bytes: bytes.to_vec(),
            ..Block::default()
        };
        let likely = likely(segment.payload);
        match all.iter_mut().find(|connection| connection.ports == ports) {
            Some(connection) => {
                connection.carried += segment.payload.len();
                connection.likely = connection.likely.max(likely);
                connection.packets.push(block);
            }
            None => all.push(Connection {
                ports,
                carried: segment.payload.len(),
                likely,
                packets: vec![block],
            }),
        }
    }
    let most = all.iter().map(|one| (one.likely, one.carried)).max();
    let (mut best, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|one| Some((one.likely, one.carried)) == most);
    let read = best
        .drain(..1.min(best.len()))
        .next()
        .and_then(|one| joined(one.packets, Form::File));
    Some(match read {
        Some(reading) => Ok(named(reading.by(Some(Tool::Capture)).cut(cut), &others)),
        None => Err(ParseError::whole(
            "This is a capture of packets, and no TCP packet in it carries anything. Capture the port of the WebSocket's server.",
        )),
    })
}

/// Says what was left out.
fn named(mut reading: Reading, others: &[Connection]) -> Reading {
    let what = match others.len() {
        0 => return reading,
        1 => "another connection".to_owned(),
        n => format!("{n} other connections"),
    };
    reading.skipped.push(Skipped {
        what: what.into(),
        bytes: others.iter().map(|one| one.carried).sum(),
    });
    reading
}

/// How likely a packet is of a WebSocket: its handshake most, frames more than anything else.
fn likely(payload: &[u8]) -> i32 {
    let head = payload.get(..payload.len().min(4096)).unwrap_or_default();
    let upgrade = b"sec-websocket-";
    match head
        .windows(upgrade.len())
        .any(|window| window.eq_ignore_ascii_case(upgrade))
    {
        true => i32::MAX,
        false => frames::score(payload),
    }
}
