//! Serves Duplex, echoes WebSocket messages, and shows each visitor the bytes of their own connection.
//!
//! [`Server::bind`] and [`Server::run`] are the whole program; `main` adds logs and signals. The modules: [`config`]
//! (flags and limits), [`listen`] (the socket), [`descriptors`], [`admission`] (places for connections),
//! [`client_address`] (whose they are), [`conn`], [`tap_stream`] (the TCP stream that the tap copies from), [`http`] (HTTP on one
//! connection), [`budget`] (memory for messages), [`router`], [`host`] (which names are answered for), [`request_body`], [`wires`] (what joins a connection
//! to its reader), [`handshake`] (judges handshakes), [`echo`], [`lab`] (misbehaves on purpose), [`transports`] (one stream by
//! four of them), [`tap`], [`cost`], [`memory`], [`deflate`] (which offer to accept), [`rooms`], [`site`], [`policy`] (what a
//! browser may do with a page), [`metrics`], [`api_error`] (errors), [`log`].

#![forbid(unsafe_code)]

pub mod admission;
pub mod api_error;
pub mod budget;
pub mod client_address;
pub mod config;
pub mod conn;
pub mod cost;
pub mod deflate;
pub mod descriptors;
pub mod echo;
pub mod handshake;
pub mod host;
pub mod http;
pub mod lab;
pub mod listen;
pub mod log;
pub mod memory;
pub mod metrics;
pub mod policy;
pub mod request_body;
pub mod rooms;
pub mod router;
pub mod site;
pub mod tap;
pub mod tap_stream;
pub mod transports;
pub mod wires;

use std::{
    future::Future,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use config::Config;

use admission::Admission;
use budget::Budget;
use client_address::{Cap, Shares};
use echo::Workshop;
use host::Hosts;
use log::Seldom;
use metrics::Metrics;
use rooms::Rooms;
use site::Site;
use wires::Wires;

/// What the handlers share.
#[derive(Debug)]
pub struct App {
    /// Flags.
    pub config: Config,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Wires that wait.
    pub wires: Wires,
    /// The built site.
    pub site: Site,
    /// Places for connections.
    pub admission: Admission,
    /// The hosts that are answered for.
    pub hosts: Hosts,
    /// Places for connections of the lab.
    pub labs: Arc<Semaphore>,
    /// What each address holds of them.
    pub lab_shares: Shares,
    /// The lab's groups whose server restarts.
    pub restart_groups: Arc<lab::groups::Groups>,
    /// The streams that are read by several transports.
    pub runs: transports::runs::Runs,
    /// Places for WebSockets with many streams.
    pub streams: Arc<Semaphore>,
    /// What each address holds of them.
    pub stream_shares: Shares,
    /// The rooms.
    pub rooms: Arc<Rooms>,
    /// The messages of all WebSockets together.
    pub message_memory: Arc<Budget>,
    /// Where work is done.
    pub workshop: Workshop,
    /// Cancelled when the server begins to stop.
    pub shutdown: CancellationToken,
    /// Knows every WebSocket session and every connection that is being closed.
    pub tracker: TaskTracker,
}

impl App {
    /// Returns when the server stops and no WebSocket is left, so that nothing more can come on any tap.
    pub async fn nothing_left(&self) {
        self.shutdown.cancelled().await;
        self.tracker.wait().await;
    }
}

/// A server that listens, and doesn't answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    /// Where only `/metrics` and `/healthz` are.
    metrics: Option<(TcpListener, SocketAddr)>,
    app: Arc<App>,
}

impl Server {
    /// Takes the addresses to listen on.
    ///
    /// # Errors
    ///
    /// A sentence for a person, which names the flag to change.
    pub async fn bind(config: Config) -> Result<Self, String> {
        let bound = |listener: TcpListener| {
            let address = listener.local_addr();
            let address = address.map_err(|error| format!("can't listen: {error}"))?;
            Ok::<_, String>((listener, address))
        };
        let buffer = Some(config.socket_buffer);
        let (listener, address) = bound(listen::listen(config.listen, "--listen", buffer)?)?;
        let metrics_listener = config
            .metrics_listen
            .map(|address| bound(listen::listen(address, "--metrics-listen", buffer)?))
            .transpose()?;
        let places = descriptors::make_room(config.max_connections);
        let metrics = Arc::new(Metrics::new());
        let app = App {
            wires: Wires::new(&config, Arc::clone(&metrics)),
            site: Site::new(config.site.clone()),
            admission: Admission::new(&config, places),
            hosts: Hosts::new(&config, address),
            labs: Arc::new(Semaphore::new(config.max_labs)),
            lab_shares: Shares::new(Cap::new(config.max_labs_per_address, config.max_labs)),
            restart_groups: lab::groups::Groups::new(
                config.max_labs,
                Cap::new(config.max_labs_per_address, config.max_labs),
                config.lab_memory,
            ),
            runs: transports::runs::Runs::new(
                config.max_runs,
                Cap::new(config.max_runs_per_address, config.max_runs),
                config.run_memory,
            ),
            streams: Arc::new(Semaphore::new(config.max_streams)),
            stream_shares: Shares::new(Cap::new(
                config.max_streams_per_address,
                config.max_streams,
            )),
            rooms: Rooms::new(&config, Arc::clone(&metrics)),
            message_memory: Budget::new(config.message_memory, metrics.memory_cuts.clone()),
            workshop: Workshop::new(),
            shutdown: CancellationToken::new(),
            tracker: TaskTracker::new(),
            metrics,
            config,
        };
        Ok(Self {
            listener,
            address,
            metrics: metrics_listener,
            app: Arc::new(app),
        })
    }

    /// Where the server listens; with the port that was chosen when `--listen` said 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where `/metrics` is, when `--metrics-listen` moved it.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|(_, address)| *address)
    }

    /// Serves until `stop` is ready; then closes every WebSocket with 1001, lets requests in progress finish, and
    /// returns when all is closed or `--grace-time` is over.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, app, .. } = self;
        if let Err(what) = site::check(&app.config.site).await {
            tracing::warn!(
                "{what}: run `cargo xtask build`, or name a built site with --site; serving without it"
            );
        }
        if let Some((listener, address)) = self.metrics {
            tracing::info!("metrics at http://{address}/metrics");
            tokio::spawn(http::serve_metrics(Arc::clone(&app), listener));
        }
        let backbone = tokio::spawn(rooms::backbone::run(Arc::clone(&app)));
        let router = router::router(Arc::clone(&app));
        let connections = TaskTracker::new();
        let mut sweep = tokio::time::interval(Duration::from_secs(1));
        let mut failures = Seldom::default();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = sweep.tick() => {
                    app.wires.sweep();
                    app.restart_groups.sweep(Instant::now());
                    app.runs.sweep(Instant::now());
                    app.rooms.sweep(Instant::now());
                }
                accepted = listener.accept() => match accepted {
                    Ok((tcp, peer)) => {
                        let place = app.admission.admit(&app.config, peer);
                        connections.spawn(http::serve(Arc::clone(&app), router.clone(), tcp, peer, place));
                    }
                    Err(error) => {
                        if let Some(skipped) = failures.now() {
                            tracing::warn!(%error, skipped, "a connection could not be accepted");
                        }
                        // Out of file descriptors, most likely: they come back when connections end.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
            }
        }
        drop(listener);
        app.shutdown.cancel();
        tracing::info!(
            websockets = app.metrics.websocket_connections.get(),
            "stopping"
        );
        app.tracker.close();
        connections.close();
        let all_closed = async {
            connections.wait().await;
            app.tracker.wait().await;
            // Only the end of the runtime, or a panic.
            let _ = backbone.await;
        };
        match tokio::time::timeout(app.config.grace_time, all_closed).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!(
                left = app.metrics.tcp_connections.get(),
                "stopped; some connections were cut"
            ),
        }
    }
}
