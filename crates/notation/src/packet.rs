//! Whole packets: the headers of link, network and transport before what a connection carries.

use etherparse::{LaxNetSlice, LaxSlicedPacket, LinkSlice, TransportSlice, ether_type};

use crate::Skipped;

/// What one TCP segment carries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The headers before the payload.
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) payload: &'a [u8],
    /// Ports of who sent it and of who gets it.
    pub(crate) ports: (u16, u16),
    /// The number of the payload's first byte.
    pub(crate) sequence: u32,
    /// Whether the network header announces more than is here.
    pub(crate) cut: bool,
}

/// What stands before an IP header, and how long it is.
const BEFORE: [(usize, &str); 5] = [
    (0, ""),
    (4, "BSD loopback"),
    (16, "Linux cooked"),
    (20, "Linux cooked 2"),
    (24, "ipnet"),
];

/// Takes the headers of a packet apart.
pub(crate) fn segment(bytes: &[u8]) -> Option<Segment<'_>> {
    if let Ok(packet) = LaxSlicedPacket::from_ethernet(bytes)
        && let Some(LinkSlice::Ethernet2(link)) = &packet.link
        && matches!(
            link.ether_type(),
            ether_type::IPV4 | ether_type::IPV6 | ether_type::VLAN_TAGGED_FRAME
        )
        && let Some(segment) = tcp(bytes, &packet, "Ethernet")
    {
        return Some(segment);
    }
    BEFORE.iter().find_map(|(length, name)| {
        let rest = bytes.get(*length..)?;
        let version = rest.first()? >> 4;
        if version != 4 && version != 6 {
            return None;
        }
        // Four bytes name the family: 2 is IPv4; 10, 24, 28 and 30 are IPv6, in the byte order of the machine.
        if *length == 4 {
            let family = bytes.get(..4)?;
            let number = family.first()? | family.get(3)?;
            let zero = family.get(1..3)? == [0, 0];
            if !zero || !matches!(number, 2 | 10 | 24 | 28 | 30) {
                return None;
            }
        }
        let packet = LaxSlicedPacket::from_ip(rest).ok()?;
        tcp(bytes, &packet, name)
    })
}

fn tcp<'a>(
    bytes: &'a [u8],
    packet: &LaxSlicedPacket<'a>,
    link: &'static str,
) -> Option<Segment<'a>> {
    let Some(TransportSlice::Tcp(tcp)) = &packet.transport else {
        return None;
    };
    let (what, network, cut) = match packet.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let length = usize::from(ip.header().total_len());
            let header = ip.header().slice().len();
            let begin = place(bytes, ip.header().slice())?;
            // A sum of 0 was left to the network card.
            let sum = ip.header().header_checksum();
            let right = sum == 0 || sum == ip.header().to_header().calc_header_checksum();
            let end = begin.saturating_add(length);
            // Copies of packets are often edited, and their sums with them: a length that fits will do. Ethernet fills up
            // short packets.
            let whole = end == bytes.len() || (end < bytes.len() && bytes.len() <= 64);
            let short = end > bytes.len() && right && sum != 0;
            if length < header + tcp.header_slice().len() || !(whole || short) {
                return None;
            }
            ("IPv4", header, end > bytes.len())
        }
        LaxNetSlice::Ipv6(ip) => {
            let begin = place(bytes, ip.header().slice())?;
            let length = usize::from(ip.header().payload_length());
            let transport = place(bytes, tcp.header_slice())?;
            let end = begin.saturating_add(40).saturating_add(length);
            // There is no sum: where no link names the protocol, the length has to fit.
            let filled = end < bytes.len() && bytes.len() <= 80;
            let known = link == "Ethernet" && end > bytes.len();
            if !(end == bytes.len() || filled || known) || length < 20 {
                return None;
            }
            ("IPv6", transport.checked_sub(begin)?, end > bytes.len())
        }
        _ => return None,
    };
    let transport = place(bytes, tcp.header_slice())?;
    let header = tcp.header_slice().len();
    let before = transport.checked_sub(network)?;
    let mut skipped = Vec::new();
    for (what, bytes) in [(link, before), (what, network), ("TCP", header)] {
        if bytes > 0 {
            let what = what.into();
            skipped.push(Skipped { what, bytes });
        }
    }
    Some(Segment {
        skipped,
        payload: tcp.payload(),
        ports: (tcp.source_port(), tcp.destination_port()),
        sequence: tcp.sequence_number(),
        cut,
    })
}

/// Where a part of the bytes begins.
fn place(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let at = part.as_ptr() as usize;
    at.checked_sub(bytes.as_ptr() as usize)
        .filter(|at| *at <= bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: &[u8] =
        b"\x45\x00\x00\x2f\x00\x01\x00\x00\x40\x06\x7c\xc6\x7f\x00\x00\x01\x7f\x00\x00\x01";
    const TCP: &[u8] =
        b"\xc0\x00\x1f\x90\x00\x00\x00\x01\x00\x00\x00\x02\x50\x18\x02\x00\x00\x00\x00\x00";

    #[test]
    fn headers_are_named_and_passed_over() {
        let frame = b"\x81\x05Hello";
        for (link, name) in [
            (&b""[..], ""),
            (b"\x02\0\0\0", "BSD loopback"),
            (b"\0\0\0\x1e", "BSD loopback"),
            (b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", "Ethernet"),
            (b"\0\0\x03\x04\0\x06\0\0\0\0\0\0\0\0\x08\0", "Linux cooked"),
        ] {
            let packet = [link, IP, TCP, frame].concat();
            let found = segment(&packet).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(found.payload, frame, "{name}");
            assert_eq!((found.ports, found.cut), ((0xc000, 8080), false));
            let named: Vec<_> = found
                .skipped
                .iter()
                .map(|s| (s.what.as_ref(), s.bytes))
                .collect();
            let ours = [(name, link.len()), ("IPv4", 20), ("TCP", 20)];
            let from = usize::from(link.is_empty());
            assert_eq!(named, ours[from..], "{name}");
            assert!(segment(&packet[..packet.len() - 2]).is_some_and(|s| s.cut));
        }
        assert_eq!(segment(b"\x81\x05Hello"), None);
        assert_eq!(segment(frame), None);
        assert_eq!(segment(&[0x45; 100]), None);
    }
}
