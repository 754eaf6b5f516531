//! No log line is worth a client: whatever standard error does, the server serves, and says goodbye.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use crate::help::*;

/// Starts the program with this standard error, and waits until it answers.
async fn start(stderr: Stdio, flags: &[&str]) -> (Child, SocketAddr) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let mut child = Command::new(env!("CARGO_BIN_EXE_duplex-server"))
        .args(["--listen", &address.to_string()])
        .args(flags)
        .stderr(stderr)
        .spawn()
        .expect("the program");
    within(async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(child.try_wait().expect("a status").is_none(), "it ended");
            tokio::task::yield_now().await;
        }
    })
    .await;
    (child, address)
}

/// Asks the program to end, and expects that it says goodbye first.
async fn ends_well(mut child: Child, address: SocketAddr) {
    let mut raw = Raw::open(address, "/echo", "").await;
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    let close = raw.next().await;
    assert_eq!(close.close_code(), 1001);
    raw.frame(0x88, &close.payload).await;
    raw.expect_end().await;
    drop(raw);
    let ended = within(tokio::task::spawn_blocking(move || child.wait())).await;
    assert_eq!(ended.expect("a thread").expect("an end").code(), Some(0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_no_error_of_the_server() {
    let full = std::fs::File::options().write(true).open("/dev/full");
    let (child, address) = start(full.expect("/dev/full").into(), &["--log", "debug"]).await;
    assert_eq!(get(address, "/healthz").await.status, 200);
    ends_well(child, address).await;
}

#[tokio::test]
async fn nor_is_a_reader_that_went_away() {
    let (mut child, address) = start(Stdio::piped(), &["--log", "debug"]).await;
    drop(child.stderr.take());
    assert_eq!(get(address, "/healthz").await.status, 200);
    ends_well(child, address).await;
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_not_waited_for() {
    let (mut child, address) = start(Stdio::piped(), &["--log", "debug"]).await;
    let _never_read = child.stderr.take();
    // Far more than a pipe and the queue before it hold.
    let path = format!("/{}", "x".repeat(7000));
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(address)
            .await
            .expect("connect"),
    );
    for _ in 0..1500 {
        raw.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
            .await;
        raw.reply().await;
    }
    let page = get(address, "/metrics").await.text();
    let lost = page
        .lines()
        .find_map(|line| line.strip_prefix("log_lines_lost_total "));
    assert!(lost.expect("a count").parse::<u64>().expect("a number") > 0);
    ends_well(child, address).await;
}
