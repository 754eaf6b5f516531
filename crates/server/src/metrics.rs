//! What `/metrics` reports, in Prometheus' text format 0.0.4.

use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use crate::memory;

/// The server's measurements. Every value is counted where the thing happens; none is estimated.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Bytes of the process that are in memory; nothing where the system doesn't say.
    resident: Option<IntGauge>,
    /// WebSockets open now: from the 101 to the end of the session.
    pub websocket_connections: IntGauge,
    /// Milliseconds from a whole message read to its echo accepted by the socket, without a delay that was asked for.
    pub message_delivery_latency_ms: Histogram,
    /// TCP connections open now, of any kind.
    pub tcp_connections: IntGauge,
    /// Connections answered 503 or 429 because `--max-connections` or an address's share of it was reached.
    pub connections_refused: IntCounter,
    /// WebSockets cut because all messages together took more than `--message-memory`.
    pub memory_cuts: IntCounter,
    /// Messages received on `/echo`, by `type` (`text`, `binary`).
    pub messages: IntCounterVec,
    /// Payload bytes of those messages, after decompression.
    pub message_bytes: IntCounter,
    /// Bytes read from and written to TCP sockets, by `from` (`client`, `server`).
    pub tcp_bytes: IntCounterVec,
    /// Rooms there are.
    pub rooms: IntGauge,
    /// Members of rooms on this server now.
    pub room_members: IntGauge,
    /// Messages that this server's members said in rooms.
    pub room_messages: IntCounter,
    /// Of these, the ones without a number, since the backbone was away.
    pub room_unnumbered: IntCounter,
    /// Messages of rooms with members here that were published while this server was cut off, and not kept.
    pub room_missing: IntCounter,
    /// Messages left out for members who read slowly, once for each member.
    pub room_left_out: IntCounter,
    /// Messages that came with a number that a backbone without memory had given twice.
    pub room_renumbered: IntCounter,
    /// Whether the backbone is there: 1 or 0; always 0 without one.
    pub backbone_up: IntGauge,
    /// Wires created by `POST /api/wires`.
    pub wires_created: IntCounter,
    /// Wires that wait for their WebSocket or their reader.
    pub wires_waiting: IntGauge,
    /// Readers attached to `/tap/ID` now.
    pub tap_readers: IntGauge,
    /// Bytes that a tap could not hold for its reader.
    pub tap_lost_bytes: IntCounter,
}

impl Metrics {
    /// Creates all metrics at zero.
    ///
    /// # Panics
    ///
    /// Never in practice: the names are constants, and a name used twice would fail every test.
    pub fn new() -> Self {
        let registry = Registry::new();
        macro_rules! register {
            ($metric:expr) => {{
                let metric = $metric.expect("constant metric names are valid");
                registry
                    .register(Box::new(metric.clone()))
                    .expect("constant metric names are unique");
                metric
            }};
        }
        // One for the process, so it is registered and not made here.
        registry
            .register(Box::new(crate::log::LINES_LOST.clone()))
            .expect("constant metric names are unique");
        // From 10 µs, about what one write to a loopback socket takes, to 10 s.
        let latency = HistogramOpts::new(
            "message_delivery_latency_ms",
            "Milliseconds from a whole message read to its echo accepted by the socket",
        )
        .buckets(vec![
            0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0,
            500.0, 1000.0, 10000.0,
        ]);
        // A gauge that nothing sets would say that there is no memory.
        let resident = memory::resident_bytes().map(|_| {
            register!(IntGauge::new(
                "process_resident_memory_bytes",
                "Resident memory size in bytes."
            ))
        });
        let metrics = Self {
            websocket_connections: register!(IntGauge::new(
                "websocket_connections",
                "WebSockets open now"
            )),
            message_delivery_latency_ms: register!(Histogram::with_opts(latency)),
            tcp_connections: register!(IntGauge::new(
                "tcp_connections",
                "TCP connections open now, of any kind"
            )),
            connections_refused: register!(IntCounter::new(
                "connections_refused_total",
                "Connections refused because there are too many, or too many of one address"
            )),
            memory_cuts: register!(IntCounter::new(
                "message_memory_cuts_total",
                "WebSockets cut because all messages together took more than --message-memory"
            )),
            messages: register!(IntCounterVec::new(
                Opts::new("messages_received_total", "Messages received on /echo"),
                &["type"]
            )),
            message_bytes: register!(IntCounter::new(
                "message_bytes_received_total",
                "Payload bytes of the messages received on /echo, after decompression"
            )),
            tcp_bytes: register!(IntCounterVec::new(
                Opts::new("tcp_bytes_total", "Bytes carried by TCP sockets"),
                &["from"]
            )),
            rooms: register!(IntGauge::new("rooms", "Rooms there are")),
            room_members: register!(IntGauge::new(
                "room_members",
                "Members of rooms on this server now"
            )),
            room_messages: register!(IntCounter::new(
                "room_messages_total",
                "Messages that this server's members said in rooms"
            )),
            room_unnumbered: register!(IntCounter::new(
                "room_messages_unnumbered_total",
                "Messages that reached this server's members only, since the backbone was away"
            )),
            room_missing: register!(IntCounter::new(
                "room_messages_missing_total",
                "Messages that no member here gets, published while this server was cut off"
            )),
            room_left_out: register!(IntCounter::new(
                "room_messages_left_out_total",
                "Messages left out for members who read slowly, once for each member"
            )),
            room_renumbered: register!(IntCounter::new(
                "room_messages_renumbered_total",
                "Messages with a number that a backbone without memory had given twice"
            )),
            backbone_up: register!(IntGauge::new(
                "backbone_up",
                "Whether the backbone of the rooms is there; always 0 without one"
            )),
            wires_created: register!(IntCounter::new("wires_created_total", "Wires created")),
            wires_waiting: register!(IntGauge::new(
                "wires_waiting",
                "Wires that wait for their WebSocket or their reader"
            )),
            tap_readers: register!(IntGauge::new(
                "tap_readers",
                "Readers attached to a tap now"
            )),
            tap_lost_bytes: register!(IntCounter::new(
                "tap_lost_bytes_total",
                "Bytes that a tap could not hold for its reader"
            )),
            resident,
            registry,
        };
        // So that every series exists, at zero, before the first event.
        for kind in ["text", "binary"] {
            metrics.messages.with_label_values(&[kind]);
        }
        for from in ["client", "server"] {
            metrics.tcp_bytes.with_label_values(&[from]);
        }
        metrics
    }

    /// The page at `/metrics`.
    pub fn render(&self) -> Vec<u8> {
        if let (Some(gauge), Some(bytes)) = (&self.resident, memory::resident_bytes()) {
            gauge.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        let mut page = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut page) {
            tracing::error!(%error, "metrics could not be written");
        }
        page
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds one to a gauge for as long as it lives.
#[derive(Debug)]
pub struct GaugeGuard(IntGauge);

impl GaugeGuard {
    /// Adds one now; dropping takes it away.
    pub fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
