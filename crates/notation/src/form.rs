//! How bytes are written, and what printed them.

use serde::{Deserialize, Serialize};

/// A form of writing bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Form {
    /// Two hexadecimal digits a byte, with or without something between them.
    Hex,
    /// Numbers, as in an array of C or Rust.
    List,
    /// Hexadecimal numbers without `0x`, as Rust's `{:x?}` and an Arduino print them: `[81, 5, 48]`.
    HexList,
    /// Decimal numbers with spaces between them.
    Decimal,
    /// A string with `\x81` and other escapes.
    Escaped,
    /// A string whose escapes are decimal, as in Lua: `\129\5Hello`.
    DecimalEscapes,
    /// Characters in which `less`, Emacs or `cat -v` mark what cannot be printed: `<8A>`, `\210`, `^@`, `M-^A`.
    Caret,
    /// Base64, with the usual alphabet or that for addresses, padded or not (RFC 4648).
    Base64,
    /// Eight binary digits a byte.
    Bits,
    /// Lines of offset, bytes and text, as tools print them.
    Dump,
    /// Bytes in the lines of a log, or in a listing with labels before them.
    Log,
    /// The fields of a frame as Wireshark names them, with their bits.
    Tree,
    /// The messages that a browser saved in a HAR file.
    Har,
    /// Characters that are their own bytes in UTF-8.
    Text,
    /// The bytes of a file, as they are.
    File,
}

impl Form {
    /// Every form that can be asked for.
    pub const ALL: [Form; 13] = [
        Form::Hex,
        Form::List,
        Form::HexList,
        Form::Decimal,
        Form::Escaped,
        Form::DecimalEscapes,
        Form::Caret,
        Form::Base64,
        Form::Bits,
        Form::Dump,
        Form::Log,
        Form::Tree,
        Form::Har,
    ];

    /// A name for people, to stand after “Read as”.
    pub fn name(self) -> &'static str {
        match self {
            Form::Hex => "hexadecimal digits",
            Form::List => "a list of numbers",
            Form::HexList => "hexadecimal numbers without 0x",
            Form::Decimal => "decimal numbers",
            Form::Escaped => "a string with escapes",
            Form::DecimalEscapes => "a string with decimal escapes",
            Form::Caret => "characters with marks for what cannot be printed",
            Form::Base64 => "base64",
            Form::Bits => "bits",
            Form::Dump => "a hex dump",
            Form::Log => "bytes in the lines of a log",
            Form::Tree => "the fields of a frame as Wireshark names them",
            Form::Har => "messages of a HAR file",
            Form::Text => "text",
            Form::File => "the bytes of a file",
        }
    }
}

/// What printed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tool {
    /// `00000000: 8185 37fa …  ..7.`
    Xxd,
    /// `00000000  81 85 37 fa …  |..7.|`
    Hexdump,
    /// `000000 81 85 37 fa …  >..7.<`
    Od,
    /// `0x0000:  8185 37fa …  ..7.`
    Tcpdump,
    /// `0000   81 85 37 fa …   ..7.`
    Wireshark,
    /// Solaris snoop, whose offsets are decimal.
    Snoop,
    /// The table that Netty's `LoggingHandler` draws.
    Netty,
    /// What `javax.net.debug` prints.
    JavaxNetDebug,
    /// `curl --trace`.
    CurlTrace,
    /// `socat -x`.
    Socat,
    /// The viewer of binary messages in a browser's developer tools, which numbers the rows.
    DevTools,
    /// `<Buffer 81 05>` of Node.
    NodeBuffer,
    /// `Uint8Array(2) [ 129, 5 ]` of a JavaScript console.
    TypedArray,
    /// `{"type":"Buffer","data":[129,5]}`: a Buffer of Node through `JSON.stringify`.
    JsonBuffer,
    /// `[hex=8105]` of Okio.
    Okio,
    /// `<<129,5>>` of Erlang and Elixir.
    Erlang,
    /// `<<<…>>>` of Jetty.
    Jetty,
    /// `\x8105` of PostgreSQL.
    Postgres,
    /// `{length = 2, bytes = 0x8105}` of Foundation.
    Foundation,
    /// A file of packets, as tcpdump and Wireshark save them.
    Capture,
}

impl Tool {
    /// A name for people.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Xxd => "an xxd dump",
            Tool::Hexdump => "a hexdump -C dump",
            Tool::Od => "an od dump",
            Tool::Tcpdump => "a tcpdump dump",
            Tool::Wireshark => "a Wireshark hex dump",
            Tool::Snoop => "a snoop dump",
            Tool::Netty => "a table of Netty's LoggingHandler",
            Tool::JavaxNetDebug => "a javax.net.debug dump",
            Tool::CurlTrace => "a curl --trace dump",
            Tool::Socat => "a socat -x dump",
            Tool::DevTools => "the binary viewer of a browser's developer tools",
            Tool::NodeBuffer => "a Node Buffer",
            Tool::TypedArray => "a typed array of JavaScript",
            Tool::JsonBuffer => "a Node Buffer in JSON",
            Tool::Okio => "an Okio ByteString",
            Tool::Erlang => "an Erlang binary",
            Tool::Jetty => "a buffer that Jetty printed",
            Tool::Postgres => "a bytea of PostgreSQL",
            Tool::Foundation => "a Data of Foundation",
            Tool::Capture => "a capture of packets",
        }
    }
}
