//! Bytes as tools print them: for each kind several inputs, in the shape in which people paste them.

use notation::{Pasted, Reading, Side, inspect};

/// An unmasked “Hello”.
const HELLO: &str = "81 05 48 65 6c 6c 6f";
/// A masked one.
const MASKED: &str = "81 85 37 fa 21 3d 7f 9f 4d 51 58";

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    digits.join(" ")
}

fn bytes(text: &str) -> Reading {
    match inspect(text) {
        Ok(Pasted::Bytes(reading, _)) => reading,
        other => panic!("{text}\n{other:?}"),
    }
}

/// Checks many, and says all that are wrong.
fn all(expected: &str, cut: bool, texts: &[&str]) {
    let wrong: Vec<String> = texts
        .iter()
        .filter_map(|text| {
            let found = inspect(text);
            let said = match &found {
                Ok(Pasted::Bytes(r, _)) => {
                    (hex(&r.bytes), r.cut, format!("{:?} {:?}", r.form, r.tool))
                }
                other => (String::new(), false, format!("{other:?}")),
            };
            (said.0 != expected || said.1 != cut).then(|| format!("{text}\n  -> {said:?}"))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "wanted {expected}, cut {cut}\n{}",
        wrong.join("\n")
    );
}

#[test]
fn node_and_javascript() {
    all(
        HELLO,
        false,
        &[
            "<Buffer 81 05 48 65 6c 6c 6f>",
            "data <Buffer 81 05 48 65 6c 6c 6f>",
            "received: <Buffer 81 05>\nreceived: <Buffer 48 65 6c 6c 6f>",
            "Uint8Array(7) [\n  129, 5, 72, 101,\n  108, 108, 111\n]",
            "Uint8Array(7) [129, 5, 72, 101, 108, 108, 111, buffer: ArrayBuffer(7), byteLength: 7, byteOffset: 0, length: 7]",
            "Buffer(7) [Uint8Array] [\n  129, 5, 72, 101, 108, 108, 111\n]",
            "{\"type\":\"Buffer\",\"data\":[129,5,72,101,108,108,111]}",
            "{ type: 'Buffer', data: [ 129, 5, 72, 101, 108, 108, 111 ] }",
            "ArrayBuffer { [Uint8Contents]: <81 05 48 65 6c 6c 6f>, byteLength: 7 }",
            "{\"0\":129,\"1\":5,\"2\":72,\"3\":101,\"4\":108,\"5\":108,\"6\":111}",
            "Uint8Array {0: 129, 1: 5, 2: 72, 3: 101, 4: 108, 5: 108, 6: 111}",
            "new Uint8Array([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])",
            "Buffer.from([0x81, 0x05, 72, 101, 108, 108, 111])",
            "Buffer.from('810548656c6c6f', 'hex')",
        ],
    );
    all(
        "81 7e 00 c8 48",
        true,
        &[
            "<Buffer 81 7e 00 c8 48 ... 199 more bytes>",
            "<Buffer 81 7e 00 c8 48 ... >",
            "Uint8Array(204) [\n  129, 126, 0, 200, 72,\n  ... 199 more items\n]",
            "[ 129, 126, 0, 200, 72, ... 199 more items ]",
            "<Buffer 81 7e 00 c8 48",
        ],
    );
}

#[test]
fn other_languages_and_libraries() {
    all(
        HELLO,
        false,
        &[
            "[hex=810548656c6c6f]",
            "[size=7 hex=810548656c6c6f]",
            "ByteString[size=7 data=810548656c6c6f]",
            "onMessage: [hex=810548656c6c6f]",
            "<<129,5,72,101,108,108,111>>",
            "<<129,5,72,\n  101,108,108,111>>",
            "<<129, 5, \"Hello\">>",
            "<<129,5,\"Hello\">>",
            "<<0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F>>",
            "<<16#81, 16#05, 16#48, 16#65, 16#6C, 16#6C, 16#6F>>",
            "** (FunctionClauseError) no function clause matching in Frame.parse/1\n    (app 0.1.0) lib/frame.ex:12: Frame.parse(<<129, 5, 72, 101, 108,\n      108, 111>>)",
            "{tcp,#Port<0.1234>,<<129,5,72,101,108,108,111>>}",
            "\\129\\005Hello",
            "\"\\129\\5Hello\"",
            "[\\x81, \\x05, \\x48, \\x65, \\x6c, \\x6c, \\x6f]",
            "\\x81, \\x05, \\x48, \\x65, \\x6c, \\x6c, \\x6f",
            "\\x81 \\x05 \\x48 \\x65 \\x6c \\x6c \\x6f",
            "['\\x81', '\\x05', '\\x48', '\\x65', '\\x6c', '\\x6c', '\\x6f']",
            "\\x810548656c6c6f",
            " \\x810548656c6c6f\n",
            "'\\x810548656c6c6f'::bytea",
            "{length = 7, bytes = 0x810548656c6c6f}",
            "<81054865 6c6c6f>",
            "[129 5 72 101 108 108 111]",
            "[]byte{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}",
            "[7]byte{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}",
            "new byte[7] { 0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F }",
            "byte[] frame = new byte[7] {129, 5, 72, 101, 108, 108, 111};",
            "new byte[] {(byte) 0x81, 5, 72, 101, 108, 108, 111}",
            "[-127, 5, 72, 101, 108, 108, 111]",
            "byteArrayOf(0x81.toByte(), 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f)",
            "unsigned char frame[7] = { 0x81, 0x05, 'H', 0x65, 0x6c, 0x6c, 0x6f };"
                .replace("'H'", "0x48")
                .as_str(),
            "static const uint8_t frame[] = {0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}; // hello",
            "std::array<uint8_t, 7> f{0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};",
            "let buf: [u8; 7] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];",
            "vec![129u8, 5, 72, 101, 108, 108, 111]",
            "[81, 5, 48, 65, 6c, 6c, 6f]",
            "[81, 05, 48, 65, 6c, 6c, 6f]",
            "read [129, 5, 72, 101, 108, 108, 111] from 127.0.0.1:5000",
            "Array(-127, 5, 72, 101, 108, 108, 111)",
            "bytearray(b'\\x81\\x05Hello')",
            "b\"\\x81\\x05Hello\"",
            "array('B', [129, 5, 72, 101, 108, 108, 111])",
            "$81, $05, $48, $65, $6C, $6C, $6F",
            "&H81, &H5, &H48, &H65, &H6C, &H6C, &H6F",
            "81h, 05h, 48h, 65h, 6Ch, 6Ch, 6Fh",
            "\\x{81}\\x{05}Hello",
            "\"\\u0081\\u0005Hello\"",
            "81h 05h 48h 65h 6Ch 6Ch 6Fh",
            "write(3, \"\\201\\5Hello\", 7) = 7",
            "sendto(3, \"\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f\", 7, 0, NULL, 0) = 7",
            "$1 = {0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}",
            "0x7fffffffe000:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f",
            "payload: gQVIZWxsbw==",
            "atob(\"gQVIZWxsbw==\")",
            "           frame            \n----------------------------\n \\x810548656c6c6f\n(1 row)",
            "“\\x81\\x05Hello”",
            "‘\\x81\\x05Hello’",
        ],
    );
    all(
        "81 05 48 65",
        true,
        &[
            "[size=4096 hex=81054865…]",
            "{length = 4096, bytes = 0x81054865 ... }",
            "<<129, 5, 72, 101, ...>>",
            "[129, 5, 72, 101, ...]",
            "{0x81, 0x05, 0x48, 0x65, /* ... */}",
            "{0x81, 0x05, 0x48, 0x65, …}",
            "81 05 48 65 ...",
            "81 05 48 65 …",
            "81 05 48 65 [...] 6f",
            "\\x81\\x05\\x48\\x65...",
            "[129, 5, 72, 101",
        ],
    );
}

#[test]
fn bits_decimals_and_serial_ports() {
    all(
        HELLO,
        false,
        &[
            "10000001 00000101 01001000 01100101 01101100 01101100 01101111",
            "10000001\n00000101\n01001000\n01100101\n01101100\n01101100\n01101111",
            "0b10000001, 0b00000101, 0b01001000, 0b01100101, 0b01101100, 0b01101100, 0b01101111",
            "[0b10000001, 0b101, 0b01001000, 0b01100101, 0b01101100, 0b01101100, 0b01101111]",
            "129 5 72 101 108 108 111",
            "129 5 72 101 108 108 111 ",
            "129\n5\n72\n101\n108\n108\n111\n",
            "81 5 48 65 6C 6C 6F",
            "81\n5\n48\n65\n6C\n6C\n6F\n",
            "Received: 81 5 48 65 6C 6C 6F",
            "bytes: 129 5 72 101 108 108 111",
            "[WSc] RX: 81 05 48 65 6C 6C 6F",
            "12:34:56.789 -> 81 05 48 65 6C 6C 6F",
            "[HEXDUMP] Address: 0x3FFEFB64 len: 0x7 (7)\n[0x3FFEFB64] 0x00000000: 81 05 48 65 6C 6C 6F \n",
            "0x81 0x5 0x48 0x65 0x6C 0x6C 0x6F",
            "0x81,0x05,0x48,0x65,0x6C,0x6C,0x6F,",
        ],
    );
}

#[test]
fn dumps() {
    let f = MASKED;
    all(
        f,
        false,
        &[
            "00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX",
            "00000000: 10000001 10000101 00110111 11111010 00100001 00111101  ..7.!=\n00000006: 01111111 10011111 01001101 01010001 01011000           ..MQX\n",
            "00000000: fa378581 9f7f3d21   58514d                    ..7.!=..MQX\n"
                .replace("  58514d ", "58514d    ")
                .replace("3d2158", "3d21   58")
                .as_str(),
            "0000000 81 85 37 fa 21 3d 7f 9f 4d 51 58\n0000013\n",
            " 81 85 37 fa 21 3d 7f 9f 4d 51 58\n",
            "0000000 8581 fa37 3d21 9f7f 514d 0058\n000000b\n",
            "0000000 201 205   7 372   !   = 177 237   M   Q   X\n0000013\n",
            "0000000 129 133  55 250  33  61 127 159  77  81  88\n0000013\n",
            "0000000 102601 175067 036441 117577 050515 000130\n0000013\n",
            "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n",
            "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58                  ..7.!=..MQX",
            "0000: 81 85 37 FA 21 3D 7F 9F   4D 51 58                   ..7.!=..MQX\n",
            "[Raw write]: length = 11\n0000: 81 85 37 FA 21 3D 7F 9F   4D 51 58                   ..7.!=..MQX\n",
            "         +-------------------------------------------------+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n+--------+-------------------------------------------------+----------------+\n|00000000| 81 85 37 fa 21 3d 7f 9f 4d 51 58                |..7.!=..MQX     |\n+--------+-------------------------------------------------+----------------+\n",
            "=> Send data, 11 bytes (0xb)\n0000: 81 85 37 fa 21 3d 7f 9f 4d 51 58                ..7.!=..MQX\n",
            "> 2024/05/01 10:00:00.000123  length=11 from=0 to=10\n 81 85 37 fa 21 3d 7f 9f 4d 51 58\n--\n",
            "> 2024/05/01 10:00:00.000123  length=11 from=0 to=10\n 81 85 37 fa 21 3d 7f 9f 4d 51 58                 ..7.!=..MQX\n--\n",
            "           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000   81 85 37 FA 21 3D 7F 9F 4D 51 58                 .7ú!=..MQX\n",
            "2024-05-01T10:00:00Z DEBUG 0000: 81 85 37 fa 21 3d 7f 9f 4d 51 58  ..7.!=..MQX",
            "```\n00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n```",
            "> 00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX",
            "Hex stream: 818537fa213d7f9f4d5158",
            "I send this frame:\n\n```\n81 85 37 fa 21 3d 7f 9f 4d 51 58\n```\n\nand the server closes.",
        ],
    );
    let row = "81 7e 00 1d 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41";
    all(
        row,
        false,
        &[
            "00000000: 817e 001d 4141 4141 4141 4141 4141 4141  .~..AAAAAAAAAAAA\n00000001: 4141 4141 4141 4141 4141 4141 4141 4141  AAAAAAAAAAAAAAAA\n00000002: 41                                       A\n",
            "00000000: 1d007e81 41414141 41414141 41414141  .~..AAAAAAAAAAAA\n00000010: 41414141 41414141 41414141 41414141  AAAAAAAAAAAAAAAA\n00000020:       41                             A\n",
            "           0: 817e 001d 4141 4141 4141 4141 4141 4141    .~..AAAAAAAAAAAA\n          16: 4141 4141 4141 4141 4141 4141 4141 4141    AAAAAAAAAAAAAAAA\n          32: 41                                         A\n",
            "0000: 81 7e 00 1d 41 41 41 41 41 41 41 41 41 41 41 41 .~..AAAAAAAAAAAA\n0010: 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 AAAAAAAAAAAAAAAA\n0020: 41                                              A\n",
            "00000000  81 7e 00 1d 41 41 41 41  41 41 41 41 41 41 41 41  |.~..AAAAAAAAAAAA|\n00000010  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|\n00000020  41                                                |A|\n00000021\n",
            "0000000 7e81 1d00 4141 4141 4141 4141 4141 4141\n0000010 4141 4141 4141 4141 4141 4141 4141 4141\n0000020 0041\n0000021\n",
        ],
    );
}

#[test]
fn logs() {
    all(
        HELLO,
        false,
        &[
            "2024-05-01 10:00:00.123 DEBUG Received frame: 81 05 48 65 6c 6c 6f.",
            "[10:00:00] recv 7 bytes: 81 05 48 65 6c 6c 6f",
            "May  1 10:00:00 host app[1234]: payload=810548656c6c6f",
            "DEBUG:websocket: \"81 05 48 65 6c 6c 6f\"",
            "12:34:56 81 05 48 65 6c 6c 6f",
            "12:34:56 81:05:48:65:6c:6c:6f",
            "frame 81-05-48-65-6C-6C-6F",
            "I/flutter (12345): 81 05 48 65 6c 6c 6f",
            "2024-05-01 10:00:00 got b'\\x81\\x05Hello' from ('127.0.0.1', 5000)",
            "127.0.0.1 - - [01/May/2024 10:00:00] code 400, message Bad request syntax ('\\x81\\x05Hello')",
            "2024/05/01 10:00:00 [info] 7#7: *1 client sent invalid method while reading client request line, client: 10.0.0.1, server: _, request: \"\\x81\\x05Hello\"",
            "Parser@1[s=START] Parsing HeapByteBuffer@2[p=0,l=7,c=4096,r=7]={<<<\\x81\\x05Hello>>>\\x00\\x00...\\x00}",
            "log: <81>^EHello",
            "\"\\201^EHello\"",
            "M-^A^EHello",
            "< \\x81\\x05Hello",
            "2024-05-01T10:00:00.123Z frame=81 05 48 65 6c 6c 6f",
            "2024/05/01 10:00:00 [error] 7#7: *1 bad frame: \\x81\\x05Hello, client: 10.0.0.1",
            "Padded plaintext before ENCRYPTION:  len = 7\n0000: 81 05 48 65 6C 6C 6F                               ..Hello",
            "The first 7 bytes are 0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f",
        ],
    );
}

#[test]
fn trees_of_wireshark() {
    let text = "WebSocket\n    1... .... = Fin: True\n    .000 .... = Reserved: 0x0\n    .... 0001 = Opcode: Text (1)\n    1... .... = Mask: True\n    .000 0101 = Payload length: 5\n    Masking-Key: 37fa213d\n    Masked payload\n    Payload\n        Text: Hello\n";
    let reading = bytes(text);
    assert_eq!(hex(&reading.bytes), "81 85 37 fa 21 3d");
    assert!(reading.cut);
}

fn streams(text: &str, client: &str, server: &str) {
    let reading = match inspect(text) {
        Ok(Pasted::Bytes(reading, _) | Pasted::Handshake(_, Some(reading))) => reading,
        other => panic!("{text}\n{other:?}"),
    };
    let found: Vec<_> = reading
        .streams
        .iter()
        .map(|s| (s.from, hex(&s.bytes)))
        .collect();
    let wanted = [
        (Side::Client, client.to_owned()),
        (Side::Server, server.to_owned()),
    ];
    assert_eq!(found, wanted, "{text}\n{reading:?}");
}

#[test]
fn both_directions() {
    for text in [
        "> 2024/05/01 10:00:00.000123  length=11 from=0 to=10\n 81 85 37 fa 21 3d 7f 9f 4d 51 58\n--\n< 2024/05/01 10:00:00.000456  length=7 from=0 to=6\n 81 05 48 65 6c 6c 6f\n--\n",
        "=> Send data, 11 bytes (0xb)\n0000: 81 85 37 fa 21 3d 7f 9f 4d 51 58                ..7.!=..MQX\n<= Recv data, 7 bytes (0x7)\n0000: 81 05 48 65 6c 6c 6f                            ..Hello\n",
        "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 ..7.!=.. MQX\n    00000000  81 05 48 65 6c 6c 6f                              ..Hello\n",
        "char peer0_0[] = { /* Packet 4 */\n0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, \n0x4d, 0x51, 0x58 };\nchar peer1_0[] = { /* Packet 6 */\n0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f };\n",
        "client: 81 85 37 fa 21 3d 7f 9f 4d 51 58\nserver: 81 05 48 65 6c 6c 6f\n",
        "10:00:00 >> 81 85 37 fa 21 3d 7f 9f 4d 51 58\n10:00:01 << 81 05 48 65 6c 6c 6f\n",
        "[TX] 81 85 37 FA 21 3D 7F 9F 4D 51 58\n[RX] 81 05 48 65 6C 6C 6F\n",
        "packets:\n  - packet: 4\n    peer: 0\n    data: !!binary |\n      gYU3+iE9f59NUVg=\n  - packet: 6\n    peer: 1\n    data: !!binary |\n      gQVIZWxsbw==\n",
        // The log of a server: what it reads is masked.
        "READ: 818537fa213d7f9f4d5158\nWRITE: 810548656c6c6f\n",
        "10:00:00.000 [nioEventLoopGroup-3-1] DEBUG - [id: 0x1, L:/127.0.0.1:8080 - R:/127.0.0.1:5000] READ: 11B\n         +-------------------------------------------------+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n+--------+-------------------------------------------------+----------------+\n|00000000| 81 85 37 fa 21 3d 7f 9f 4d 51 58                |..7.!=..MQX     |\n+--------+-------------------------------------------------+----------------+\n10:00:00.001 [nioEventLoopGroup-3-1] DEBUG - [id: 0x1, L:/127.0.0.1:8080 - R:/127.0.0.1:5000] WRITE: 7B\n         +-------------------------------------------------+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n+--------+-------------------------------------------------+----------------+\n|00000000| 81 05 48 65 6c 6c 6f                            |..Hello         |\n+--------+-------------------------------------------------+----------------+\n",
        "send: <Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>\nrecv: <Buffer 81 05 48 65 6c 6c 6f>\n",
        "send: b'\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f\\x4d\\x51\\x58'\nrecv: b'\\x81\\x05Hello'\n",
    ] {
        streams(text, MASKED, HELLO);
    }
}

#[test]
fn packets() {
    let ip = "\t0x0000:  4500 0033 0001 4000 4006 0000 7f00 0001\n\t0x0010:  7f00 0001 c000 1f90 0000 0001 0000 0002\n\t0x0020:  5018 0200 fe28 0000 8185 37fa 213d 7f9f\n\t0x0030:  4d51 58\n";
    let summary = format!(
        "10:00:00.000001 IP 127.0.0.1.49152 > 127.0.0.1.8080: Flags [P.], seq 1:12, ack 1, win 512, length 11\n{ip}"
    );
    for text in [ip, &summary] {
        let reading = bytes(text);
        assert_eq!(hex(&reading.bytes), MASKED, "{text}");
        let skipped: Vec<_> = reading
            .skipped
            .iter()
            .map(|s| (s.what.as_ref(), s.bytes))
            .collect();
        assert_eq!(skipped, [("IPv4", 20), ("TCP", 20)]);
        assert!(!reading.cut);
    }
    let answer = "10:00:00.000002 IP 127.0.0.1.8080 > 127.0.0.1.49152: Flags [P.], seq 1:8, ack 12, win 512, length 7\n\t0x0000:  4500 002f 0001 4000 4006 0000 7f00 0001  E../..@.@.......\n\t0x0010:  7f00 0001 1f90 c000 0000 0002 0000 000c  ................\n\t0x0020:  5018 0200 fe28 0000 8105 4865 6c6c 6f    P....(....Hello\n";
    streams(&format!("{summary}{answer}"), MASKED, HELLO);
    let ethernet = "0000   00 00 00 00 00 01 00 00 00 00 00 02 08 00 45 00   ..............E.\n0010   00 2f 00 01 40 00 40 06 00 00 7f 00 00 01 7f 00   ./..@.@.........\n0020   00 01 1f 90 c0 00 00 00 00 02 00 00 00 0c 50 18   ..............P.\n0030   02 00 fe 28 00 00 81 05 48 65 6c 6c 6f            ...(....Hello\n";
    let reading = bytes(ethernet);
    assert_eq!(hex(&reading.bytes), HELLO);
    assert_eq!(
        reading.skipped.first().map(|s| (s.what.as_ref(), s.bytes)),
        Some(("Ethernet", 14))
    );
    // As one word of digits, which Wireshark copies as a “hex stream”.
    let stream: String = ethernet
        .lines()
        .map(|l| l[7..54].replace(' ', ""))
        .collect();
    assert_eq!(hex(&bytes(&stream).bytes), HELLO);
}

#[test]
fn readings_that_are_not_sure_are_offered_besides() {
    let reading = bytes("[81, 05, 48, 65]");
    assert_eq!(hex(&reading.bytes), "81 05 48 65");
    assert_eq!(reading.alternatives, [notation::Form::List]);
    let reading = bytes("[81, 5, 48, 65, 20]");
    assert_eq!(reading.alternatives, [notation::Form::List]);
    // An octal “^” begins no frame; as decimals this is a close frame.
    let reading = bytes("\\136\\002\\003\\232");
    assert_eq!(hex(&reading.bytes), "88 02 03 e8");
    assert_eq!(reading.alternatives, [notation::Form::Escaped]);
    assert!(bytes("810548656c6c6f21").alternatives.is_empty());
}

#[test]
fn codes_and_errors() {
    assert!(matches!(inspect("1006"), Ok(Pasted::Code(1006, Some(_)))));
    assert!(matches!(
        inspect("1006 abnormal closure"),
        Ok(Pasted::Code(1006, _))
    ));
    assert!(matches!(inspect("close 4001"), Ok(Pasted::Code(4001, _))));
    for text in [
        "WebSocket connection to 'wss://example.com/ws' failed: Error during WebSocket handshake: Unexpected response code: 400",
        "Error: Invalid WebSocket frame: RSV1 must be clear",
        "RangeError: Invalid WebSocket frame: invalid status code 59395",
        "websockets.exceptions.ConnectionClosedError: no close frame received or sent",
        "websocket: close 1006 (abnormal closure): unexpected EOF",
        "websocket: bad handshake",
        "received 1000 (OK); then sent 1000 (OK)",
        "Error: connect ECONNREFUSED 127.0.0.1:8080",
        "A server must not mask any frames that it sends to the client.",
        "java.io.EOFException\n\tat okio.RealBufferedSource.require(RealBufferedSource.kt:199)\n\tat okhttp3.internal.ws.WebSocketReader.readHeader(WebSocketReader.kt:119)",
        "2024/05/01 10:00:00 [error] 7#7: *1 upstream prematurely closed connection while reading response header from upstream, client: 10.0.0.1, server: _, request: \"GET /ws HTTP/1.1\", upstream: \"http://10.0.0.2:80/ws\", host: \"a\"",
        "The WebSocket server refused the WebSocket connection because status code '200' was received while '101' was expected.",
        "System.Net.WebSockets.WebSocketException (0x80004005): The remote party closed the WebSocket connection without completing the close handshake.",
        "org.eclipse.jetty.websocket.core.exception.ProtocolException: Client MUST mask all frames (RFC-6455: Section 5.1)",
        "io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException: Max frame length of 65536 has been exceeded.",
        "WS_ERR_UNEXPECTED_RSV_1",
        "ECONNRESET",
        "Sent a frame: invalid opcode 7",
        "nhooyr.io/websocket: failed to read frame header: EOF",
        "tungstenite::error::Error: Protocol(ResetWithoutClosingHandshake)",
        "502 Bad Gateway",
    ] {
        assert!(
            matches!(inspect(text), Ok(Pasted::Error(_))),
            "{text}\n{:?}",
            inspect(text)
        );
    }
}

#[test]
fn payloads_without_their_frames() {
    for (text, name) in [
        ("42[\"message\",{\"a\":[1,2]}]", "a Socket.IO packet"),
        ("{\"protocol\":\"json\",\"version\":1}", "a SignalR record"),
        (
            "{\"type\":\"connection_init\",\"payload\":{}}",
            "a graphql-ws message",
        ),
        ("CONNECT\naccept-version:1.2\nhost:a\n\n", "a STOMP frame"),
        (
            "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80",
            "a PROXY protocol header, version 1",
        ),
        (
            "10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00",
            "an MQTT control packet",
        ),
        (
            "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a",
            "the beginning of an HTTP/2 connection",
        ),
        (
            "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 11 00 0c",
            "a PROXY protocol header, version 2",
        ),
        ("48 54 54 50 2f 31 2e 31 20 34 30 30", "an HTTP answer"),
        ("b'\\x16\\x03\\x01\\x02\\x00\\x01\\x00'", "a TLS record"),
    ] {
        let found = bytes(text).looks_like().map(|l| l.protocol.name());
        assert_eq!(found, Some(name), "{text}");
    }
}

#[test]
fn what_is_too_long_is_refused_with_its_size() {
    let text = "81 ".repeat((16 << 20) / 3 + 1);
    let why = inspect(&text).unwrap_err().to_string();
    assert!(why.contains(&text.len().to_string()), "{why}");
}

#[test]
fn files() {
    use notation::inspect_file;
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            "81 05 48 65 6c 6c 6f"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    for file in [
        &b"\x81\x05Hello"[..],
        b"81 05 48 65 6c 6c 6f",
        b"\xef\xbb\xbf81 05 48 65 6c 6c 6f\r\n",
        &utf16,
    ] {
        match inspect_file(file) {
            Ok(Pasted::Bytes(reading, _)) => assert_eq!(hex(&reading.bytes), HELLO),
            other => panic!("{file:?}\n{other:?}"),
        }
    }
}
