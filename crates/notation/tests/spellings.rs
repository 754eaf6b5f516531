//! Bytes as programs, loggers, debuggers and people write them: whatever the writing, the same frame.

use notation::{Pasted, Side, inspect};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(text: &str) -> String {
    match inspect(text) {
        Ok(Pasted::Bytes(reading, _)) => hex(&reading.bytes),
        other => format!("{other:?}"),
    }
}

#[test]
fn an_unmasked_hello_is_read_however_it_is_written() {
    let wrong: Vec<String> = HELLO
        .iter()
        .map(|text| (text, read(text)))
        .filter(|(_, found)| found != "810548656c6c6f")
        .map(|(text, found)| format!("{text}\n  -> {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_frames_are_read_however_they_are_written() {
    for (text, bytes) in OTHERS {
        assert_eq!(read(text), *bytes, "{text}");
    }
}

#[test]
fn both_directions_of_a_listing_are_two_streams() {
    for text in BOTH {
        let Ok(Pasted::Bytes(reading, _)) = inspect(text) else {
            panic!("{text}");
        };
        let streams: Vec<_> = reading
            .streams
            .iter()
            .map(|s| (s.from, hex(&s.bytes)))
            .collect();
        let wanted = [
            (Side::Client, "818537fa213d7f9f4d5158".to_owned()),
            (Side::Server, "810548656c6c6f".to_owned()),
        ];
        assert_eq!(streams, wanted, "{text}");
    }
}

/// Each of them says 81 05 48 65 6c 6c 6f.
const HELLO: &[&str] = &[
    "ArrayBuffer { [Uint8Contents]: <81 05 48 65 6c 6c 6f>, byteLength: 7 }",
    "Uint8Array(7) [\n  129,   5, 72, 101,\n  108, 108, 111\n]",
    "Uint8Array(150) [\n  129,   5, 72, 101,\n  108, 108, 111,\n ... 143 more items\n]",
    "string(14) \"810548656c6c6f\"",
    "<81054865 6c6c6f>",
    "$81,$05,$48,$65,$6C,$6C,$6F",
    "#129#5#72#101#108#108#111",
    "81h 05h 48h 65h 6Ch 6Ch 6Fh",
    "&H81, &H05, &H48, &H65, &H6C, &H6C, &H6F",
    "\"\\129\\ENQHello\"",
    "\"\\129\\005Hello\"",
    "\"\\x{81}\\x{05}Hello\"",
    "\"\\u0081\\u0005Hello\"",
    "%81%05Hello",
    "%81%05%48%65%6C%6C%6F",
    "T 127.0.0.1:8080 -> 127.0.0.1:50412 [AP] #4\n  81 05 48 65 6c 6c 6f                                  ..Hello         \n",
    "write(4, \"\\201\\5Hello\", 7) = 7",
    "[pid  1234] recvfrom(5, \"\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f\", 4096, 0, NULL, NULL) = 7",
    "write(4, \"\\201\\5Hello\"..., 512) = 512",
    "0x7fffffffe010:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f",
    "0x602010 <buf>:\t0x81\t0x05\t0x48\t0x65\n0x602014 <buf+4>:\t0x6c\t0x6c\t0x6f",
    "$1 = \"\\201\\005Hello\"",
    "0x100200000: 81 05 48 65 6c 6c 6f                             ..Hello",
    "00000000`02f80000  81 05 48 65 6c 6c 6f                             ..Hello",
    "┌────────┬─────────────────────────┬─────────────────────────┬────────┬────────┐\n│00000000│ 81 05 48 65 6c 6c 6f    ┊                         │×•Hello ┊        │\n└────────┴─────────────────────────┴─────────────────────────┴────────┴────────┘",
    "           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000   81 05 48 65 6C 6C 6F                             .Hello",
    "   Label: String (System.String) <1A2B>\n\n          Offset Bytes                                           Ascii\n                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n          ------ ----------------------------------------------- -----\n0000000000000000 81 05 48 65 6C 6C 6F                            ..Hello",
    "0000000000 81 05 48 65 6c 6c 6f                             ..Hello",
    "QByteArray(\"\\x81\\x05Hello\")",
    "array('B', [129, 5, 72, 101, 108, 108, 111])",
    "array([129,   5,  72, 101, 108, 108, 111], dtype=uint8)",
    "[129   5  72 101 108 108 111]",
    "[\n    0x81,\n    0x5,\n    0x48,\n    0x65,\n    0x6c,\n    0x6c,\n    0x6f,\n]",
    "ByteString(-127, 5, 72, 101, 108, 108, 111)",
    "[-127, 5, 72, 101, 108, 108, 111]",
    "byte[] b = new byte[] { (byte) 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f };",
    "byte[] b = new byte[7] { 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f };",
    "byteArrayOf(0x81.toByte(), 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f)",
    "81 5 48 65 6C 6C 6F",
    "[WS] 81 5 48 65 6C 6C 6F",
    "I (1234) ws: 81 05 48 65 6c 6c 6f",
    "I (1234) ws: 0x3ffb1234   81 05 48 65 6c 6c 6f                              |..Hello|",
    "[00:00:01.000,000] <dbg> net_websocket: rx:\n                                     81 05 48 65 6c 6c 6f                            |..Hello         ",
    "[2020/01/01 12:00:00:1234] N: \n[2020/01/01 12:00:00:1234] N: 0000: 81 05 48 65 6C 6C 6F                               ..Hello         \n[2020/01/01 12:00:00:1234] N: ",
    "read from 0x55d0 [0x55e3] (7 bytes => 7 (0x7))\n0000 - 81 05 48 65 6c 6c 6f                              ..Hello",
    "b'\\x81\\x05Hello'",
    "bytearray(b'\\x81\\x05Hello')",
    "RX Octets from tcp4:127.0.0.1:9001 : octets = 810548656c6c6f",
    "[129 5 72 101 108 108 111]",
    "recv: 810548656c6c6f",
    "read bytes: 81 05 48 65 6c 6c 6f",
    "\"\\x81\\x05Hello\"",
    "[7]byte{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}",
    "81-05-48-65-6C-6C-6F",
    "81:05:48:65:6c:6c:6f",
    "static const uint8_t hello_frame[7] = {\n  0x81, 0x05, // header\n  0x48, 0x65, 0x6c, 0x6c, 0x6f  /* \"Hello\" */\n};",
    "10000001 00000101 01001000 01100101 01101100 01101100 01101111",
    "1 0 0 0 0 0 0 1\n0 0 0 0 0 1 0 1\n0 1 0 0 1 0 0 0\n0 1 1 0 0 1 0 1\n0 1 1 0 1 1 0 0\n0 1 1 0 1 1 0 0\n0 1 1 0 1 1 1 1",
    "0b10000001, 0b00000101, 0b01001000, 0b01100101, 0b01101100, 0b01101100, 0b01101111",
    "<<129, 5, 72, 101, 108, 108, 111>>",
    "<<129, 5, 72, 101, 108, 108, 111, ...>>",
    "<<0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F>>",
    "<<129,5,\"Hello\">>",
    "** Reason for termination =\n** {badmatch,{error,{bad_frame,<<129,5,72,101,108,\n                               108,111>>}}}",
    "\"\\129\\5Hello\"",
    "M-^A^EHello",
    "2023-01-01 12:00:00,123 DEBUG < 81 05 48 65 6c 6c 6f.",
    "[12:34:56.789] Received: 0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f",
    "2024-05-06T07:08:09.123Z recv 7 bytes: 810548656c6c6f",
    "[size=7 hex=810548656c6c6f]",
    "```\n81 05 48 65 6c 6c 6f\n```",
    "> 81 05 48 65 6c 6c 6f",
    "b“\\x81\\x05Hello”",
    "810548656c6c6f\n",
    "unsigned char f_bin[] = {\n  0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f\n};\nunsigned int f_bin_len = 7;",
    "00000000: 10000001 00000101 01001000 01100101 01101100 01101100  ..Hell\n00000006: 01101111                                               o",
    "0000000 81 05 48 65 6c 6c 6f\n0000007",
    "0000000 201 005   H   e   l   l   o\n0000007",
    "0000000 201 005 110 145 154 154 157\n0000007",
    "0000000 002601 062510 066154 000157\n0000007",
    "0000000 0581 6548 6c6c 006f\n0000007",
    "\\x810548656c6c6f",
    "0x810548656c6c6f",
    "X'810548656C6C6F'",
    "\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f",
    "\"\\u0081\\u0005Hello\"",
    "\"\\x81\\u0005Hello\"",
    "=> [129, 5, 72, 101, 108, 108, 111]",
    "[129, 5, 72, 101, 108, 108, 111]",
    "{\"type\":\"Buffer\",\"data\":[129,5,72,101,108,108,111]}",
    "{\"0\":129,\"1\":5,\"2\":72,\"3\":101,\"4\":108,\"5\":108,\"6\":111}",
    "Frame (hex): 81 05 48 65 6C 6C 6F",
    "7 bytes: 81 05 48 65 6c 6c 6f",
    "| 81 | 05 | 48 | 65 | 6c | 6c | 6f |",
    "81 05 48 65 6c 6c 6f ...",
    "81 05 48 65 6c 6c 6f … (2000 bytes)",
    "129;5;72;101;108;108;111",
    "129\n5\n72\n101\n108\n108\n111",
    "0x81\n0x05\n0x48\n0x65\n0x6c\n0x6c\n0x6f",
    "['0x81', '0x5', '0x48', '0x65', '0x6c', '0x6c', '0x6f']",
    "['81', '05', '48', '65', '6c', '6c', '6f']",
    "bytes.fromhex(\"81 05 48 65 6c 6c 6f\")",
    "Buffer.from(\"810548656c6c6f\", \"hex\")",
    "Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])",
    "atob(\"gQVIZWxsbw==\")",
    "data:application/octet-stream;base64,gQVIZWxsbw==",
    "hex!(\"81 05 48 65 6c 6c 6f\")",
    "vec![0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]",
    "81       FIN, text\n05       length 5\n48 65 6c 6c 6f   \"Hello\"",
    "0x81 (FIN + text)\n0x05 (len 5)\n0x48 0x65 0x6c 0x6c 0x6f",
    "0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f (contains \"Hello\")",
    "12:34:56.789012 IP 127.0.0.1.8080 > 127.0.0.1.55748: Flags [P.], seq 1:8, ack 1, win 512, options [nop,nop,TS val 1 ecr 2], length 7: HTTP\n\t0x0000:  4500 003b 1a2b 4000 4006 000a 7f00 0001  E..;.+@.@.......\n\t0x0010:  7f00 0001 1f90 d9c4 0000 0001 0000 0002  ................\n\t0x0020:  8018 0200 fe2f 0000 0101 080a 0102 0304  ...../..........\n\t0x0030:  0506 0708 8105 4865 6c6c 6f              ......Hello",
    "12:34:56.789012 IP 127.0.0.1.8080 > 127.0.0.1.55748: Flags [P.], seq 1:8, ack 1, win 512, length 7\n\t0x0000:  0242 ac11 0002 0242 ac11 0003 0800 4500  .B.....B......E.\n\t0x0010:  003b 1a2b 4000 4006 000a 7f00 0001 7f00  .;.+@.@.........\n\t0x0020:  0001 1f90 d9c4 0000 0001 0000 0002 8018  ................\n\t0x0030:  0200 fe2f 0000 0101 080a 0102 0304 0506  .../............\n\t0x0040:  0708 8105 4865 6c6c 6f                   ....Hello",
    "=ERROR REPORT==== 12-Mar-2019::10:11:12 ===\nError in process <0.123.0> with exit value:\n{function_clause,[{ws,parse,[<<129,5,72,101,108,108,111>>],[{file,\"src/ws.erl\"},{line,12}]}]}",
    "[129,5,72,101,108,108,111]",
    "[<<129,5>>,<<\"Hello\">>]",
    "00000000  81 05 48 65 6c 6c 6f                              |..Hello|",
    "data := []byte{129, 5, 72, 101, 108, 108, 111}",
    "[0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]",
    "81 05 48 65 6c 6c 6f",
    "D/OkHttp: <-- [hex=810548656c6c6f]",
    "char *frame = \"\\x81\\x05Hello\";",
    "\"\\x81\\x05\" \"Hello\"",
    "\"\\201\\005Hello\"",
    "$'\\x81\\x05Hello'",
    "printf \"\\x81\\x05Hello\" | nc localhost 8080",
    "echo -ne \"\\x81\\x05Hello\" | nc localhost 8080",
    "echo 810548656c6c6f | xxd -r -p",
    ">>> frame\nb'\\x81\\x05Hello'",
    "Received: b\"\\x81\\x05Hello\"",
    "recv: b\"\\x81\\x05Hello\" (7 bytes)",
    "WS 1234: received <Buffer 81 05 48 65 6c 6c 6f>",
    "new byte[] { 129, 5, 72, 101, 108, 108, 111 }",
    "Received 7 bytes: 81-05-48-65-6C-6C-6F",
    "Frame: 81:05:48:65:6C:6C:6F",
    "WebSocketFrame{fin=true, opcode=TEXT, data=[129, 5, 72, 101, 108, 108, 111]}",
    "         +-------------------------------------------------+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n+--------+-------------------------------------------------+----------------+\n|00000000| 81 05 48 65 6c 6c 6f                            |..Hello         |\n+--------+-------------------------------------------------+----------------+",
    "10:11:12.123 [nioEventLoopGroup-2-1] DEBUG LoggingHandler - [id: 0x1, L:/127.0.0.1:1 - R:/127.0.0.1:2] READ: 7B\n         +-------------------------------------------------+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n+--------+-------------------------------------------------+----------------+\n|00000000| 81 05 48 65 6c 6c 6f                            |..Hello         |\n+--------+-------------------------------------------------+----------------+",
    "Plaintext before ENCRYPTION (\n  0000: 81 05 48 65 6C 6C 6F                               ..Hello\n)",
    "javax.net.ssl|DEBUG|10|main|2023-01-01 00:00:00.000 UTC|SSLSocketOutputRecord.java:335|WRITE: TLSv1.2 application_data, length = 7\njavax.net.ssl|DEBUG|10|main|2023-01-01 00:00:00.000 UTC|SSLCipher.java:1770|Plaintext before ENCRYPTION (\n  0000: 81 05 48 65 6C 6C 6F                               ..Hello\n)",
    "<= Recv data, 7 bytes (0x7)\n0000: 81 05 48 65 6c 6c 6f                            ..Hello",
    "00000000: 8105 4865 6c6c 6f                        ..Hello",
    "0000 0000  81 05 48 65 6c 6c 6f  ..Hello",
    "81\n5\n48\n65\n6C\n6C\n6F",
    "0x81,0x5,0x48,0x65,0x6C,0x6C,0x6F,",
    "00:00:12.345 -> 81 05 48 65 6C 6C 6F",
    "Mar  4 05:06:07 host app[123]: rx 81 05 48 65 6c 6c 6f",
    "03-04 05:06:07.890  1234  5678 D WebSocket: 81 05 48 65 6c 6c 6f",
    "E'\\\\x810548656c6c6f'",
    "'\\x810548656c6c6f'::bytea",
    "x'810548656c6c6f'",
    "BinData(0,\"gQVIZWxsbw==\")",
    "Binary.createFromBase64(\"gQVIZWxsbw==\", 0)",
    "!!binary gQVIZWxsbw==",
    "data: gQVIZWxsbw==",
    "\\129\\005Hello",
    "local frame = \"\\129\\005Hello\"",
    "2023/01/02 03:04:05 [error] 1#1: *1 [lua] ws.lua:12: recv_frame(): \\129\\005Hello, client: 127.0.0.1",
    "“\\x81\\x05Hello”",
    "81\u{a0}05\u{a0}48\u{a0}65\u{a0}6c\u{a0}6c\u{a0}6f",
    "81\u{200b} 05 48 65 6c 6c 6f",
    "81\t05\t48\t65\t6c\t6c\t6f",
    "81 05\r48 65\r6c 6c 6f",
    "**81 05** 48 65 6c 6c 6f",
    "`81 05 48 65 6c 6c 6f`",
    "`0x81` `0x05` `0x48` `0x65` `0x6c` `0x6c` `0x6f`",
    "    81 05 48 65 6c 6c 6f\n",
    "{code}\n81 05 48 65 6c 6c 6f\n{code}",
    "&lt;Buffer 81 05 48 65 6c 6c 6f&gt;",
    "\\x81 \\x05 \\x48 \\x65 \\x6c \\x6c \\x6f",
    "\\x81, \\x05, \\x48, \\x65, \\x6c, \\x6c, \\x6f",
    "x81 x05 x48 x65 x6c x6c x6f",
    "0x810x050x480x650x6c0x6c0x6f",
    "U+0081 U+0005 U+0048 U+0065 U+006C U+006C U+006F",
    "0b1000_0001, 0b0000_0101, 0b0100_1000, 0b0110_0101, 0b0110_1100, 0b0110_1100, 0b0110_1111",
    "1000 0001 0000 0101 0100 1000 0110 0101 0110 1100 0110 1100 0110 1111",
    "FIN/opcode: 10000001\nmask/len: 00000101\npayload: 01001000 01100101 01101100 01101100 01101111",
    "10000001000001010100100001100101011011000110110001101111",
    "81054865 6c6c6f",
    "81H 05H 48H 65H 6CH 6CH 6FH",
    "QByteArray hex: \"810548656c6c6f\"",
    "{\"frame\":\"810548656c6c6f\"}",
    "{\"data\":[129,5,72,101,108,108,111]}",
    "header: 81 05\npayload: 48 65 6c 6c 6f",
];

/// Texts, and the bytes that they say.
const OTHERS: &[(&str, &str)] = &[
    ("b'Hello'", "48656c6c6f"),
    ("b\"it's\"", "69742773"),
    (
        "02f80000  81 05 48 65 6c 6c 6f 81-05 48 65 6c 6c 6f       ..Hello..Hello",
        "810548656c6c6f810548656c6c6f",
    ),
    ("\\136\\002\\003\\232", "880203e8"),
    ("\\210^B^C\\350", "880203e8"),
    ("<88>^B^C<E8>", "880203e8"),
    ("[\\x88, \\x02, \\x03, \\xe8]", "880203e8"),
    (
        "00000000: 65480581 006f6c6c                    ..Hello.",
        "810548656c6c6f00",
    ),
    (
        "0000   02 42 ac 11 00 02 02 42 ac 11 00 03 08 00 45 00   .B.....B......E.\n0010   00 5c 1a 2b 40 00 40 06 00 0a 7f 00 00 01 7f 00   .\\.+@.@.........\n0020   00 01 1f 90 d9 c4 00 00 00 01 00 00 00 02 80 18   ................\n0030   02 00 fe 2f 00 00 01 01 08 0a 01 02 03 04 05 06   .../............\n0040   07 08 81 26 7b 22 74 79 70 65 22 3a 22 68 65 6c   ...&{\"type\":\"hel\n0050   6c 6f 22 2c 22 76 22 3a 31 32 33 34 35 36 37 38   lo\",\"v\":12345678\n0060   39 30 2c 22 6b 22 3a 31 32 7d                     90,\"k\":12}",
        "81267b2274797065223a2268656c6c6f222c2276223a313233343536373839302c226b223a31327d",
    ),
    (
        "0000   00 00 03 04 00 06 00 00 00 00 00 00 00 00 08 00   ................\n0010   45 00 00 3f 1a 2b 40 00 40 06 00 0a 7f 00 00 01   E..?.+@.@.......\n0020   7f 00 00 01 1f 90 d9 c4 00 00 00 01 00 00 00 02   ................\n0030   80 18 02 00 fe 2f 00 00 01 01 08 0a 01 02 03 04   ...../..........\n0040   05 06 07 08 81 85 37 fa 21 3d 7f 9f 4d 51 58      ......7.!=..MQX",
        "818537fa213d7f9f4d5158",
    ),
    (
        "00000236`1f2a1000  81 26 7b 22 74 79 70 65-22 3a 22 68 65 6c 6c 6f  .&{\"type\":\"hello\n00000236`1f2a1010  22 2c 22 76 22 3a 31 32-33 34 35 36 37 38 39 30  \",\"v\":1234567890\n00000236`1f2a1020  2c 22 6b 22 3a 31 32 7d                          ,\"k\":12}",
        "81267b2274797065223a2268656c6c6f222c2276223a313233343536373839302c226b223a31327d",
    ),
    ("12:34:56.789 [debug] received frame: <<137, 0>>", "8900"),
    ("[text=Hello]", "48656c6c6f"),
    (
        "2021-03-04 05:06:07,890 - websocket - DEBUG - send: b'\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f\\x4d\\x51\\x58'",
        "818537fa213d7f9f4d5158",
    ),
    (
        "RangeError: Invalid WebSocket frame: invalid opcode 7\n  data: <Buffer 47 45 54>",
        "474554",
    ),
    (
        "[WS-Server][0][handleWebsocket] ------- read massage frame -------\n81 85 37 fa 21 3d 7f 9f 4d 51 58",
        "818537fa213d7f9f4d5158",
    ),
];

/// A masked “Hello” of a client, and an unmasked one of a server.
const BOTH: &[&str] = &[
    "C->S: 81 85 37 fa 21 3d 7f 9f 4d 51 58\nS->C: 81 05 48 65 6c 6c 6f",
    "client -> server\n81 85 37 fa 21 3d 7f 9f 4d 51 58\nserver -> client\n81 05 48 65 6c 6c 6f",
    "SEND 818537fa213d7f9f4d5158\nRECV 810548656c6c6f",
    ">>> 81 85 37 fa 21 3d 7f 9f 4d 51 58\n<<< 81 05 48 65 6c 6c 6f",
    "[10:11:12] TX: 81 85 37 fa 21 3d 7f 9f 4d 51 58\n[10:11:13] RX: 81 05 48 65 6c 6c 6f",
    "sent: b\"\\x81\\x857\\xfa!=\\x7f\\x9fMQX\"\nreceived: b\"\\x81\\x05Hello\"",
    "    00000000  81 05 48 65 6c 6c 6f                              ..Hello\n00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                  ..7.!=.. MQX",
    "char peer0_0[] = { /* Packet 1 */\n0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, \n0x4d, 0x51, 0x58 };\nchar peer1_0[] = { /* Packet 2 */\n0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f };",
    "peers:\n  - peer: 0\n    host: 127.0.0.1\n    port: 55748\n  - peer: 1\n    host: 127.0.0.1\n    port: 8080\npackets:\n  - packet: 4\n    peer: 0\n    index: 0\n    timestamp: 1.0\n    data: !!binary |\n      gYU3+iE9f59NUVg=\n  - packet: 5\n    peer: 1\n    index: 0\n    timestamp: 1.1\n    data: !!binary |\n      gQVIZWxsbw==\n",
];
