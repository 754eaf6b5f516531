//! The `duplex-server` binary: flags, logs, signals. Everything else is in the library.

#![forbid(unsafe_code)]

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use duplex_server::{Config, Server, config::LogFormat};
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let config = Config::parse();
    let log = tracing_subscriber::fmt()
        .with_max_level(config.log)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no threads for the server: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(async {
        let server = match Server::bind(config).await {
            Ok(server) => server,
            Err(what) => {
                eprintln!("error: {what}");
                return ExitCode::FAILURE;
            }
        };
        let stop = CancellationToken::new();
        if let Err(error) = stop_on_signals(&stop) {
            eprintln!("error: signals can't be watched: {error}");
            return ExitCode::FAILURE;
        }
        let address = server.address();
        tracing::info!(%address, "serving http://{address}");
        server.run(stop.cancelled_owned()).await;
        ExitCode::SUCCESS
    });
    // Whatever is left after the grace time is not waited for.
    runtime.shutdown_background();
    code
}

/// The first Ctrl-C or SIGTERM stops the server in good order; the second ends the process.
fn stop_on_signals(stop: &CancellationToken) -> std::io::Result<()> {
    let stop = stop.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            for first in [true, false] {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if first {
                    stop.cancel();
                } else {
                    // What a shell reports for a process that Ctrl-C ended.
                    std::process::exit(130);
                }
            }
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    Ok(())
}
