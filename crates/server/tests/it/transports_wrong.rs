//! Runs and readers of them that are refused.

use crate::{help::*, streaming::*};

const ALL: [&str; 4] = ["polling", "long-polling", "sse", "websocket"];

#[tokio::test]
async fn queries_that_are_wrong_are_named() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    for transport in ALL {
        let mut refused = Vec::new();
        let long = format!("run={run}&cut=600");
        let unknown = format!("run={}", "0".repeat(32));
        for (query, status, says) in [
            ("", 400, "run: missing"),
            (&*long, 400, "cut: given without proxy=cuts"),
            (&*unknown, 404, "POST /transports/runs"),
        ] {
            let target = format!("/transports/{transport}?{query}");
            let (_, reply) = Raw::handshake(server.address, &target, "").await;
            assert_eq!(reply.status, status, "{target}: {}", reply.text());
            assert!(reply.text().contains(says), "{}", reply.text());
            assert!(reply.json()["what_to_do"].is_string());
            refused.push(reply);
        }
        let head = request(server.address, "HEAD", &path(transport, &run, ""), &[]).await;
        assert_eq!(head.status, 405);
        let foreign = [("Origin", "http://evil.example")];
        let reply = request(server.address, "GET", &path(transport, &run, ""), &foreign).await;
        assert_eq!(reply.status, 403);
    }
    let plain = get(server.address, &path("websocket", &run, "")).await;
    assert_eq!(plain.status, 426);
    let id = "Last-Event-ID: seven\r\n";
    let mut raw = connect(&server).await;
    ask(&mut raw, &path("sse", &run, ""), id).await;
    let reply = raw.reply().await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("Last-Event-ID: seven"));
    let nowhere = get(server.address, "/transports/pigeons?run=1").await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text().contains("long-polling"));
}

#[tokio::test]
async fn runs_that_are_wrong_are_named() {
    let server = start(&[]).await;
    let right = quick(10).to_string();
    for (body, says) in [
        ("", "EOF"),
        ("[]", "every_ms"),
        (
            &right.replace("100", "19"),
            "every_ms is 19; allowed are 20 to 60000",
        ),
        (&right.replace("40", "4097"), "bytes is 4097"),
        (&right.replace('}', ",\"volume\":1}"), "volume"),
        (&right.replace('}', ",\"seed\":-1}"), "-1"),
    ] {
        let reply = post(&server, "/transports/runs", "", body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.text().contains(says), "{body}: {}", reply.text());
        assert!(
            reply.text().contains("last_ms"),
            "what to do: {}",
            reply.text()
        );
    }
    let long = format!("{}{right}", " ".repeat(1024));
    assert_eq!(
        post(&server, "/transports/runs", "", &long).await.status,
        413
    );
    let chunked = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let mut raw = connect(&server).await;
    let head =
        "POST /transports/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    raw.send(format!("{head}{chunked}").as_bytes()).await;
    assert_eq!(raw.reply().await.status, 413);
    let foreign = "Origin: http://evil.example\r\n";
    assert_eq!(
        post(&server, "/transports/runs", foreign, &right)
            .await
            .status,
        403
    );

    let run = begin(&server, &quiet()).await;
    let restarts = format!("/transports/runs/{run}/restart");
    let mut held = EventStream::open(&server, &path("sse", &run, ""), "").await;
    for (path, body, status) in [
        (&*restarts, "{\"down_ms\":30001}", 400),
        (&*restarts, "{}", 400),
        ("/transports/runs/1/restart", "{\"down_ms\":1}", 404),
    ] {
        let reply = post(&server, path, "", body).await;
        assert_eq!(reply.status, status, "{body}");
    }
    assert_eq!(
        post(&server, &restarts, foreign, "{\"down_ms\":1}")
            .await
            .status,
        403
    );
    assert_eq!(get(server.address, "/transports/runs/1").await.status, 404);
    // Nothing of that has restarted anything.
    restart(&server, &run, 0).await;
    assert!(!held.rest().await);
    assert_eq!(cost(&server, &run).await["transports"][0]["requests"], 1);
}

#[tokio::test]
async fn runs_are_bounded_and_forgotten() {
    let server = start(&["--max-runs", "2"]).await;
    let asked = quiet().to_string();
    begin(&server, &quiet()).await;
    begin(&server, &quiet()).await;
    let reply = post(&server, "/transports/runs", "", &asked).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "10"));
    assert!(reply.text().contains("--max-runs"));

    let flags = ["--max-runs-per-address", "1", "--run-memory", "0s"];
    let server = start(&flags).await;
    let run = begin(&server, &quick(10)).await;
    let reply = post(&server, "/transports/runs", "", &asked).await;
    assert_eq!(reply.status, 429);
    assert!(reply.text().contains("--max-runs-per-address"));
    let again: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&again));
    let path = format!("/transports/runs/{run}");
    within(async { while get(server.address, &path).await.status != 404 {} }).await;
    begin(&server, &quiet()).await;
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_reads_every_answer() {
    let server = start(&["--allow-origin", "http://localhost:8081"]).await;
    let origin = "Origin: http://localhost:8081\r\n";
    let body = quick(10).to_string();
    let reply = post(&server, "/transports/runs", origin, &body).await;
    let allowed =
        |reply: &Reply| reply.header("access-control-allow-origin") == "http://localhost:8081";
    assert!(reply.status == 201 && allowed(&reply), "{reply:?}");
    let run = reply.json()["run"].as_str().unwrap().to_owned();
    restart(&server, &run, 30_000).await;
    let mut raw = connect(&server).await;
    for (transport, more, status) in [
        ("polling", "", 503),
        ("sse", "&after=x", 400),
        ("websocket", "&proxy=blocks", 426),
    ] {
        ask(&mut raw, &path(transport, &run, more), origin).await;
        let reply = raw.reply().await;
        assert!(reply.status == status && allowed(&reply), "{reply:?}");
    }
    let reply = raw
        .shake(&path("websocket", &run, "&proxy=blocks"), origin)
        .await;
    assert!(reply.status == 403 && allowed(&reply), "{reply:?}");
}
