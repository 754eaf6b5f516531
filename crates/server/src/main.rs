//! The `duplex-server` binary: flags, logs, signals. Everything else is in the library.

#![forbid(unsafe_code)]

use std::{io::IsTerminal as _, process::ExitCode, time::Duration};

use clap::Parser as _;
use duplex_server::{Config, Server, config::LogFormat, log::Log};
use tokio_util::sync::CancellationToken;

/// Time to wait for the last lines of the log when the program ends.
const LAST_LINES: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let config = Config::parse();
    // A system that has no thread for the log has none for the server.
    let Ok(log) = Log::to_standard_error(config.log_format) else {
        return ExitCode::FAILURE;
    };
    let lines = tracing_subscriber::fmt()
        .with_max_level(config.log)
        .with_writer(log.clone())
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    let code = match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            log.say(&format!("error: {what}"));
            ExitCode::FAILURE
        }
    };
    log.flush(LAST_LINES);
    code
}

fn run(config: Config) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no threads for the server: {error}"))?;
    let result = runtime.block_on(async {
        let server = Server::bind(config).await?;
        let stop = CancellationToken::new();
        stop_on_signals(&stop).map_err(|error| format!("signals can't be watched: {error}"))?;
        let address = server.address();
        tracing::info!(%address, "serving http://{address}");
        server.run(stop.cancelled_owned()).await;
        Ok(())
    });
    // Whatever is left after the grace time is not waited for.
    runtime.shutdown_background();
    result
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
