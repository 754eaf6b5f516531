//! Three applications, as far as the text describes them.

use super::{Origin, Params, Policy};
use crate::{MINUTE, Micros, SECOND};
use serde::{Deserialize, Serialize};

/// An application. Where a figure is not given by the text that this site explains, it is assumed, and said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// A chat of a company.
    ///
    /// - Heartbeats every 30 s: as reported of Slack.
    /// - That typing and presence events exist and are frequent: as reported of Slack. How frequent: 3 and 0.2 in a
    ///   minute are assumed.
    /// - Rooms of 50, 1 message in a minute, frames of 300 bytes, 10,000 users on 4 servers: assumed.
    /// - A frame takes 20 µs of a server; a hop takes 1 ms and another on average, the network 15 ms and 8 ms more on average
    ///   each way; 5 of 1,000 clients are slow, at 10 frames a second, and are disconnected at 100: assumed, and such that 99 %
    ///   of the deliveries take less than 100 ms, as reported of Slack.
    Chat,
    /// Prices and trades.
    ///
    /// - Frames of 100–500 bytes: as reported of Binance; 300 here.
    /// - 10–100 updates a second for each symbol: as reported of Binance; 20 here.
    /// - 20 symbols with 500 subscribers each on 4 servers: assumed; as reported, Binance has over a million connections,
    ///   and one of them carries several symbols.
    /// - Heartbeats every 20 s; 10 µs for a frame; a hop of 0.5 ms and as much again on average, the network 10 ms and 10 ms
    ///   more on average; 2 % of the clients are slow, at 10 frames a second, with 10 waiting and conflation: assumed.
    MarketData,
    /// Several people in one document.
    ///
    /// - Small binary frames, operations, cursors and presence over the same connection: as reported of Figma. How small:
    ///   80 bytes are assumed.
    /// - Rooms of 5, one operation a second and ten cursor positions a second from each, 2,000 users on 4 servers: assumed.
    /// - Heartbeats, hop, network and what a frame takes as in a chat; 1 % of the clients are slow, at 20 frames a second, and
    ///   are disconnected at 200: assumed.
    CollaborativeEditing,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 3] = [
        Preset::Chat,
        Preset::MarketData,
        Preset::CollaborativeEditing,
    ];

    /// Its parameters, without a fault.
    pub fn params(self) -> Params {
        const MS: Micros = 1_000;
        let chat = Params {
            users: 10_000,
            servers: 4,
            room: 50,
            origin: Origin::Members,
            messages_per_minute: 1.0,
            typing_per_minute: 3.0,
            presence_per_minute: 0.2,
            heartbeat: 30 * SECOND,
            frame: 300,
            service: 20,
            hop: MS,
            hop_jitter: MS,
            network: 15 * MS,
            network_jitter: 8 * MS,
            slow_permille: 5,
            drain: 100 * MS,
            queue: 100,
            policy: Policy::Disconnect,
            ramp: 0,
            backoff: 5 * SECOND,
            fault: None,
            duration: MINUTE,
            seed: 1,
        };
        match self {
            Preset::Chat => chat,
            Preset::MarketData => Params {
                room: 500,
                origin: Origin::Feed,
                messages_per_minute: 1_200.0,
                typing_per_minute: 0.0,
                presence_per_minute: 0.0,
                heartbeat: 20 * SECOND,
                service: 10,
                hop: MS / 2,
                hop_jitter: MS / 2,
                network: 10 * MS,
                network_jitter: 10 * MS,
                slow_permille: 20,
                queue: 10,
                policy: Policy::Conflate,
                duration: 20 * SECOND,
                ..chat
            },
            Preset::CollaborativeEditing => Params {
                users: 2_000,
                room: 5,
                messages_per_minute: 60.0,
                typing_per_minute: 0.0,
                presence_per_minute: 600.0,
                frame: 80,
                slow_permille: 10,
                drain: 50 * MS,
                queue: 200,
                duration: 30 * SECOND,
                ..chat
            },
        }
    }
}
