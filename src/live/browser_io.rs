//! What is held of the browser: sockets that close when they are let go, the clock, the one request.

use gloo::events::EventListener;
use protocol::{NewWire, TapEvent, paths};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::api::{self, NoWire};
use super::endpoint_url::Site;

/// A WebSocket.
pub struct Socket {
    /// The browser's.
    pub ws: web_sys::WebSocket,
    /// What is listened to, as long as it is held.
    pub _listeners: Vec<EventListener>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Without arguments there is nothing to refuse.
        let _ = self.ws.close();
    }
}

/// A tap.
pub struct Tap {
    source: web_sys::EventSource,
    _listeners: Vec<EventListener>,
}

/// What a tap tells.
pub enum TapMessage {
    /// An event.
    Event(TapEvent),
    /// Nothing more; why, in a sentence.
    Lost(String),
}

impl Tap {
    /// Listens to a tap, as long as it is held.
    ///
    /// # Errors
    /// Says what the browser said.
    pub fn open(path: &str, heard: impl Fn(TapMessage) + Clone + 'static) -> Result<Tap, String> {
        let source = web_sys::EventSource::new(path)
            .map_err(|error| format!("The tap could not be opened: {}.", said(&error)))?;
        let mut listeners: Vec<EventListener> = TapEvent::NAMES
            .iter()
            .map(|name| {
                let heard = heard.clone();
                EventListener::new(&source, *name, move |event| {
                    let data = event
                        .dyn_ref::<web_sys::MessageEvent>()
                        .and_then(|event| event.data().as_string())
                        .unwrap_or_default();
                    heard(match api::tap_event(name, &data) {
                        Ok(event) => TapMessage::Event(event),
                        Err(why) => TapMessage::Lost(format!(
                            "The tap is left: {why}. What follows on this connection is not shown."
                        )),
                    });
                })
            })
            .collect();
        listeners.push(EventListener::new(&source, "error", move |_| {
            heard(TapMessage::Lost(
                "The tap broke off: the server is gone, or the way to it.".into(),
            ));
        }));
        Ok(Tap {
            source,
            _listeners: listeners,
        })
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // Otherwise it would connect again by itself.
        self.source.close();
    }
}

/// Where the page came from.
pub fn site() -> Site {
    let location = gloo::utils::window().location();
    Site {
        secure: location.protocol().as_deref() == Ok("https:"),
        host: location.host().unwrap_or_default(),
    }
}

/// The page's clock, in milliseconds.
pub fn now() -> f64 {
    gloo::utils::window()
        .performance()
        .map_or(0.0, |clock| clock.now())
}

/// What the browser said of an error.
pub fn said(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| {
            js_sys::Reflect::get(error, &"message".into())
                .ok()
                .and_then(|message| message.as_string())
        })
        .unwrap_or_else(|| "it gave no reason".into())
}

/// Asks the server for a wire.
pub async fn post_wires() -> Result<NewWire, NoWire> {
    let unreachable = |_| NoWire::Unreachable;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    let fetch = gloo::utils::window().fetch_with_str_and_init(paths::WIRES, &init);
    let response = JsFuture::from(fetch).await.map_err(unreachable)?;
    let response: web_sys::Response = response.dyn_into().map_err(unreachable)?;
    let body = response.text().map_err(unreachable)?;
    let body = JsFuture::from(body).await.map_err(unreachable)?;
    api::wire(response.status(), &body.as_string().unwrap_or_default())
}

/// Makes a request, and gives the status and body of its answer.
///
/// # Errors
/// A sentence, where nothing answered.
pub async fn ask(
    method: &str,
    path: &str,
    body: Option<&str>,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<(u16, String), String> {
    let none = |_| "The server does not answer.".to_owned();
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_signal(signal);
    if let Some(body) = body {
        init.set_body(&body.into());
        let headers = web_sys::Headers::new().map_err(none)?;
        headers
            .set("Content-Type", "application/json")
            .map_err(none)?;
        init.set_headers(&headers);
    }
    let fetch = gloo::utils::window().fetch_with_str_and_init(path, &init);
    let response: web_sys::Response = JsFuture::from(fetch)
        .await
        .map_err(none)?
        .dyn_into()
        .map_err(none)?;
    let text = JsFuture::from(response.text().map_err(none)?).await;
    let text = text.map_err(none)?.as_string().unwrap_or_default();
    Ok((response.status(), text))
}
