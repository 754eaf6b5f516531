//! Who is let in: places for connections, each address's share of them, and what is told to the rest.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderValue, StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{
    api_error::ApiError,
    client_address::{Cap, ClientAddress, Share, Shares},
    config::Config,
};

/// Connections beyond the limits that are there at once, to be told so. Who comes then takes the place of the oldest, so
/// that a client that says something is always heard.
pub const REFUSALS: usize = 32;
/// Time for such a connection to say what it wants.
pub const REFUSAL_TIME: Duration = Duration::from_secs(1);

/// Why a connection is told no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server has no place left; it has this many.
    Full(usize),
    /// The client's address holds as many as it may, this many.
    Address(usize),
}

impl Refusal {
    /// The answer to every request of such a connection but those for `/healthz` and `/metrics`.
    pub fn answer(self) -> ApiError {
        match self {
            Self::Full(most) => ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("this server holds {most} connections, as many as it may"),
                "try again in a while; whoever runs the server can raise --max-connections",
            ),
            Self::Address(most) => ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("your address holds {most} connections to this server, as many as it may"),
                "close some, or try again in a while; whoever runs the server can raise --max-connections-per-address",
            ),
        }
        .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
    }
}

/// The places for connections.
#[derive(Debug)]
pub struct Admission {
    free: Arc<Semaphore>,
    places: usize,
    shares: Shares,
    refused: Mutex<VecDeque<CancellationToken>>,
}

/// What a connection holds for as long as it lives.
#[derive(Debug)]
pub enum Place {
    /// A place of its own, and where the client's address is known, a part of that one's share.
    Served(OwnedSemaphorePermit, Option<Share>),
    /// None. The token is cancelled when others need to be told.
    Refused(Refusal, CancellationToken),
}

impl Admission {
    /// All `places` are free.
    pub fn new(config: &Config, places: usize) -> Self {
        let cap = Cap::new(config.max_connections_per_address, config.max_connections);
        Self {
            free: Arc::new(Semaphore::new(places)),
            places,
            shares: Shares::new(cap),
            refused: Mutex::default(),
        }
    }

    /// A place for a connection from `peer`. A trusted proxy brings many clients, and is not counted as one.
    pub fn admit(&self, config: &Config, peer: SocketAddr) -> Place {
        let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() else {
            return self.refuse(Refusal::Full(self.places));
        };
        let is_proxy = |proxy: &crate::client_address::TrustedProxy| proxy.has(peer.ip());
        if config.trusted_proxies.iter().any(is_proxy) {
            return Place::Served(permit, None);
        }
        match self.share(ClientAddress::of(peer.ip())) {
            Ok(share) => Place::Served(permit, Some(share)),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// A part of a client's share of the connections.
    ///
    /// # Errors
    ///
    /// When there is none left.
    pub fn share(&self, client: ClientAddress) -> Result<Share, Refusal> {
        self.shares
            .take(client)
            .ok_or(Refusal::Address(self.shares.most()))
    }

    fn refuse(&self, refusal: Refusal) -> Place {
        let token = CancellationToken::new();
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.push_back(token.clone());
        if refused.len() > REFUSALS {
            // Perhaps of one that was told long ago.
            if let Some(oldest) = refused.pop_front() {
                oldest.cancel();
            }
        }
        Place::Refused(refusal, token)
    }
}
