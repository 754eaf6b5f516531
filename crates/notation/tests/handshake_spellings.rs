//! Handshakes as programs, proxies, browsers and people write them: whatever the writing, the same headers.

use notation::{Pasted, inspect, inspect_file};

/// The lines of a header in lower case, in the order of the alphabet: maps have an order of their own.
fn lines(header: &str) -> Vec<String> {
    let mut lines: Vec<_> = header
        .trim_end()
        .split("\r\n")
        .map(str::to_ascii_lowercase)
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_handshake_is_read_however_it_is_written() {
    let mut wrong = Vec::new();
    for (text, request, response) in HANDSHAKES {
        let found = match inspect(text) {
            Ok(Pasted::Handshake(found, _)) => found,
            other => {
                wrong.push(format!("{text}\n  -> {other:?}"));
                continue;
            }
        };
        let wanted = (request.map(lines), response.map(lines));
        let got = (
            found.request.as_deref().map(lines),
            found.response.as_deref().map(lines),
        );
        if got != wanted {
            wrong.push(format!("{text}\n  -> {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_answer_with_frames_behind_it_is_read_from_a_file() {
    let bytes = [
        b"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\n".as_slice(),
        b"\x81\x05Hello",
    ]
    .concat();
    let Ok(Pasted::Handshake(found, _)) = inspect_file(&bytes) else {
        panic!("no handshake");
    };
    assert_eq!(
        found.response.map(|response| lines(&response).len()),
        Some(3)
    );
}

const CHAT: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
const ROOT: &str = "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
const ACCEPTED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Texts with the request and the response that they hold.
const HANDSHAKES: &[(&str, Option<&str>, Option<&str>)] = &[
    // both
    (
        "GET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // curl -v
    (
        "*   Trying 127.0.0.1:8080...\n* Connected to example.com (127.0.0.1) port 8080 (#0)\n> GET /chat HTTP/1.1\n> Host: example.com\n> Upgrade: websocket\n> Connection: Upgrade\n> Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n> Sec-WebSocket-Version: 13\n> \n* Mark bundle as not supporting multiuse\n< HTTP/1.1 101 Switching Protocols\n< Upgrade: websocket\n< Connection: Upgrade\n< Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n< \n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // websocat -v
    (
        "[INFO  websocat::lints] Auto-inserting the line mode\n[DEBUG websocat::ws_client_peer] get_ws_client_peer\n[TRACE] Sending request:\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n[TRACE] Response:\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // python websockets log
    (
        "DEBUG:websockets.client:> GET /chat HTTP/1.1\nDEBUG:websockets.client:> Host: example.com\nDEBUG:websockets.client:> Upgrade: websocket\nDEBUG:websockets.client:> Connection: Upgrade\nDEBUG:websockets.client:> Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nDEBUG:websockets.client:> Sec-WebSocket-Version: 13\nDEBUG:websockets.client:< HTTP/1.1 101 Switching Protocols\nDEBUG:websockets.client:< Upgrade: websocket\nDEBUG:websockets.client:< Connection: Upgrade\nDEBUG:websockets.client:< Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // python websockets asctime
    (
        "2024-01-02 03:04:05,678 DEBUG websockets.client > GET /chat HTTP/1.1\n2024-01-02 03:04:05,678 DEBUG websockets.client > Host: example.com\n2024-01-02 03:04:05,678 DEBUG websockets.client > Upgrade: websocket\n2024-01-02 03:04:05,678 DEBUG websockets.client > Connection: Upgrade\n2024-01-02 03:04:05,678 DEBUG websockets.client > Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n2024-01-02 03:04:05,678 DEBUG websockets.client > Sec-WebSocket-Version: 13\n2024-01-02 03:04:05,679 DEBUG websockets.client < HTTP/1.1 101 Switching Protocols\n2024-01-02 03:04:05,679 DEBUG websockets.client < Upgrade: websocket\n2024-01-02 03:04:05,679 DEBUG websockets.client < Connection: Upgrade\n2024-01-02 03:04:05,679 DEBUG websockets.client < Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // websocket-client trace
    (
        "--- request header ---\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n\n-----------------------\n--- response header ---\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n-----------------------\n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // go httputil
    (
        "REQUEST:\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n\nRESPONSE:\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // go %q
    (
        "\"GET /chat HTTP/1.1\\r\\nHost: example.com\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n\"",
        Some(CHAT),
        None,
    ),
    // go header map
    (
        "GET /chat HTTP/1.1\nmap[Connection:[Upgrade] Host:[example.com] Sec-Websocket-Key:[dGhlIHNhbXBsZSBub25jZQ==] Sec-Websocket-Version:[13] Upgrade:[websocket]]",
        Some(
            "GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nHost: example.com\r\nSec-Websocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-Websocket-Version: 13\r\nUpgrade: websocket",
        ),
        None,
    ),
    // node rawHeaders
    (
        "{ host: 'example.com',\n  upgrade: 'websocket',\n  connection: 'Upgrade',\n  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',\n  'sec-websocket-version': '13' }",
        Some(ROOT),
        None,
    ),
    // json headers
    (
        "{\"Host\": \"example.com\", \"Upgrade\": \"websocket\", \"Connection\": \"Upgrade\", \"Sec-WebSocket-Key\": \"dGhlIHNhbXBsZSBub25jZQ==\", \"Sec-WebSocket-Version\": \"13\"}",
        Some(ROOT),
        None,
    ),
    // python dict
    (
        "{'Host': 'example.com', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13'}",
        Some(ROOT),
        None,
    ),
    // python list tuples
    (
        "[('Host', 'example.com'), ('Upgrade', 'websocket'), ('Connection', 'Upgrade'), ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='), ('Sec-WebSocket-Version', '13')]",
        Some(ROOT),
        None,
    ),
    // python bytes
    (
        "b'GET /chat HTTP/1.1\\r\\nHost: example.com\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n'",
        Some(CHAT),
        None,
    ),
    // c lines
    (
        "\"GET /chat HTTP/1.1\\r\\n\"\n\"Host: example.com\\r\\n\"\n\"Upgrade: websocket\\r\\n\"\n\"Connection: Upgrade\\r\\n\"\n\"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\"\n\"Sec-WebSocket-Version: 13\\r\\n\"\n\"\\r\\n\";",
        Some(CHAT),
        None,
    ),
    // js concat
    (
        "'GET /chat HTTP/1.1\\r\\n' +\n'Host: example.com\\r\\n' +\n'Upgrade: websocket\\r\\n' +\n'Connection: Upgrade\\r\\n' +\n'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n' +\n'Sec-WebSocket-Version: 13\\r\\n' +\n'\\r\\n'",
        Some(CHAT),
        None,
    ),
    // printf
    (
        "printf \"GET /chat HTTP/1.1\\r\\nHost: example.com\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n\" | nc example.com 80",
        Some(CHAT),
        None,
    ),
    // log prefix
    (
        "[2024-01-02 03:04:05] [info] GET /chat HTTP/1.1\n[2024-01-02 03:04:05] [info] Host: example.com\n[2024-01-02 03:04:05] [info] Upgrade: websocket\n[2024-01-02 03:04:05] [info] Connection: Upgrade\n[2024-01-02 03:04:05] [info] Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n[2024-01-02 03:04:05] [info] Sec-WebSocket-Version: 13\n[2024-01-02 03:04:05] [info] ",
        Some(CHAT),
        None,
    ),
    // mark quote
    (
        "> GET /chat HTTP/1.1\n> Host: example.com\n> Upgrade: websocket\n> Connection: Upgrade\n> Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n> Sec-WebSocket-Version: 13",
        Some(CHAT),
        None,
    ),
    // md fence
    (
        "My request:\n```http\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n```\nand the response:\n```http\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n```",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // indent
    (
        "    GET /chat HTTP/1.1\n    Host: example.com\n    Upgrade: websocket\n    Connection: Upgrade\n    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n    Sec-WebSocket-Version: 13",
        Some(CHAT),
        None,
    ),
    // crlf shown
    (
        "GET /chat HTTP/1.1\\r\\n\nHost: example.com\\r\\n\nUpgrade: websocket\\r\\n\nConnection: Upgrade\\r\\n\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\nSec-WebSocket-Version: 13\\r\\n\n\\r\\n",
        Some(CHAT),
        None,
    ),
    // crlf sym
    (
        "GET /chat HTTP/1.1␍␊\nHost: example.com␍␊\nUpgrade: websocket␍␊\nConnection: Upgrade␍␊\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==␍␊\nSec-WebSocket-Version: 13␍␊\n␍␊",
        Some(CHAT),
        None,
    ),
    // wireshark text
    (
        "Hypertext Transfer Protocol\n    GET /chat HTTP/1.1\\r\\n\n    Host: example.com\\r\\n\n    Upgrade: websocket\\r\\n\n    Connection: Upgrade\\r\\n\n    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\n    Sec-WebSocket-Version: 13\\r\\n\n    \\r\\n\n    [Full request URI: http://example.com/chat]\n",
        Some(CHAT),
        None,
    ),
    // ngrep byline
    (
        "T 127.0.0.1:50412 -> 127.0.0.1:8080 [AP]\nGET /chat HTTP/1.1.\nHost: example.com.\nUpgrade: websocket.\nConnection: Upgrade.\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==.\nSec-WebSocket-Version: 13.\n.\n\nT 127.0.0.1:8080 -> 127.0.0.1:50412 [AP]\nHTTP/1.1 101 Switching Protocols.\nUpgrade: websocket.\nConnection: Upgrade.\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=.\n.\n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // devtools new
    (
        "Request URL\nwss://example.com/chat\nRequest Method\nGET\nStatus Code\n101 Switching Protocols\nconnection\nUpgrade\nsec-websocket-accept\ns3pPLMBiTxaQ9kYGzzhZRbK+xOo=\nupgrade\nwebsocket\nconnection\nUpgrade\nhost\nexample.com\nsec-websocket-key\ndGhlIHNhbXBsZSBub25jZQ==\nsec-websocket-version\n13\nupgrade\nwebsocket",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // devtools old
    (
        "General\nRequest URL: wss://example.com/chat\nRequest Method: GET\nStatus Code: 101 Switching Protocols\nResponse Headers\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\nUpgrade: websocket\nRequest Headers\nConnection: Upgrade\nHost: example.com\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\nUpgrade: websocket",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // tcpdump A
    (
        "12:34:56.789 IP a.50412 > b.8080: Flags [P.], seq 1:200, ack 1, win 512, length 199: HTTP: GET /chat HTTP/1.1\nE....@.@..........GET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n",
        Some(CHAT),
        None,
    ),
    // rust debug
    (
        "Request { method: GET, uri: ws://example.com/chat, version: HTTP/1.1, headers: {\"host\": \"example.com\", \"connection\": \"Upgrade\", \"upgrade\": \"websocket\", \"sec-websocket-version\": \"13\", \"sec-websocket-key\": \"dGhlIHNhbXBsZSBub25jZQ==\"}, body: () }",
        Some(CHAT),
        None,
    ),
    // rust response
    (
        "Response { status: 101, version: HTTP/1.1, headers: {\"upgrade\": \"websocket\", \"connection\": \"Upgrade\", \"sec-websocket-accept\": \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"}, body: None }",
        None,
        Some(ACCEPTED),
    ),
    // netty req
    (
        "DefaultHttpRequest(decodeResult: success, version: HTTP/1.1)\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n",
        Some(CHAT),
        None,
    ),
    // nginx debug
    (
        "2024/01/02 03:04:05 [debug] 1#1: *1 http header: \"Host: example.com\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http header: \"Upgrade: websocket\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http header: \"Connection: Upgrade\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http header: \"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http header: \"Sec-WebSocket-Version: 13\"",
        Some(ROOT),
        None,
    ),
    // nginx upstream
    (
        "2024/01/02 03:04:05 [debug] 1#1: *1 http proxy header: \"Host: example.com\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http proxy header: \"Upgrade: websocket\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http proxy header: \"Connection: Upgrade\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http proxy header: \"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\"\n2024/01/02 03:04:05 [debug] 1#1: *1 http proxy header: \"Sec-WebSocket-Version: 13\"",
        Some(ROOT),
        None,
    ),
    // haproxy
    (
        " 00000000:front.clireq[0007:ffffffff]: GET /chat HTTP/1.1\n00000000:front.clihdr[0007:ffffffff]: Host: example.com\n00000000:front.clihdr[0007:ffffffff]: Upgrade: websocket\n00000000:front.clihdr[0007:ffffffff]: Connection: Upgrade\n00000000:front.clihdr[0007:ffffffff]: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n00000000:front.clihdr[0007:ffffffff]: Sec-WebSocket-Version: 13\n00000000:back.srvrep[0007:0008]: HTTP/1.1 101 Switching Protocols\n00000000:back.srvhdr[0007:0008]: Upgrade: websocket\n00000000:back.srvhdr[0007:0008]: Connection: Upgrade\n00000000:back.srvhdr[0007:0008]: Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // ts iso prefix
    (
        "2024-01-02T03:04:05.678Z ws:client > GET /chat HTTP/1.1\n2024-01-02T03:04:05.678Z ws:client > Host: example.com\n2024-01-02T03:04:05.678Z ws:client > Upgrade: websocket\n2024-01-02T03:04:05.678Z ws:client > Connection: Upgrade\n2024-01-02T03:04:05.678Z ws:client > Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n2024-01-02T03:04:05.678Z ws:client > Sec-WebSocket-Version: 13",
        Some(CHAT),
        None,
    ),
    // browser error with req
    (
        "WebSocket connection failed\n\nGET /chat HTTP/1.1\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n",
        Some(CHAT),
        None,
    ),
    // postman
    (
        "GET ws://example.com/chat\nHandshake Details\nRequest Method: GET\nStatus Code: 101 Switching Protocols\nRequest Headers\nHost: example.com\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\nResponse Headers\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // line numbers
    (
        "1  GET /chat HTTP/1.1\n2  Host: example.com\n3  Upgrade: websocket\n4  Connection: Upgrade\n5  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n6  Sec-WebSocket-Version: 13",
        Some(CHAT),
        None,
    ),
    // line numbers 2
    (
        "1: GET /chat HTTP/1.1\n2: Host: example.com\n3: Upgrade: websocket\n4: Connection: Upgrade\n5: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n6: Sec-WebSocket-Version: 13",
        Some(CHAT),
        None,
    ),
    // doubled blank
    (
        "GET /chat HTTP/1.1\n\nHost: example.com\n\nUpgrade: websocket\n\nConnection: Upgrade\n\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\nSec-WebSocket-Version: 13\n\n",
        Some(CHAT),
        None,
    ),
    // curl trace-ascii
    (
        "== Info: Connected\n=> Send header, 150 bytes (0x96)\n0000: GET /chat HTTP/1.1\n0014: Host: example.com\n0027: Upgrade: websocket\n003b: Connection: Upgrade\n0050: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n007d: Sec-WebSocket-Version: 13\n0098: \n<= Recv header, 34 bytes (0x22)\n0000: HTTP/1.1 101 Switching Protocols\n<= Recv header, 20 bytes (0x14)\n0000: Upgrade: websocket\n<= Recv header, 21 bytes (0x15)\n0000: Connection: Upgrade\n<= Recv header, 52 bytes (0x34)\n0000: Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n<= Recv header, 2 bytes (0x2)\n0000: \n",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // charles
    (
        "GET /chat HTTP/1.1\r\nHost\texample.com\nUpgrade\twebsocket\nConnection\tUpgrade\nSec-WebSocket-Key\tdGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version\t13",
        Some(CHAT),
        None,
    ),
    // har json
    (
        "{\"request\":{\"method\":\"GET\",\"url\":\"wss://example.com/chat\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[{\"name\": \"Host\", \"value\": \"example.com\"},{\"name\": \"Upgrade\", \"value\": \"websocket\"},{\"name\": \"Connection\", \"value\": \"Upgrade\"},{\"name\": \"Sec-WebSocket-Key\", \"value\": \"dGhlIHNhbXBsZSBub25jZQ==\"},{\"name\": \"Sec-WebSocket-Version\", \"value\": \"13\"}]},\"response\":{\"status\":101,\"statusText\":\"Switching Protocols\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[{\"name\": \"Upgrade\", \"value\": \"websocket\"},{\"name\": \"Connection\", \"value\": \"Upgrade\"},{\"name\": \"Sec-WebSocket-Accept\", \"value\": \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"}]}}",
        Some(CHAT),
        Some(ACCEPTED),
    ),
    // php array
    (
        "Array\n(\n    [Host] => example.com\n    [Upgrade] => websocket\n    [Connection] => Upgrade\n    [Sec-WebSocket-Key] => dGhlIHNhbXBsZSBub25jZQ==\n    [Sec-WebSocket-Version] => 13\n)",
        Some(ROOT),
        None,
    ),
    // ruby hash
    (
        "{\"Host\"=>\"example.com\", \"Upgrade\"=>\"websocket\", \"Connection\"=>\"Upgrade\", \"Sec-WebSocket-Key\"=>\"dGhlIHNhbXBsZSBub25jZQ==\", \"Sec-WebSocket-Version\"=>\"13\"}",
        Some(ROOT),
        None,
    ),
    // rack env
    (
        "{\"REQUEST_METHOD\"=>\"GET\", \"PATH_INFO\"=>\"/chat\", \"HTTP_HOST\"=>\"example.com\", \"HTTP_UPGRADE\"=>\"websocket\", \"HTTP_CONNECTION\"=>\"Upgrade\", \"HTTP_SEC_WEBSOCKET_KEY\"=>\"dGhlIHNhbXBsZSBub25jZQ==\", \"HTTP_SEC_WEBSOCKET_VERSION\"=>\"13\"}",
        Some(CHAT),
        None,
    ),
    // elixir headers
    (
        "[{\"host\", \"example.com\"}, {\"upgrade\", \"websocket\"}, {\"connection\", \"Upgrade\"}, {\"sec-websocket-key\", \"dGhlIHNhbXBsZSBub25jZQ==\"}, {\"sec-websocket-version\", \"13\"}]",
        Some(ROOT),
        None,
    ),
    // asgi scope
    (
        "{'type': 'websocket', 'path': '/chat', 'headers': [(b'host', b'example.com'), (b'upgrade', b'websocket'), (b'connection', b'Upgrade'), (b'sec-websocket-key', b'dGhlIHNhbXBsZSBub25jZQ=='), (b'sec-websocket-version', b'13')]}",
        Some(CHAT),
        None,
    ),
    // java map
    (
        "{Host=[example.com], Upgrade=[websocket], Connection=[Upgrade], Sec-WebSocket-Key=[dGhlIHNhbXBsZSBub25jZQ==], Sec-WebSocket-Version=[13]}",
        Some(ROOT),
        None,
    ),
    // spring
    (
        "[host:\"example.com\", upgrade:\"websocket\", connection:\"Upgrade\", sec-websocket-key:\"dGhlIHNhbXBsZSBub25jZQ==\", sec-websocket-version:\"13\"]",
        Some(ROOT),
        None,
    ),
    // .net
    (
        "Method: GET, RequestUri: 'ws://example.com/chat', Version: 1.1, Content: <null>, Headers:\n{\n  Host: example.com\n  Upgrade: websocket\n  Connection: Upgrade\n  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n  Sec-WebSocket-Version: 13\n}",
        Some(CHAT),
        None,
    ),
    // .net resp
    (
        "StatusCode: 101, ReasonPhrase: 'Switching Protocols', Version: 1.1, Content: <null>, Headers:\n{\n  Upgrade: websocket\n  Connection: Upgrade\n  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n}",
        None,
        Some(ACCEPTED),
    ),
];
