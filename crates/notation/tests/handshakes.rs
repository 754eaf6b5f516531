//! Handshakes with the marks of the tools that printed them.

use notation::{Note, Pasted, Side, inspect};

const REQUEST: [&str; 6] = [
    "GET /ws HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];
const RESPONSE: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

fn wire(lines: &[&str]) -> String {
    lines.join("\r\n") + "\r\n\r\n"
}

fn both() -> (Option<String>, Option<String>) {
    (Some(wire(&REQUEST)), Some(wire(&RESPONSE)))
}

fn read(text: &str) -> (Option<String>, Option<String>) {
    match inspect(text) {
        Ok(Pasted::Handshake(found, _)) => (found.request, found.response),
        other => panic!("{text}\n{other:?}"),
    }
}

fn notes(text: &str) -> Vec<Note> {
    match inspect(text) {
        Ok(Pasted::Handshake(found, _)) => found.notes,
        other => panic!("{text}\n{other:?}"),
    }
}

/// Each line behind a prefix, and an empty one at the end.
fn behind(prefix: &str, lines: &[&str]) -> String {
    let all: String = lines
        .iter()
        .map(|line| format!("{prefix}{line}\n"))
        .collect();
    all + prefix.trim_end() + "\n"
}

fn rows(lines: &[&str]) -> String {
    let mut at = 0;
    let mut out = String::new();
    for line in lines.iter().chain([&""]) {
        out += &format!("{at:04x}: {line}\n");
        at += line.len() + 2;
    }
    out
}

#[test]
fn lines_with_the_marks_of_tools() {
    let (request, response) = (REQUEST.join("\n"), RESPONSE.join("\n"));
    let spaced = |lines: &[&str]| lines.join("\n\n") + "\n\n\n\n";
    for text in [
        format!("{request}\n\n{response}\n\n"),
        format!("{request}\n\n{response}"),
        // curl -v
        format!(
            "*   Trying 192.0.2.1:80...\n* Connected to example.com (192.0.2.1) port 80 (#0)\n{}* Mark bundle as not supporting multiuse\n{}* Closing connection 0\n",
            behind("> ", &REQUEST),
            behind("< ", &RESPONSE)
        ),
        // curl --trace-ascii
        format!(
            "== Info: Connected to example.com\n=> Send header, 160 bytes (0xa0)\n{}== Info: Mark bundle\n<= Recv header, 34 bytes (0x22)\n{}<= Recv data, 7 bytes (0x7)\n0000: ..Hello\n",
            rows(&REQUEST),
            RESPONSE
                .iter()
                .chain([&""])
                .map(|l| format!("0000: {l}\n<= Recv header, 20 bytes (0x14)\n"))
                .collect::<String>()
        ),
        // Logs
        behind("2024-05-01 10:00:00.123 DEBUG ", &REQUEST)
            + &behind("2024-05-01 10:00:00.456 DEBUG ", &RESPONSE),
        behind("[debug] ws: ", &REQUEST) + &behind("[debug] ws: ", &RESPONSE),
        format!(
            "DEBUG:websockets.client:= connection is CONNECTING\n{}{}",
            behind("DEBUG:websockets.client:> ", &REQUEST),
            behind("DEBUG:websockets.client:< ", &RESPONSE)
        ),
        // ngrep and tcpdump -A
        format!(
            "T 10.0.0.1:5000 -> 10.0.0.2:80 [AP]\n{}.\n.\n\nT 10.0.0.2:80 -> 10.0.0.1:5000 [AP]\n{}.\n.\n",
            REQUEST.join(".\n"),
            RESPONSE.join(".\n")
        ),
        format!(
            "10:00:00.1 IP a.1 > b.80: Flags [P.], length 10\nE..4..@.@......P....GET /ws HTTP/1.1\n{}\n\n10:00:00.2 IP b.80 > a.1: Flags [P.]\nE..4..@.@......P....{response}\n\n",
            REQUEST[1..].join("\n")
        ),
        // Quoted in an answer to a letter
        format!(
            "> {}\n>\n> {}\n>\n",
            REQUEST.join("\n> "),
            RESPONSE.join("\n> ")
        ),
        format!("Request:\n```http\n{request}\n\n```\nResponse:\n```\n{response}\n\n```\n"),
        // CRLF as two line ends
        spaced(&REQUEST) + &spaced(&RESPONSE),
        // Line ends written out
        format!(
            "{}\\r\\n\\r\\n{}\\r\\n\\r\\n",
            REQUEST.join("\\r\\n"),
            RESPONSE.join("\\r\\n")
        ),
        format!(
            "{}\\r\\n\n\\r\\n\n{}\\r\\n\n\\r\\n\n",
            REQUEST.join("\\r\\n\n"),
            RESPONSE.join("\\r\\n\n")
        ),
        format!(
            "\"{}\\r\\n\\r\\n\"\n\"{}\\r\\n\\r\\n\"",
            REQUEST.join("\\r\\n"),
            RESPONSE.join("\\r\\n")
        ),
        format!(
            "Request: {:?}\nResponse: {:?}",
            wire(&REQUEST),
            wire(&RESPONSE)
        ),
        format!(
            "send: b'{}\\r\\n\\r\\n'\nreply: b'{}\\r\\n\\r\\n'",
            REQUEST.join("\\r\\n"),
            RESPONSE.join("\\r\\n")
        ),
        // Go's dump, and C#'s concatenation
        format!("{:?}\n{:?}", wire(&REQUEST), wire(&RESPONSE)),
        format!(
            "\"{}\\r\\n\" +\n\"\\r\\n\";\n\"{}\\r\\n\" + \"\\r\\n\";",
            REQUEST.join("\\r\\n\" +\n    \""),
            RESPONSE.join("\\r\\n\" + \"")
        ),
        // All on one line
        format!("{} {}", REQUEST.join(" "), RESPONSE.join(" ")),
        // Wireshark's tree
        format!(
            "Hypertext Transfer Protocol\n    {}\\r\\n\n    \\r\\n\n    [Full request URI: http://example.com/ws]\nHypertext Transfer Protocol\n    {}\\r\\n\n    \\r\\n\n",
            REQUEST.join("\\r\\n\n    "),
            RESPONSE.join("\\r\\n\n    ")
        ),
        // “Follow stream”, with a frame behind
        format!("{request}\n\n{response}\n\n..Hello"),
        // Line by line in a log that doubles them
        format!(
            "{}\n\n{}\n\n",
            REQUEST.map(|l| format!("{l}\n{l}")).join("\n"),
            RESPONSE.map(|l| format!("{l}\n{l}")).join("\n")
        )
        .replacen("GET /ws HTTP/1.1\n", "", 1)
        .replacen("HTTP/1.1 101 Switching Protocols\n", "", 1),
    ] {
        assert_eq!(read(&text), both(), "{text}");
    }
}

#[test]
fn one_side_alone() {
    assert_eq!(read(&wire(&REQUEST)), (Some(wire(&REQUEST)), None));
    assert_eq!(read(&RESPONSE.join("\n")), (None, Some(wire(&RESPONSE))));
    let (headers, answers) = (REQUEST[1..].join("\n"), RESPONSE[1..].join("\n"));
    let stood_in = ["GET / HTTP/1.1"]
        .into_iter()
        .chain(REQUEST[1..].iter().copied());
    let stood_in: Vec<&str> = stood_in.collect();
    assert_eq!(read(&headers), (Some(wire(&stood_in)), None));
    assert_eq!(
        notes(&headers),
        [Note::FirstLine(Side::Client), Note::EmptyLine(Side::Client)]
    );
    assert_eq!(read(&answers), (None, Some(wire(&RESPONSE))));
    // What a string holds is known to its end; what a copy lost is put back with a note.
    let cut = format!("\"{}\\r\\n\"", REQUEST.join("\\r\\n"));
    assert_eq!(read(&cut).0, Some(REQUEST.join("\r\n") + "\r\n"));
    assert!(notes(&cut).is_empty());
    assert_eq!(notes(&REQUEST.join("\n")), [Note::EmptyLine(Side::Client)]);
}

#[test]
fn panels_of_developer_tools() {
    let general = "Request URL: wss://example.com/ws\nRequest Method: GET\nStatus Code: 101 Switching Protocols\n";
    let old = format!(
        "{}Request Headers view source\n{}\nResponse Headers view source\n{}\n",
        general.replace(": ", ":"),
        REQUEST[1..].join("\n").replace(": ", ":"),
        RESPONSE[1..].join("\n").replace(": ", ":")
    );
    assert_eq!(read(&old), both(), "{old}");
    let middle = format!(
        "General\n{general}Response Headers\n{}\nRequest Headers\n{}\n",
        RESPONSE[1..].join("\n"),
        REQUEST[1..].join("\n")
    );
    assert_eq!(read(&middle), both(), "{middle}");
    // The newest have the value below its name.
    let new = middle
        .replace(": ", "\n")
        .replace("Response Headers", "Response Headers (3)");
    assert_eq!(read(&new), both(), "{new}");
    let raw = format!(
        "Request Headers\nRaw\n{}\nResponse Headers\nRaw\n{}\n",
        REQUEST.join("\n"),
        RESPONSE.join("\n")
    );
    assert_eq!(read(&raw), both(), "{raw}");
    let pseudo = ":authority: example.com\n:method: GET\n:path: /ws\n:scheme: https\nsec-websocket-version: 13\n";
    assert_eq!(
        read(pseudo).0.as_deref(),
        Some("GET /ws HTTP/2\r\nHost: example.com\r\nsec-websocket-version: 13\r\n\r\n")
    );
}

#[test]
fn maps_of_programs() {
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for text in [
        "map[Connection:[Upgrade] Sec-Websocket-Key:[dGhlIHNhbXBsZSBub25jZQ==] Sec-Websocket-Version:[13] Upgrade:[websocket]]",
        "{'Host': 'example.com', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13'}",
        "[(b'host', b'example.com'), (b'upgrade', b'websocket'), (b'connection', b'Upgrade'), (b'sec-websocket-key', b'dGhlIHNhbXBsZSBub25jZQ==')]",
        "<CIMultiDictProxy('Host': 'example.com', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==')>",
        "{\n  host: 'localhost:8080',\n  connection: 'Upgrade',\n  upgrade: 'websocket',\n  'sec-websocket-version': '13',\n  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ=='\n}",
        "{\"host\":\"a\",\"upgrade\":\"websocket\",\"connection\":\"Upgrade\",\"sec-websocket-key\":\"dGhlIHNhbXBsZSBub25jZQ==\"}",
        "[\n  'Host',\n  'localhost:8080',\n  'Connection',\n  'Upgrade',\n  'Upgrade',\n  'websocket',\n  'Sec-WebSocket-Key',\n  'dGhlIHNhbXBsZSBub25jZQ=='\n]",
        "Request { method: GET, uri: /, version: HTTP/1.1, headers: {\"host\": \"a\", \"connection\": \"Upgrade\", \"upgrade\": \"websocket\", \"sec-websocket-version\": \"13\", \"sec-websocket-key\": \"dGhlIHNhbXBsZSBub25jZQ==\"}, body: () }",
    ] {
        let (request, response) = read(text);
        let request = request.unwrap_or_else(|| panic!("{text}"));
        let lower = request.to_ascii_lowercase();
        assert!(
            lower.contains(&key.to_ascii_lowercase()),
            "{text}\n{request}"
        );
        assert!(
            lower.contains("\r\nconnection: upgrade\r\n"),
            "{text}\n{request}"
        );
        assert!(
            request.starts_with("GET / HTTP/1.1\r\n") && response.is_none(),
            "{text}\n{request}"
        );
    }
}

#[test]
fn maps_name_the_first_line_too() {
    let go = "&{Method:GET URL:/ws Proto:HTTP/1.1 ProtoMajor:1 Header:map[Connection:[Upgrade] Sec-Websocket-Key:[dGhlIHNhbXBsZSBub25jZQ==]] Body:{} Host:a RemoteAddr:b}";
    let (request, _) = read(go);
    assert!(
        request
            .unwrap()
            .starts_with("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\n")
    );
    let har = r#"{"request":{"method":"GET","url":"wss://a/ws","headers":[{"name":"Host","value":"a"},{"name":"Sec-WebSocket-Key","value":"k"}]},"response":{"status":101,"headers":[{"name":"Upgrade","value":"websocket"},{"name":"Sec-WebSocket-Accept","value":"x"}]}}"#;
    let (request, response) = read(har);
    assert_eq!(
        request.as_deref(),
        Some("GET /ws HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\n\r\n")
    );
    assert_eq!(
        response.as_deref(),
        Some(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n"
        )
    );
    let okhttp = "--> GET http://a/ws\n    Upgrade: websocket\n--> END GET\n<-- 101 Switching Protocols http://a/ws (5ms)\n    Sec-WebSocket-Accept: x\n<-- END HTTP";
    let (request, response) = read(okhttp);
    assert_eq!(
        request.as_deref(),
        Some("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    );
    assert_eq!(
        response.as_deref(),
        Some("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n")
    );
}

#[test]
fn calls_of_a_program() {
    let calls = |call: &str, end: &str| -> String {
        let line = |line: &&str| format!("client.{call}(\"{line}{end}\");\n");
        REQUEST.iter().chain([&""]).map(line).collect()
    };
    for text in [calls("print", "\\r\\n"), calls("println", "")] {
        assert_eq!(read(&text), (Some(wire(&REQUEST)), None), "{text}");
    }
}

#[test]
fn commands_of_curl() {
    let text = "$ curl -i -N \\\n  -H 'Connection: Upgrade' -H \"Upgrade: websocket\" \\\n  -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' -H 'Sec-WebSocket-Version: 13' \\\n  https://example.com/ws?a=1\nHTTP/1.1 426 Upgrade Required\nServer: nginx\n\n";
    let (request, response) = read(text);
    assert_eq!(
        request.as_deref(),
        Some(
            "GET /ws?a=1 HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
    );
    assert_eq!(
        response.as_deref(),
        Some("HTTP/1.1 426 Upgrade Required\r\nServer: nginx\r\n\r\n")
    );
}

#[test]
fn faults_are_kept() {
    // A name without its colon, a blank before it, and what was said twice on the wire.
    let text = "GET /ws HTTP/1.1\nHost: example.com\nSec-WebSocket-Version 13\nUpgrade : websocket\nConnection: Upgrade\nConnection: Upgrade\n\n";
    let (request, _) = read(text);
    let request = request.unwrap();
    assert!(
        request.contains("Sec-WebSocket-Version 13\r\n"),
        "{request}"
    );
    assert!(request.contains("Upgrade : websocket\r\n"), "{request}");
    assert_eq!(request.matches("Connection: Upgrade").count(), 2);
}
