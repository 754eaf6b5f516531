//! Pieces of a listing, put together to one stream or to both directions of a connection.

use super::direction::{Way, last, sender_of_out, way};
use crate::{Form, Reading, Side, Skipped, Stream, packet};

/// Bytes that belong together: a write, a packet, a line of a log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// Which way they went.
    pub(crate) way: Option<Way>,
    /// How many bytes the label announces.
    pub(crate) announced: Option<usize>,
    pub(crate) bytes: Vec<u8>,
}

impl Block {
    /// A block whose label says which way the bytes went, and how many they are.
    pub(crate) fn labelled(label: &str) -> Block {
        Block {
            way: way(label),
            announced: announced(label),
            bytes: Vec::new(),
        }
    }
}

/// How many bytes a label announces: `length = 184`, `READ: 7B`, `(129)` at its end.
pub(crate) fn announced(label: &str) -> Option<usize> {
    let lower = last(label).to_ascii_lowercase();
    for name in ["length", "len", "size"] {
        for (at, _) in lower.match_indices(name) {
            let rest = lower.get(at + name.len()..)?;
            let rest = rest.trim_start_matches([' ', '=', ':', '(']);
            if let Some(n) = leading_number(rest) {
                return Some(n);
            }
        }
    }
    let mut before = None;
    for word in lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '(' | ')')) {
        if matches!(word, "bytes" | "byte" | "b") && before.is_some() {
            return before;
        }
        let number = word.strip_suffix('b').unwrap_or(word);
        if number.len() < word.len()
            && let Ok(n) = number.parse()
        {
            return Some(n);
        }
        before = word.parse().ok();
    }
    // WebSocket++ writes the length in brackets between a number and the opcode: `[0] (129) [2]`.
    let numbered = lower
        .trim()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    if numbered.is_none_or(|(n, _)| n.parse::<u32>().is_err()) {
        return None;
    }
    lower
        .split(['(', '['])
        .filter_map(|part| part.split_once(')').map(|(inner, _)| inner.trim()))
        .filter_map(|inner| inner.parse().ok())
        .next_back()
}

fn leading_number(text: &str) -> Option<usize> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let next = text.get(end..)?.chars().next();
    if next.is_some_and(|c| c.is_ascii_alphabetic() && c != 'b') {
        return None;
    }
    text.get(..end)?.parse().ok()
}

/// Puts blocks together. `None` where they hold no bytes.
pub(crate) fn joined(mut blocks: Vec<Block>, form: Form) -> Option<Reading> {
    blocks.retain(|block| !block.bytes.is_empty());
    let mut skipped = Vec::new();
    let mut cut = false;
    if let Some(payloads) = payloads(&blocks, &mut skipped, &mut cut) {
        blocks = payloads;
    }
    cut |= blocks
        .iter()
        .any(|block| block.announced.is_some_and(|n| n > block.bytes.len()));
    let bytes: Vec<u8> = blocks
        .iter()
        .flat_map(|b| b.bytes.iter().copied())
        .collect();
    if bytes.is_empty() {
        return None;
    }
    let mut reading = Reading::new(bytes, form).cut(cut);
    reading.skipped = skipped;
    reading.streams = streams(&blocks);
    Some(reading)
}

/// What the packets carry, where all blocks are packets.
fn payloads(blocks: &[Block], skipped: &mut Vec<Skipped>, cut: &mut bool) -> Option<Vec<Block>> {
    let mut out: Vec<Block> = Vec::new();
    let mut seen = Vec::new();
    // The port of the server: the lower of the two, unless what is sent says otherwise.
    let mut server = None;
    let mut sent: Vec<(u16, usize)> = Vec::new();
    for block in blocks {
        let segment = packet::segment(&block.bytes)?;
        if skipped.is_empty() || out.is_empty() {
            *skipped = segment.skipped;
        }
        *cut |= segment.cut;
        let again = (segment.ports, segment.sequence, segment.payload.len());
        if segment.payload.is_empty() || seen.contains(&again) {
            continue;
        }
        seen.push(again);
        let (from, to) = segment.ports;
        let guess = match segment.payload {
            [b'H', b'T', b'T', b'P', b'/', ..] => Some(from),
            [b'G', b'E', b'T', b' ', ..] => Some(to),
            bytes => crate::frames::masked(bytes).map(|masked| if masked { to } else { from }),
        };
        server = server.or(guess);
        server = server.or(Some(from.min(to)));
        sent.push((from, out.len()));
        out.push(Block {
            bytes: segment.payload.to_vec(),
            ..Block::default()
        });
    }
    for (from, at) in sent {
        let side = if Some(from) == server {
            Side::Server
        } else {
            Side::Client
        };
        if let Some(block) = out.get_mut(at) {
            block.way = Some(Way::From(side));
        }
    }
    Some(out)
}

/// Both directions, where the labels name both.
fn streams(blocks: &[Block]) -> Vec<Stream> {
    let mut last = None;
    let mut all: [Vec<u8>; 4] = Default::default();
    for block in blocks {
        last = block.way.or(last);
        let at = match last {
            Some(Way::From(Side::Client)) | None => 0,
            Some(Way::From(Side::Server)) => 1,
            Some(Way::Out) => 2,
            Some(Way::In) => 3,
        };
        if last.is_none() {
            return Vec::new();
        }
        if let Some(stream) = all.get_mut(at) {
            stream.extend_from_slice(&block.bytes);
        }
    }
    let [client, server, out, into] = all;
    let (client, server) = match (
        client.is_empty() && server.is_empty(),
        sender_of_out(&out, &into),
    ) {
        (false, _) => (client, server),
        (true, Side::Client) => (out, into),
        (true, Side::Server) => (into, out),
    };
    if client.is_empty() || server.is_empty() {
        return Vec::new();
    }
    vec![
        Stream {
            from: Side::Client,
            bytes: client,
        },
        Stream {
            from: Side::Server,
            bytes: server,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_announce_how_many_bytes_come() {
        for (label, n) in [
            ("[Raw write]: length = 184", Some(184)),
            ("READ: 7B", Some(7)),
            ("=> Send header, 176 bytes (0xb0)", Some(176)),
            ("[0] (129) [2] ", Some(129)),
            ("lws_ssl_capable_write: len 156", Some(156)),
            ("> 2023/01/02 10:00:00.0  length=7 from=0 to=6", Some(7)),
            ("payload", None),
            ("Received:", None),
        ] {
            assert_eq!(announced(label), n, "{label}");
        }
    }
}
