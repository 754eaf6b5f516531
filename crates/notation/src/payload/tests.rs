use super::*;

#[test]
fn protocols_are_named() {
    for (bytes, protocol) in [
        (&b"GET /chat HTTP/1.1\r\nHost"[..], Protocol::HttpRequest),
        (b"HTTP/1.1 400 Bad Request\r\n", Protocol::HttpResponse),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Protocol::Http2Preface),
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            Protocol::Tls,
        ),
        (b"\x15\x03\x03\x00\x02\x02\x28", Protocol::Tls),
        (
            b"PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\n",
            Protocol::ProxyV1,
        ),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", Protocol::ProxyV2),
        (b"42[\"event\",{}]", Protocol::SocketIo),
        (b"42/chat,17[\"event\"]", Protocol::SocketIo),
        (b"40", Protocol::SocketIo),
        (b"0{\"sid\":\"x\",\"upgrades\":[]}", Protocol::EngineIo),
        (b"2probe", Protocol::EngineIo),
        (
            b"\x00\x02\xff40\x00\x02\x07\xff42",
            Protocol::EngineIoPolling,
        ),
        (b"CONNECT\naccept-version:1.2\n\n\0", Protocol::Stomp),
        (
            b"{\"protocol\":\"json\",\"version\":1}\x1e",
            Protocol::SignalR,
        ),
        (b"{\"type\":6}\x1e", Protocol::SignalR),
        (b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0", Protocol::Mqtt),
        (b"{\"type\":\"connection_init\"}", Protocol::GraphqlWs),
        (
            b"{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{}}",
            Protocol::GraphqlWs,
        ),
    ] {
        let found = looks_like(bytes).map(|l| (l.protocol, l.error));
        assert_eq!(found, Some((protocol, None)), "{}", bytes.escape_ascii());
        assert!(!protocol.name().is_empty() && protocol.reason().ends_with('.'));
    }
}

#[test]
fn what_is_wrong_with_their_framing() {
    for (bytes, error) in [
        (
            &b"{\"protocol\":\"json\",\"version\":1}"[..],
            FramingError::NoRecordSeparator,
        ),
        (b"SEND\ndestination:/a\n\nhello", FramingError::NoNul),
        (b"9[\"event\"]", FramingError::UnknownPacketType(b'9')),
        (
            b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\0",
            FramingError::RemainingLength {
                announced: 13,
                found: 12,
            },
        ),
    ] {
        assert_eq!(looks_like(bytes).and_then(|l| l.error), Some(error));
        assert!(error.to_string().ends_with('.'));
    }
}

#[test]
fn frames_and_words_are_none_of_them() {
    for bytes in [
        &b"\x81\x05Hello"[..],
        b"\x82\x03\x01\x02\x03",
        b"\x88\x02\x03\xe8",
        b"Hello",
        b"GET out",
        b"{\"type\":\"ping\",\"id\":16472}",
        b"17 apples",
        b"",
    ] {
        assert_eq!(looks_like(bytes), None, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_first_byte_read_as_a_header() {
    assert_eq!(
        as_header(b'H'),
        "“H” (0x48) is FIN 0, RSV1 1, RSV2 0, RSV3 0, opcode 8"
    );
    assert_eq!(
        as_header(0x81),
        "0x81 is FIN 1, RSV1 0, RSV2 0, RSV3 0, opcode 1"
    );
}
