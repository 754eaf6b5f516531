//! Nobody takes what is everybody's: shares of an address, and a server that answers when it is full.

use crate::help::*;
use tokio::net::TcpStream;

/// Sends a request as a proxy does for a client at `client`.
async fn forwarded(server: &TestServer, method: &str, target: &str, client: &str) -> Reply {
    request(
        server.address,
        method,
        target,
        &[("X-Forwarded-For", client)],
    )
    .await
}

const PROXY: [&str; 2] = ["--trusted-proxy", "127.0.0.0/8"];

#[tokio::test]
async fn an_address_has_its_share_of_the_connections() {
    let server = start(&["--max-connections-per-address", "2"]).await;
    let refused = a_third_is_refused(&server, 429).await;
    assert!(refused.text().contains("--max-connections-per-address"));
}

#[tokio::test]
async fn who_comes_by_a_trusted_proxy_is_told_apart() {
    let flags = [&PROXY[..], &["--max-connections-per-address", "1"]].concat();
    let server = start(&flags).await;
    let first = "X-Forwarded-For: 192.0.2.1\r\n";
    let _held = Raw::open(server.address, "/echo", first).await;
    let (_, refused) = Raw::handshake(server.address, "/echo", first).await;
    assert_eq!(refused.status, 429);
    let _other = Raw::open(server.address, "/echo", "X-Forwarded-For: 192.0.2.2\r\n").await;
    // One network of IPv6 is one client.
    let _v6 = Raw::open(server.address, "/echo", "X-Forwarded-For: 2001:db8::1\r\n").await;
    assert_eq!(
        forwarded(&server, "GET", "/lab", "2001:db8::2")
            .await
            .status,
        429
    );
    assert_eq!(
        forwarded(&server, "GET", "/lab", "2001:db8:0:1::1")
            .await
            .status,
        200
    );
    // Without the header the proxy itself asks, and many may do so.
    let _one = Raw::open(server.address, "/echo", "").await;
    let _two = Raw::open(server.address, "/echo", "").await;
}

#[tokio::test]
async fn nobody_else_says_who_it_is() {
    let server = start(&["--max-wires-per-address", "1"]).await;
    assert_eq!(
        forwarded(&server, "POST", "/api/wires", "192.0.2.1")
            .await
            .status,
        201
    );
    assert_eq!(
        forwarded(&server, "POST", "/api/wires", "192.0.2.2")
            .await
            .status,
        429
    );
}

#[tokio::test]
async fn an_address_has_its_share_of_the_wires() {
    let flags = [&PROXY[..], &["--max-wires", "8"]].concat();
    let server = start(&flags).await;
    for _ in 0..2 {
        assert_eq!(
            forwarded(&server, "POST", "/api/wires", "192.0.2.1")
                .await
                .status,
            201
        );
    }
    let refused = forwarded(&server, "POST", "/api/wires", "192.0.2.1").await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("--max-wires-per-address"));
    let again: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!(
        (1..=60).contains(&again),
        "when the oldest is dropped: {again}"
    );
    let other = forwarded(&server, "POST", "/api/wires", "192.0.2.2").await;
    assert_eq!(other.status, 201, "{}", other.text());
    // The loopback's quarter is not its limit.
    for _ in 0..4 {
        new_wire(server.address).await;
    }
}

#[tokio::test]
async fn an_address_has_its_share_of_the_lab() {
    let flags = [&PROXY[..], &["--max-labs", "4"]].concat();
    let server = start(&flags).await;
    let first = "X-Forwarded-For: 192.0.2.1\r\n";
    let _held = Raw::open(server.address, "/lab/silence", first).await;
    let (_, refused) = Raw::handshake(server.address, "/lab/silence", first).await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("--max-labs-per-address"));
    let second = "X-Forwarded-For: 192.0.2.2\r\n";
    let _other = Raw::open(server.address, "/lab/silence", second).await;
}

/// Three times as many silent connections as there are places to be refused at.
#[tokio::test]
async fn a_full_server_still_answers_whoever_says_something() {
    let server = start(&["--max-connections", "1"]).await;
    let _full = Raw::open(server.address, "/echo", "").await;
    let mut silent = Vec::new();
    for _ in 0..96 {
        silent.push(TcpStream::connect(server.address).await.expect("connect"));
    }
    // None of the silent ones has spoken, and each may still; the first ones are gone nevertheless.
    assert_eq!(get(server.address, "/healthz").await.status, 200);
    assert_eq!(get(server.address, "/").await.status, 503);
    let mut end = [0];
    let first = tokio::io::AsyncReadExt::read(&mut silent[0], &mut end);
    assert_eq!(within(first).await.unwrap_or(0), 0);
    let page = get(server.address, "/metrics").await.text();
    let refused = page
        .lines()
        .find_map(|line| line.strip_prefix("connections_refused_total "));
    assert!(refused.expect("a count").parse::<u32>().expect("a number") >= 97);
}

/// The server is not running yet: what connects is held by the kernel.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_burst_of_handshakes_waits_in_the_kernel() {
    use clap::Parser as _;
    let config = duplex_server::Config::parse_from(["duplex-server", "--listen", "127.0.0.1:0"]);
    let server = duplex_server::Server::bind(config).await.expect("a port");
    let mut waiting = Vec::new();
    for _ in 0..400 {
        let connected = within(TcpStream::connect(server.address())).await;
        waiting.push(connected.expect("a place in the queue"));
    }
}
