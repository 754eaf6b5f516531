//! Where the server answers.

/// `POST` here makes a wire; the answer is a [`NewWire`](crate::NewWire).
pub const WIRES: &str = "/api/wires";
/// A WebSocket that echoes. `?wire=ID` has its bytes copied to that wire's tap.
pub const ECHO: &str = "/echo";
/// `/tap/ID` tells one connection's bytes as server-sent events, each a [`TapEvent`](crate::TapEvent).
pub const TAP: &str = "/tap";
/// The list of the faults; `/lab/NAME` is a WebSocket with that fault.
pub const LAB: &str = "/lab";
/// `POST /api/cost/NAME` takes a body, `GET` of the same path tells its [`ExchangeCost`](crate::ExchangeCost).
pub const COST: &str = "/api/cost";
/// `/lab/restart?group=ID` is a WebSocket of a group whose server restarts when a member says so: a
/// [`RestartRequest`](crate::RestartRequest).
pub const RESTART: &str = "/lab/restart";
/// `GET` here tells what connections take: a [`MemoryUse`](crate::MemoryUse).
pub const MEMORY: &str = "/api/memory";
/// `/rooms/NAME` is a WebSocket in a room: [`RoomNews`](crate::RoomNews).
pub const ROOMS: &str = "/rooms";
/// One stream by four transports: `POST /transports/runs` makes one, see [`transports`](crate::transports).
pub const TRANSPORTS: &str = "/transports";
/// Many streams over one WebSocket: [`StreamsRequest`](crate::transports::StreamsRequest).
pub const STREAMS: &str = "/transports/streams";
