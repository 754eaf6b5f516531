//! Builds the server and runs it, with the site built for release or, in `dev`, with Trunk beside it.

use crate::failure::{Context, Failure, Result};
use crate::process::{self, Running};
use crate::redis::Redis;
use crate::timings::timed;
use crate::tools::{self, Found};
use crate::{paths, site, ui};
use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Where the site is served unless told otherwise.
pub const LISTEN: &str = "127.0.0.1:8080";
/// Where Trunk serves the page in `dev` unless told otherwise.
pub const DEV_PORT: u16 = 8081;

/// What `serve` was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The address to listen on.
    pub listen: String,
    /// Whether to open a browser.
    pub open: bool,
    /// Whether two servers share their rooms.
    pub two: bool,
    /// A built site to serve instead of ours.
    pub site: Option<PathBuf>,
    /// More for the server.
    pub rest: Vec<OsString>,
}

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// To be run.
    Server,
    /// To be changed.
    Dev,
}

/// Brings the server up to date and says where it is.
pub fn build_server(profile: Profile) -> Result<PathBuf> {
    let (name, folder, first) = match profile {
        Profile::Server => (
            "server",
            "server",
            "about 2 minutes the first time, on two cores",
        ),
        Profile::Dev => (
            "dev",
            "debug",
            "about 1 minute the first time, on two cores",
        ),
    };
    timed(
        &format!("build-server-{name}"),
        "Building the server",
        first,
        || {
            let mut build = process::cargo();
            build
                .args(["build", "--profile", name, "--package", "duplex-server"])
                .current_dir(paths::root());
            process::run(&mut build).map_err(|failure| match process::interrupted() {
                Some(_) => failure,
                None => failure.advise("The server could not be compiled; cargo says why above."),
            })
        },
    )?;
    let file = format!("duplex-server{}", std::env::consts::EXE_SUFFIX);
    let program = paths::target()?.join(folder).join(file);
    if program.is_file() {
        return Ok(program);
    }
    Err(Failure::new(format!(
        "The server was built, but is not where it should be: {}",
        program.display()
    ))
    .advise("If a cargo configuration sets build.target, unset it for this command."))
}

/// `cargo xtask serve`.
pub fn serve(options: &Options) -> Result {
    let address = address(&options.listen)?;
    // Before the long build, rather than after it.
    free(address)?;
    let second = options.two.then(|| next(address)).transpose()?;
    if let Some(second) = second {
        free(second)?;
    }
    let site = match &options.site {
        Some(folder) => given_site(folder)?,
        None => {
            site::build(false)?;
            paths::dist()
        }
    };
    let program = build_server(Profile::Server)?;
    free(address)?;
    let mut command = server(&program, address, &site);
    command.args(&options.rest);
    if let Some(second) = second {
        return serve_two(
            options,
            [address, second],
            command,
            server(&program, second, &site),
        );
    }
    let mut running = Running::start(&mut command)?;
    if wait_until_up(&mut running, address)? {
        let url = url(address);
        ui::say(ui::bold(&format!("→ Duplex is at {url} (Ctrl-C ends it)")));
        if options.open {
            open_browser(&url);
        }
    }
    let status = running.wait()?;
    if status.success() || process::interrupted().is_some() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "The server ended with {}.",
        process::ending(status)
    )))
}

/// The address after this one, for a second server.
fn next(address: SocketAddr) -> Result<SocketAddr> {
    match address.port() {
        0 | u16::MAX => Err(Failure::usage(format!(
            "--two needs a port and the one after it, and --listen says {}.",
            address.port()
        ))),
        port => Ok(SocketAddr::new(address.ip(), port + 1)),
    }
}

/// Two servers that share their rooms, until one of them ends.
fn serve_two(
    options: &Options,
    addresses: [SocketAddr; 2],
    mut one: Command,
    mut two: Command,
) -> Result {
    let redis = Redis::start()?;
    two.args(&options.rest);
    for (command, name, other) in [(&mut one, "a", addresses[1]), (&mut two, "b", addresses[0])] {
        let port = other.port();
        command
            .args(["--server-name", name])
            .args(["--backbone", &format!("redis://{}", redis.address)])
            .args(["--room-peer", &format!("ws://{}", reachable(other))])
            .args(["--allow-origin", &url(other)])
            .args(["--allow-origin", &format!("http://localhost:{port}")]);
    }
    let mut running = [Running::start(&mut one)?, Running::start(&mut two)?];
    let mut up = true;
    for (server, address) in running.iter_mut().zip(addresses) {
        up &= wait_until_up(server, address)?;
    }
    if up {
        let urls = addresses.map(url);
        ui::say(ui::bold(&format!(
            "→ Duplex is at {} and, with the same rooms, at {} (Ctrl-C ends both)",
            urls[0], urls[1]
        )));
        ui::say(format!(
            "  Redis is at {}; end that, and each server goes on for its own members.",
            redis.address
        ));
        if options.open {
            open_browser(&urls[0]);
        }
    }
    let status = 'ended: loop {
        for server in &mut running {
            if let Some(status) = server.ended()? {
                break 'ended status;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    for server in &mut running {
        server.stop()?;
    }
    drop(redis);
    if status.success() || process::interrupted().is_some() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "A server ended with {}.",
        process::ending(status)
    )))
}

fn server(program: &Path, address: SocketAddr, site: &Path) -> Command {
    let mut command = process::command(program);
    command
        .arg("--listen")
        .arg(address.to_string())
        .arg("--site")
        .arg(site)
        .current_dir(paths::root());
    command
}

fn given_site(folder: &Path) -> Result<PathBuf> {
    let folder =
        std::path::absolute(folder).context(|| format!("Not a folder: {}", folder.display()))?;
    if folder.join("index.html").is_file() {
        return Ok(folder);
    }
    Err(Failure::new(format!(
        "There is no built site in {} (no index.html). Leave out --site to build one.",
        folder.display()
    )))
}

/// Understands `127.0.0.1:9000`, `localhost:9000`, `[::1]:9000`, `:9000` and `9000`.
fn address(text: &str) -> Result<SocketAddr> {
    let local = |port: &str| {
        port.parse()
            .ok()
            .map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
    };
    if let Some(address) = local(text.strip_prefix(':').unwrap_or(text)) {
        return Ok(address);
    }
    let mut found = text.to_socket_addrs().map_err(|error| {
        Failure::usage(format!("--listen {text}: {error}"))
            .advise("Give an address and a port, as in --listen 127.0.0.1:9000.")
    })?;
    found
        .next()
        .ok_or_else(|| Failure::usage(format!("--listen {text}: no such address")))
}

/// Fails if something else listens on `address`.
fn free(address: SocketAddr) -> Result {
    use std::io::ErrorKind::{AddrInUse, AddrNotAvailable, PermissionDenied};
    let Err(error) = TcpListener::bind(address) else {
        return Ok(());
    };
    let other = match address.port() {
        0..1024 => 8080,
        port => port.checked_add(1000).unwrap_or(8081),
    };
    let example = SocketAddr::new(address.ip(), other);
    let failure = match error.kind() {
        AddrInUse => Failure::new(format!(
            "Port {} is busy: something is listening on {address} already.",
            address.port()
        ))
        .advise(format!(
            "End that (perhaps another `cargo xtask serve`), or choose another port with --listen {example}."
        )),
        PermissionDenied => Failure::new(format!("Listening on {address} is not allowed here."))
            .advise(format!("Choose another port with --listen {example}.")),
        AddrNotAvailable => Failure::new(format!("{} is no address of this machine.", address.ip()))
            .advise(format!("Choose another with --listen, for example --listen {LISTEN}.")),
        _ => Failure::new(format!("Cannot listen on {address}: {error}"))
            .advise("Choose another address with --listen."),
    };
    Err(failure)
}

/// Waits until something answers at `address`. False if the server ended first or does not say where it listens.
fn wait_until_up(running: &mut Running, address: SocketAddr) -> Result<bool> {
    if address.port() == 0 {
        return Ok(false);
    }
    let begun = Instant::now();
    let target = reachable(address);
    while begun.elapsed() < Duration::from_secs(30) {
        if running.ended()?.is_some() {
            return Ok(false);
        }
        if TcpStream::connect_timeout(&target, Duration::from_millis(250)).is_ok() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    Ok(false)
}

/// "Any address" is one to listen on, not one to connect to.
fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    match address {
        SocketAddr::V4(_) => SocketAddr::from(([127, 0, 0, 1], address.port())),
        SocketAddr::V6(_) => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], address.port())),
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// Opens a page in the person's browser. It is a convenience, so failing is only worth a line.
fn open_browser(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = process::command(program);
    command
        .args(arguments)
        .arg(url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let opened = command.spawn().map(|mut opener| {
        // It ends at once on most systems; on some it is the browser itself.
        std::thread::spawn(move || opener.wait());
    });
    if opened.is_err() {
        ui::say(format!(
            "  No browser could be opened here; open {url} yourself."
        ));
    }
}

/// What `dev` was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub struct DevOptions {
    /// The port of the page with reload.
    pub port: u16,
    /// Whether to open a browser.
    pub open: bool,
    /// More for Trunk.
    pub rest: Vec<OsString>,
}

/// Trunk, finding the tools we chose, and not put off by the environment.
fn trunk_command(trunk: &Found, wasm_bindgen: &Found) -> Result<Command> {
    let mut command = process::command(&trunk.program);
    command
        .current_dir(paths::root())
        .env("PATH", process::path_with(&[wasm_bindgen.folder()])?)
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        .env("TRUNK_TOOLS_WASM_BINDGEN", &wasm_bindgen.version)
        // Trunk takes only "true" and "false" here, and refuses to start with the usual "1".
        .env_remove("NO_COLOR")
        .env_remove("RUST_LOG")
        // Its errors are about tools and files, not about its own code.
        .env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// `cargo xtask dev`: Trunk rebuilds and reloads the page at each change; the server runs beside it.
pub fn dev(options: &DevOptions) -> Result {
    let page = SocketAddr::from(([127, 0, 0, 1], options.port));
    let backend = address(LISTEN)?;
    let busy = |advice: &str| {
        let advice = advice.to_owned();
        move |_| Failure::new(advice)
    };
    free(page).map_err(busy(&format!(
        "Port {} is busy. Choose another for the page with --port.",
        options.port
    )))?;
    free(backend).map_err(busy(&format!(
        "Port {} is busy, and the server has to be there for Trunk to find it (see Trunk.toml). \
         End what is there, perhaps `cargo xtask serve`.",
        backend.port()
    )))?;

    tools::get_wasm_target()?;
    let (trunk, wasm_bindgen) = (tools::trunk().get()?, tools::wasm_bindgen()?.get()?);
    site::fetch()?;
    let program = build_server(Profile::Dev)?;
    // Not dist: that holds the release build.
    let site = paths::target()?.join("dev-site");
    std::fs::create_dir_all(&site).context(|| format!("Cannot create {}", site.display()))?;

    let mut command = trunk_command(&trunk, &wasm_bindgen)?;
    command
        .args(["serve", "--port", &options.port.to_string(), "--dist"])
        .arg(&site)
        .args(&options.rest);
    let mut trunk = Running::start(&mut command)?;
    ui::say(ui::bold(&format!(
        "→ {} has the page and reloads it at each change; {} has the same page and the real bytes on the live wire.",
        url(page),
        url(backend)
    )));
    ui::say("  A change of the server needs a new start. Ctrl-C ends both.");

    let mut server_running: Option<Running> = None;
    let mut opened = !options.open;
    loop {
        if let Some(status) = trunk.ended()? {
            return ended("Trunk", status);
        }
        match &mut server_running {
            Some(running) => {
                if let Some(status) = running.ended()? {
                    return ended("The server", status);
                }
            }
            // The server has something to serve once Trunk has built it.
            None if site.join("index.html").is_file() => {
                let mut server = server(&program, backend, &site);
                // Trunk's proxy replaces Host, so that to the server its page comes from elsewhere.
                for host in ["127.0.0.1", "localhost"] {
                    server.args(["--allow-origin", &format!("http://{host}:{}", options.port)]);
                }
                server_running = Some(Running::start(&mut server)?);
            }
            None => {}
        }
        if !opened && TcpStream::connect_timeout(&page, Duration::from_millis(100)).is_ok() {
            opened = true;
            open_browser(&url(page));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// One of the two has ended; returning ends the other.
fn ended(who: &str, status: std::process::ExitStatus) -> Result {
    if process::interrupted().is_some() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{who} ended with {}.",
        process::ending(status)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_be_short() {
        let same = |text: &str, full: &str| {
            assert_eq!(address(text).unwrap().to_string(), full, "{text}");
        };
        same("127.0.0.1:8080", "127.0.0.1:8080");
        same("9000", "127.0.0.1:9000");
        same(":9000", "127.0.0.1:9000");
        same("[::1]:9000", "[::1]:9000");
        for wrong in ["", "127.0.0.1", "99999", "a b"] {
            let failure = address(wrong).unwrap_err();
            assert_eq!(failure.code, 2);
            assert!(failure.message.contains("--listen"), "{wrong}: {failure}");
        }
    }

    #[test]
    fn the_url_is_one_to_click_on() {
        assert_eq!(url(address("0.0.0.0:80").unwrap()), "http://127.0.0.1:80");
        assert_eq!(url(address("[::]:8080").unwrap()), "http://[::1]:8080");
    }

    #[test]
    fn a_busy_port_is_named_with_the_way_out() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let message = free(address).unwrap_err().message;
        assert!(message.contains(&address.port().to_string()), "{message}");
        assert!(message.contains("--listen"), "{message}");
        drop(listener);
        free(address).unwrap();
    }
}
