//! Flags, their defaults and their bounds. Every limit of the server is here.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};

mod parse;

use parse::{DAY, count_within, parse_listen, parse_name, parse_origin, parse_peer};

use crate::{
    client_address::TrustedProxy,
    host::parse_host,
    rooms::{backbone::BackboneUrl, queue::SlowMember},
};
pub use parse::{duration_within, size_within};

/// What `duplex-server` is told on its command line.
///
/// Tests build one with [`Config::parse_from`](clap::Parser::parse_from), so that they run with the same defaults and
/// the same validation as a person at a shell.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "duplex-server",
    version,
    about = "Serves Duplex, echoes WebSocket messages, and shows each visitor the bytes of their own connection.",
    long_about = "Serves Duplex, a web page that shows how WebSockets work, together with the two things a static \
                  host cannot give it: a WebSocket echo (/echo), and a tap that shows a visitor every byte of their \
                  own connection (/api/wires, /tap/ID). Also a lab of WebSockets that misbehave on purpose \
                  (/lab) or restart when told to (/lab/restart), rooms in which a message reaches everybody \
                  (/rooms), one stream of messages by polling, long polling, server-sent events and WebSocket, \
                  with what each costs (/transports), many streams over one WebSocket (/transports/streams), what \
                  connections take of memory (/api/memory), /healthz and /metrics.\n\n\
                  Durations are written like 250ms, 5s or 2m; sizes like 512, 64KiB or 4MiB.",
    after_help = "Build the site first with `cargo xtask build`, or let `cargo xtask serve` do both.\n\
                  Stop with Ctrl-C or SIGTERM: every WebSocket gets a close frame with 1001, then the server exits."
)]
pub struct Config {
    /// Address and port to serve on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = parse_listen)]
    pub listen: SocketAddr,

    /// Folder of the built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub site: PathBuf,

    /// Another origin whose pages may create and read wires, such as http://localhost:8081; may be repeated. The
    /// server's own origin always may
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = parse_origin)]
    pub allow_origins: Vec<String>,

    /// A name that the server answers for, such as duplex.example; may be repeated. localhost and IP addresses always are
    /// answered for. Without this flag a server on a loopback address answers for no other name (a proxy in front of it
    /// needs the flag), and one on another address for every name
    #[arg(long = "host", value_name = "NAME", value_parser = parse_host)]
    pub hosts: Vec<String>,

    /// A proxy, or a network of them (10.0.0.0/8), whose X-Forwarded-For says who the client is; may be repeated. Nobody
    /// else's is believed
    #[arg(long = "trusted-proxy", value_name = "ADDRESS")]
    pub trusted_proxies: Vec<TrustedProxy>,

    /// Another address and port for /metrics (and /healthz); /metrics is then not served on --listen
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_listen)]
    pub metrics_listen: Option<SocketAddr>,

    /// Longest message a client may send, after decompression; a longer one closes the connection with 1009
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = |s: &str| size_within(s, 1, 64 << 20),
          help_heading = "Limits")]
    pub max_message: usize,

    /// Time for a message to come, from its first byte to its last; one that takes longer closes the connection with 1008
    #[arg(long, value_name = "DURATION", default_value = "2m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub message_time: Duration,

    /// Bytes of messages that all WebSockets together hold: being read, held back, or being written. Past it the
    /// connection whose messages have waited longest is cut
    #[arg(long, value_name = "SIZE", default_value = "256MiB",
          value_parser = |s: &str| size_within(s, 64 << 10, 64 << 30), help_heading = "Limits")]
    pub message_memory: usize,

    /// A WebSocket that has echoed nothing for this long gives its compressor back; the next message starts a new one
    #[arg(long, value_name = "DURATION", default_value = "10s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub compressor_time: Duration,

    /// Connections held at once, of any kind; the next ones are answered 503
    #[arg(long, value_name = "COUNT", default_value = "1000", value_parser = |s: &str| count_within(s, 1, 1_000_000),
          help_heading = "Limits")]
    pub max_connections: usize,

    /// Connections of one address (of IPv6, of one /64); the next ones are answered 429. Without this flag a quarter of
    /// --max-connections, and for the loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 1_000_000), help_heading = "Limits")]
    pub max_connections_per_address: Option<usize>,

    /// The kernel's buffer for each direction of each connection. Linux takes twice this. Without a bound it lets a
    /// connection's buffer grow to megabytes
    #[arg(long, value_name = "SIZE", default_value = "256KiB",
          value_parser = |s: &str| size_within(s, 4 << 10, 64 << 20), help_heading = "Limits")]
    pub socket_buffer: usize,

    /// A WebSocket whose client sends nothing at all, not even a pong, for this long is closed with 1001
    #[arg(long, value_name = "DURATION", default_value = "5m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub idle_time: Duration,

    /// A connection whose client accepts no byte for this long while some are waiting is cut
    #[arg(long, value_name = "DURATION", default_value = "30s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub stall_time: Duration,

    /// Time to wait for a client's Close frame, and then for the end of its TCP stream, when a WebSocket closes
    #[arg(long, value_name = "DURATION", default_value = "2s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), Duration::from_secs(60)),
          help_heading = "Limits")]
    pub close_time: Duration,

    /// Time a client has to send the head of a request; also how long an unused HTTP connection is kept
    #[arg(long, value_name = "DURATION", default_value = "15s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub header_time: Duration,

    /// Largest head of a request; a larger one is answered 431
    // hyper refuses a smaller buffer than 8 KiB.
    #[arg(long, value_name = "SIZE", default_value = "32KiB", value_parser = |s: &str| size_within(s, 8 << 10, 1 << 20),
          help_heading = "Limits")]
    pub max_header: usize,

    /// Time for each piece of a request's body; one that comes more slowly is answered 408
    #[arg(long, value_name = "DURATION", default_value = "10s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), DAY), help_heading = "Limits")]
    pub body_piece_time: Duration,

    /// Time for the whole body of a request
    #[arg(long, value_name = "DURATION", default_value = "1m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), DAY), help_heading = "Limits")]
    pub body_time: Duration,

    /// Bytes that one wire's tap holds for a reader that is late; what doesn't fit is counted and reported as lost
    #[arg(long, value_name = "SIZE", default_value = "4MiB", value_parser = |s: &str| size_within(s, 4 << 10, 1 << 30),
          help_heading = "Limits")]
    pub tap_memory: usize,

    /// Bytes that all taps together hold
    #[arg(long, value_name = "SIZE", default_value = "256MiB",
          value_parser = |s: &str| size_within(s, 4 << 10, 64 << 30), help_heading = "Limits")]
    pub tap_memory_total: usize,

    /// Wires that wait for their WebSocket or for their reader; the next request for one is answered 503
    #[arg(long, value_name = "COUNT", default_value = "256", value_parser = |s: &str| count_within(s, 1, 1_000_000),
          help_heading = "Limits")]
    pub max_wires: usize,

    /// Such wires of one address; the next request for one is answered 429. Without this flag a quarter of --max-wires, and
    /// for the loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 1_000_000), help_heading = "Limits")]
    pub max_wires_per_address: Option<usize>,

    /// How long a wire waits for its WebSocket and for its reader
    #[arg(long, value_name = "DURATION", default_value = "60s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(100), DAY), help_heading = "Limits")]
    pub wire_lifetime: Duration,

    /// Connections of the fault lab (/lab) held at once; the next ones are answered 503
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = |s: &str| count_within(s, 1, 1_000_000),
          help_heading = "Limits")]
    pub max_labs: usize,

    /// Such connections of one address; the next ones are answered 429. Without this flag a quarter of --max-labs, and for
    /// the loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 1_000_000), help_heading = "Limits")]
    pub max_labs_per_address: Option<usize>,

    /// How long a connection of the fault lab is kept after its fault, for what the client does about it
    #[arg(long, value_name = "DURATION", default_value = "10s",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), Duration::from_secs(600)),
          help_heading = "Limits")]
    pub lab_time: Duration,

    /// The same for the lab's silence and its bomb: a browser may wait for a minute, or inflate for long
    #[arg(long, value_name = "DURATION", default_value = "2m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), Duration::from_secs(3600)),
          help_heading = "Limits")]
    pub lab_silence: Duration,

    /// How long a restart group of the lab (/lab/restart) that has no connections remembers its restart
    #[arg(long, value_name = "DURATION", default_value = "1m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), Duration::from_secs(3600)),
          help_heading = "Limits")]
    pub lab_memory: Duration,

    /// Runs of the transports (/transports/runs) kept at once; the next one is answered 503
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = |s: &str| count_within(s, 1, 100_000),
          help_heading = "Limits")]
    pub max_runs: usize,

    /// Such runs of one address; the next one is answered 429. Without this flag a quarter of --max-runs, and for the
    /// loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 100_000), help_heading = "Limits")]
    pub max_runs_per_address: Option<usize>,

    /// How long a run is kept when its stream is over, so that its costs can be asked for
    #[arg(long, value_name = "DURATION", default_value = "1m",
          value_parser = |s: &str| duration_within(s, Duration::ZERO, Duration::from_secs(3600)),
          help_heading = "Limits")]
    pub run_memory: Duration,

    /// WebSockets with many streams (/transports/streams) held at once; the next ones are answered 503
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = |s: &str| count_within(s, 1, 1_000_000),
          help_heading = "Limits")]
    pub max_streams: usize,

    /// Such WebSockets of one address; the next ones are answered 429. Without this flag a quarter of --max-streams, and
    /// for the loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 1_000_000), help_heading = "Limits")]
    pub max_streams_per_address: Option<usize>,

    /// This server's name in its rooms; its members' names begin with it. Without this flag four random digits
    #[arg(long, value_name = "NAME", value_parser = parse_name, help_heading = "Rooms")]
    pub server_name: Option<String>,

    /// A Redis through which several servers share their rooms (/rooms), such as redis://127.0.0.1:6379. Without this flag
    /// the rooms are this server's own
    #[arg(long, value_name = "URL", value_parser = BackboneUrl::parse, help_heading = "Rooms")]
    pub backbone: Option<BackboneUrl>,

    /// Messages of each room that Redis keeps, in a stream: what was said while this server was cut off from Redis then
    /// comes late. Without this flag it is lost for this server's members, who see a gap
    #[arg(long, value_name = "COUNT", default_value = "0", value_parser = |s: &str| count_within(s, 0, 1000),
          requires = "backbone", help_heading = "Rooms")]
    pub backbone_history: usize,

    /// Another server with the same rooms, such as ws://127.0.0.1:8081, which the page offers; may be repeated
    #[arg(long = "room-peer", value_name = "URL", value_parser = parse_peer, help_heading = "Rooms")]
    pub room_peers: Vec<String>,

    /// Rooms there may be; whoever wants to open another is answered 503
    #[arg(long, value_name = "COUNT", default_value = "256", value_parser = |s: &str| count_within(s, 1, 1_000_000),
          help_heading = "Rooms")]
    pub max_rooms: usize,

    /// Rooms that one address may open; then it is answered 429. Without this flag a quarter of --max-rooms, and for the
    /// loopback no limit of its own
    #[arg(long, value_name = "COUNT", value_parser = |s: &str| count_within(s, 1, 1_000_000), help_heading = "Rooms")]
    pub max_rooms_per_address: Option<usize>,

    /// Members of one room on this server; the next ones are answered 503
    #[arg(long, value_name = "COUNT", default_value = "100", value_parser = |s: &str| count_within(s, 1, 10_000),
          help_heading = "Rooms")]
    pub room_members: usize,

    /// How long a room without members is remembered, with its last messages
    #[arg(long, value_name = "DURATION", default_value = "2m",
          value_parser = |s: &str| duration_within(s, Duration::from_millis(10), DAY), help_heading = "Rooms")]
    pub room_memory: Duration,

    /// Messages that wait for a member who reads slowly, beside what the kernel holds
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = |s: &str| count_within(s, 1, 10_000),
          help_heading = "Rooms")]
    pub room_queue: usize,

    /// What happens to a member for whom more would wait
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "conflate",
        help_heading = "Rooms"
    )]
    pub room_slow: SlowMember,

    /// Messages a second that a member may send in the long run; it is read from no faster
    #[arg(long, value_name = "COUNT", default_value = "10", value_parser = |s: &str| count_within(s, 1, 10_000).map(|n| n as u32),
          help_heading = "Rooms")]
    pub room_rate: u32,

    /// Messages that a member may send at once
    #[arg(long, value_name = "COUNT", default_value = "40", value_parser = |s: &str| count_within(s, 1, 10_000).map(|n| n as u32),
          help_heading = "Rooms")]
    pub room_burst: u32,

    /// A member who keeps sending faster than --room-rate for so long, without a rest, is closed with 1008
    #[arg(long, value_name = "DURATION", default_value = "10s",
          value_parser = |s: &str| duration_within(s, Duration::ZERO, DAY), help_heading = "Rooms")]
    pub room_patience: Duration,

    /// Time that connections have to close when the server stops; then it exits all the same
    #[arg(long, value_name = "DURATION", default_value = "5s",
          value_parser = |s: &str| duration_within(s, Duration::ZERO, Duration::from_secs(600)),
          help_heading = "Limits")]
    pub grace_time: Duration,

    /// Lowest level of log lines: error, warn, info, debug, trace or off
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        help_heading = "Logs"
    )]
    pub log: tracing_subscriber::filter::LevelFilter,

    /// How log lines are written, always to standard error
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Logs"
    )]
    pub log_format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For a person: time, level, message, `name=value` fields.
    Text,
    /// For a machine: one JSON object per line.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_consistent() {
        use clap::CommandFactory;
        Config::command().debug_assert();
        let defaults = Config::parse_from(["duplex-server"]);
        assert_eq!(defaults.listen.port(), 8080);
        assert_eq!(defaults.max_message, 1 << 20);
        assert_eq!(defaults.idle_time, Duration::from_secs(300));
    }
}
