//! What the reader sets for the cost of a connection, and how it stands in the address.

use sim::cluster::memory::ConnectionCost;

use crate::kit::number::{counted, grouped};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;

/// What the reader sets. All parts in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether the sum is shown.
    pub shown: bool,
    /// Connections.
    pub connections: u32,
    /// The kernel's record of the socket.
    pub socket: u32,
    /// What lies in the kernel's buffers.
    pub buffers: u32,
    /// Of TLS.
    pub tls: u32,
    /// Of the library.
    pub library: u32,
    /// Of compression.
    pub deflate: u32,
    /// Of the application.
    pub app: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::of(&ConnectionCost::typical_tls_deflate())
    }
}

impl Settings {
    /// A hundred thousand connections with these parts.
    pub fn of(cost: &ConnectionCost) -> Settings {
        let part = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
        Settings {
            shown: false,
            connections: 100_000,
            socket: part(cost.kernel_socket),
            buffers: part(cost.kernel_receive + cost.kernel_send),
            tls: part(cost.tls),
            library: part(cost.library),
            deflate: part(cost.compression),
            app: part(cost.application),
        }
    }

    /// The parts of one connection.
    pub fn cost(&self) -> ConnectionCost {
        ConnectionCost {
            kernel_socket: self.socket.into(),
            // How it is divided between the directions makes no difference to the sum.
            kernel_receive: self.buffers.into(),
            kernel_send: 0,
            tls: self.tls.into(),
            library: self.library.into(),
            compression: self.deflate.into(),
            application: self.app.into(),
        }
    }

    /// Other parts, for as many connections, shown or not as these are.
    pub fn like(&self, other: Settings) -> Settings {
        Settings {
            connections: self.connections,
            shown: self.shown,
            ..other
        }
    }
}

/// A quantity of bytes, in the units in which memory is sold.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (n as f64, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 99.95);
    format!("{value:.digits$} {}", UNITS[unit])
}

const fn part(label: &'static str, stops: &'static [u32]) -> SliderSpec {
    SliderSpec {
        label,
        stops,
        short: |n| {
            if n == 0 {
                "none".into()
            } else {
                bytes(n.into())
            }
        },
        aloud: |n| {
            if n == 0 {
                "none".into()
            } else {
                counted(n.into(), "byte", "bytes")
            }
        },
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::flag(
            "sum",
            "The sum",
            ["hidden", "shown"],
            |s| s.shown,
            |s, on| s.shown = on,
        ),
        Field::stops(
            "connections",
            SliderSpec {
                label: "Connections",
                stops: &[
                    100, 1000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
                    10_000_000,
                ],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "connection", "connections"),
            },
            |s| s.connections,
            |s, n| s.connections = n,
        ),
        Field::stops(
            "socket",
            part("Kernel: the socket", &[2_000, 3_500, 5_000]),
            |s| s.socket,
            |s, n| s.socket = n,
        ),
        Field::stops(
            "buffers",
            part(
                "Kernel: full buffers",
                &[0, 2_048, 16_384, 147_456, 1_048_576, 10_485_760],
            ),
            |s| s.buffers,
            |s, n| s.buffers = n,
        ),
        Field::stops(
            "tls",
            part("TLS", &[0, 4_096, 10_000, 38_912]),
            |s| s.tls,
            |s, n| s.tls = n,
        ),
        Field::stops(
            "library",
            part("Library’s buffers", &[512, 4_096, 8_192, 16_384, 131_072]),
            |s| s.library,
            |s, n| s.library = n,
        ),
        Field::stops(
            "windows",
            part(
                "Compression’s windows",
                &[0, 3_072, 39_936, 65_536, 131_072, 262_144, 302_080],
            ),
            |s| s.deflate,
            |s, n| s.deflate = n,
        ),
        Field::stops(
            "state",
            part(
                "Application’s state",
                &[0, 500, 1_000, 2_000, 5_000, 10_000, 100_000],
            ),
            |s| s.app,
            |s, n| s.app = n,
        ),
    ];
}
