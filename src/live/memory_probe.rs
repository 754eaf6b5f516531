//! What a real connection costs this page's server: its memory before, and with a hundred connections more.

use std::cell::Cell;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, WebSocket};

use super::browser_io;
use super::json::Object;

/// Where the server says what it holds.
const MEMORY: &str = "/api/memory";
/// Connections that are opened.
pub const PROBES: u32 = 100;
/// How long they may take to open, and how long the server may take to settle, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
const SETTLE_MS: u32 = 700;
const STEP_MS: u32 = 50;

/// What the server says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerMemory {
    /// Open WebSockets.
    pub connections: u64,
    /// Memory of the process that is not swapped out, in bytes. `None` where the system does not say.
    pub resident: Option<u64>,
    /// What TCP holds on the whole machine, in bytes. `None` where the system does not say.
    pub kernel: Option<u64>,
}

impl ServerMemory {
    fn read(text: &str) -> Option<ServerMemory> {
        let mut object = Object::read(text)?;
        Some(ServerMemory {
            connections: object.whole("connections")?,
            resident: object.whole("resident_bytes"),
            kernel: object.whole("kernel_socket_bytes"),
        })
    }
}

/// Memory before the connections, and with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Before.
    pub before: ServerMemory,
    /// With [`Measured::opened`] more.
    pub with: ServerMemory,
    /// How many could be opened.
    pub opened: u32,
}

impl Measured {
    /// What one connection more holds in the process, in bytes.
    pub fn resident_each(&self) -> Option<f64> {
        self.each(|memory| memory.resident)
    }

    /// What one connection more holds in the kernel, in bytes.
    pub fn kernel_each(&self) -> Option<f64> {
        self.each(|memory| memory.kernel)
    }

    fn each(&self, of: fn(&ServerMemory) -> Option<u64>) -> Option<f64> {
        let (before, with) = (of(&self.before)?, of(&self.with)?);
        (self.opened > 0).then(|| (with as f64 - before as f64) / f64::from(self.opened))
    }
}

/// Opens a hundred connections to the site's echo, and closes them again. The error is a sentence.
pub async fn measure() -> Result<Measured, String> {
    let before = ask().await?;
    let url = browser_io::site().echo();
    let open = Rc::new(Cell::new(0u32));
    let failed = Rc::new(Cell::new(0u32));
    let mut sockets = Vec::new();
    for _ in 0..PROBES {
        // What cannot be opened counts as failed; the rest goes on.
        match WebSocket::new(&url) {
            Ok(socket) => {
                let count = |counter: &Rc<Cell<u32>>| {
                    let counter = counter.clone();
                    Closure::<dyn Fn()>::new(move || counter.set(counter.get() + 1))
                };
                let (opened, broke) = (count(&open), count(&failed));
                socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
                socket.set_onerror(Some(broke.as_ref().unchecked_ref()));
                sockets.push((socket, opened, broke));
            }
            Err(_) => failed.set(failed.get() + 1),
        }
    }
    let mut waited = 0;
    while open.get() + failed.get() < PROBES && waited < PATIENCE_MS {
        TimeoutFuture::new(STEP_MS).await;
        waited += STEP_MS;
    }
    TimeoutFuture::new(SETTLE_MS).await;
    let with = ask().await;
    for (socket, ..) in &sockets {
        socket.set_onopen(None);
        socket.set_onerror(None);
        // One that never opened has nothing to close.
        let _ = socket.close();
    }
    match open.get() {
        0 => Err("The server took none of the connections.".to_owned()),
        opened => Ok(Measured {
            before,
            with: with?,
            opened,
        }),
    }
}

async fn ask() -> Result<ServerMemory, String> {
    const NONE: &str = "This site has no server behind it that says what it holds.";
    let init = RequestInit::new();
    init.set_method("GET");
    let fetch = gloo::utils::window().fetch_with_str_and_init(MEMORY, &init);
    let response: Response = JsFuture::from(fetch)
        .await
        .map_err(|_| "The server does not answer.")?
        .dyn_into()
        .map_err(|_| NONE)?;
    if !response.ok() {
        return Err(format!(
            "{NONE} ({MEMORY} was answered with {}.)",
            response.status()
        ));
    }
    let text = JsFuture::from(response.text().map_err(|_| NONE)?).await;
    let text = text.map_err(|_| NONE)?.as_string().unwrap_or_default();
    ServerMemory::read(&text).ok_or_else(|| NONE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_read_and_divided() {
        let read = ServerMemory::read;
        let before =
            read(r#"{"connections":2,"resident_bytes":1000000,"kernel_socket_bytes":null}"#);
        let with =
            read(r#"{"connections":102,"resident_bytes":1630000,"kernel_socket_bytes":4096}"#);
        let measured = Measured {
            before: before.unwrap(),
            with: with.unwrap(),
            opened: 100,
        };
        assert_eq!(measured.resident_each(), Some(6300.0));
        assert_eq!(measured.kernel_each(), None);
        assert_eq!(read("{}"), None);
        assert_eq!(read("<!doctype html>"), None);
    }
}
