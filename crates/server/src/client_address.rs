//! Whose request it is: addresses, the proxies that are believed, and what one address may hold.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::HeaderMap;

/// What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, of which one household has at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The client at this address. An IPv4 address that is written as an IPv6 one is the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64))
            }
            address => address,
        })
    }

    /// Whether the client is on this machine.
    pub fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V6(address) if !address.is_loopback() => write!(f, "{address}/64"),
            address => write!(f, "{address}"),
        }
    }
}

/// A proxy whose `X-Forwarded-For` is believed: an address, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedProxy {
    address: IpAddr,
    /// Bits of the address that count.
    prefix: u8,
}

impl TrustedProxy {
    /// Whether this address is the proxy's.
    pub fn has(self, address: IpAddr) -> bool {
        let differs = match (self.address, address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => return false,
        };
        differs >= u32::from(self.prefix)
    }
}

impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "write an IP address or a network, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8".to_owned()
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = address
            .parse::<IpAddr>()
            .map_err(|_| wrong())?
            .to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= most),
            None => Some(most),
        };
        let prefix = prefix.ok_or_else(wrong)?;
        Ok(Self { address, prefix })
    }
}

/// The address of the client that a request comes from. `X-Forwarded-For` counts where a trusted proxy sent it, from the
/// right: each proxy appends whom it heard from, and what stands before an address that isn't a proxy's is anybody's word.
pub fn client_address(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[TrustedProxy],
) -> ClientAddress {
    let is_proxy = |address: IpAddr| trusted.iter().any(|proxy| proxy.has(address));
    let mut client = peer;
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| line.to_str().unwrap_or("?"))
        .collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    while is_proxy(client) {
        // Some proxies write a port as well.
        let hop = hops.next().map(str::trim).and_then(|hop| {
            hop.parse::<IpAddr>()
                .or_else(|_| hop.parse::<std::net::SocketAddr>().map(|hop| hop.ip()))
                .ok()
        });
        match hop {
            Some(hop) => client = hop,
            None => break,
        }
    }
    ClientAddress::of(client)
}

/// How many of a thing one address may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    most: usize,
    loopback: bool,
}

impl Cap {
    /// What a flag says, for everybody; without a flag a quarter of all, for everybody but the loopback, where one
    /// address is one machine's every program.
    pub fn new(flag: Option<usize>, all: usize) -> Self {
        Self {
            most: flag.unwrap_or(all.div_ceil(4)),
            loopback: flag.is_some(),
        }
    }

    /// How many this client may hold; `None` for as many as there are.
    pub fn of(self, client: ClientAddress) -> Option<usize> {
        (self.loopback || !client.is_loopback()).then_some(self.most)
    }
}

type Counts = Arc<Mutex<HashMap<ClientAddress, usize>>>;

/// Counts what each address holds of one kind of thing.
#[derive(Debug, Clone)]
pub struct Shares {
    cap: Cap,
    counts: Counts,
}

fn lock(counts: &Counts) -> MutexGuard<'_, HashMap<ClientAddress, usize>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shares {
    /// Nobody holds anything yet.
    pub fn new(cap: Cap) -> Self {
        Self {
            cap,
            counts: Counts::default(),
        }
    }

    /// One more for this client, held until it is dropped; `None` when the client holds as many as it may.
    pub fn take(&self, client: ClientAddress) -> Option<Share> {
        let mut counts = lock(&self.counts);
        let count = counts.entry(client).or_default();
        if self.cap.of(client).is_some_and(|most| *count >= most) {
            return None;
        }
        *count += 1;
        Some(Share {
            client,
            counts: Arc::clone(&self.counts),
        })
    }

    /// How many one address may hold.
    pub fn most(&self) -> usize {
        self.cap.most
    }
}

/// One of the things that a client holds.
#[derive(Debug)]
pub struct Share {
    client: ClientAddress,
    counts: Counts,
}

impl Share {
    /// Who holds it.
    pub fn client(&self) -> ClientAddress {
        self.client
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(text: &str) -> ClientAddress {
        ClientAddress::of(text.parse().unwrap())
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_eq!(client("2001:db8::7").to_string(), "2001:db8::/64");
        assert!(client("::1").is_loopback() && client("127.0.0.9").is_loopback());
    }

    #[test]
    fn only_proxies_that_are_named_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let from = |peer: &str, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        assert_eq!(from("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(from("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            from("10.1.2.3", &["6.6.6.6, 198.51.100.1, 10.9.9.9"]),
            "198.51.100.1"
        );
        assert_eq!(
            from("::1", &["6.6.6.6", "198.51.100.1:4711"]),
            "198.51.100.1"
        );
        for nothing in [&[][..], &["nobody"], &["6.6.6.6, ,"]] {
            assert_eq!(from("10.1.2.3", nothing), "10.1.2.3");
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        for bad in [
            "",
            "proxy",
            "10.0.0.0/33",
            "10.0.0.0/",
            "::/129",
            "10.0.0/8",
        ] {
            assert!(bad.parse::<TrustedProxy>().is_err(), "{bad}");
        }
        let all: TrustedProxy = "0.0.0.0/0".parse().unwrap();
        assert!(all.has("192.0.2.1".parse().unwrap()) && !all.has("::2".parse().unwrap()));
    }

    #[test]
    fn a_share_comes_back_when_it_is_dropped() {
        let shares = Shares::new(Cap::new(Some(1), 8));
        let one = shares.take(client("127.0.0.1")).unwrap();
        assert!(shares.take(client("127.0.0.1")).is_none());
        assert!(shares.take(client("127.0.0.2")).is_some());
        drop(one);
        assert!(shares.take(client("127.0.0.1")).is_some());
        assert!(lock(&shares.counts).is_empty());
        assert_eq!(Cap::new(None, 8).of(client("127.0.0.1")), None);
        assert_eq!(Cap::new(None, 8).of(client("192.0.2.1")), Some(2));
    }
}
