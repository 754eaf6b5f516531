//! What the same payload costs as an HTTP request: not reckoned, but sent and counted.

use std::rc::Rc;

use protocol::{
    ErrorBody, ExchangeCost,
    cost::{MAX_BODY, NAME_BYTES},
    paths,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RequestInit, Response};
use yew::prelude::*;

use super::sequence::FrameSequence;
use crate::kit::number::{counted, grouped, hex};

/// The largest payload that is sent to be measured, in bytes.
const MOST: usize = MAX_BODY as usize;

/// How many times as much as a frame of so many bytes, with one digit behind the point where that says something.
pub fn times(cost: &ExchangeCost, frame: u64) -> String {
    let times = cost.bytes() as f64 / frame.max(1) as f64;
    if times >= 10.0 {
        grouped(times.round() as u64)
    } else {
        format!("{times:.1}")
    }
}

#[derive(Clone, PartialEq)]
enum State {
    Asking,
    Done(ExchangeCost),
    Failed(String),
}

/// Properties of [`HttpComparison`].
#[derive(Properties, PartialEq)]
pub struct HttpComparisonProps {
    /// The frames.
    pub sequence: Rc<FrameSequence>,
    /// The one that is measured, from 0.
    pub number: usize,
    /// How many times the reader has asked for it: at least once.
    pub presses: u32,
}

/// What was measured.
#[component]
pub fn HttpComparison(props: &HttpComparisonProps) -> Html {
    let state = use_state(|| State::Asking);
    let HttpComparisonProps {
        sequence,
        number,
        presses,
    } = props;
    {
        let (state, sequence, number) = (state.setter(), sequence.clone(), *number);
        // Only the last answer counts.
        let round = use_mut_ref(|| 0u32);
        use_effect_with(*presses, move |_| {
            *round.borrow_mut() += 1;
            let now = *round.borrow();
            let payload = match payload(&sequence, number) {
                Ok(payload) => payload,
                Err(why) => {
                    state.set(State::Failed(why.to_owned()));
                    return;
                }
            };
            state.set(State::Asking);
            spawn_local(async move {
                let measured = post(&payload).await;
                if *round.borrow() == now {
                    state.set(match measured {
                        Ok(measured) => State::Done(measured),
                        Err(why) => State::Failed(why),
                    });
                }
            });
        });
    }
    match &*state {
        State::Asking => html! { <p class="frame-inspector__note">{ "Measuring." }</p> },
        State::Done(measured) => {
            let frame = sequence
                .whole(*number)
                .map_or(0, |reading| reading.frame.len());
            done(measured, frame as u64)
        }
        State::Failed(why) => html! { <p class="error">{ why }</p> },
    }
}

fn payload(sequence: &FrameSequence, number: usize) -> Result<Vec<u8>, &'static str> {
    let reading = sequence
        .whole(number)
        .ok_or("The frame is cut off: there is no whole payload to send.")?;
    let payload = reading.payload(&sequence.source, MOST + 1);
    if payload.len() > MOST {
        return Err(
            "Payloads over 4 MiB are not sent just to be measured. By then the head hardly counts.",
        );
    }
    Ok(payload)
}

fn done(measured: &ExchangeCost, frame: u64) -> Html {
    let ExchangeCost { request, response } = measured;
    let bytes = |n: u64| counted(n, "byte", "bytes");
    html! {
        <>
            <dl class="facts">
                <dt class="from-client">{ "This frame" }</dt><dd>{ bytes(frame) }</dd>
                <dt class="from-client">{ "HTTP request" }</dt><dd>{ bytes(request.bytes) }</dd>
                <dt class="from-server">{ "HTTP response" }</dt><dd>{ bytes(response.bytes) }</dd>
                <dt>{ "Together" }</dt><dd>{ bytes(measured.bytes()) }{ " " }<em>{ format!("{} × the frame", times(measured, frame)) }</em></dd>
            </dl>
            <details class="frame-inspector__heads">
                <summary>{ "The heads that made it so" }</summary>
                <pre class="http-message" tabindex="0" role="group" aria-label="Head of the request"><span class="from-client">{ request.head.trim_end() }</span></pre>
                <pre class="http-message" tabindex="0" role="group" aria-label="Head of the response"><span class="from-server">{ response.head.trim_end() }</span></pre>
            </details>
            <p class="frame-inspector__note">
                { "Counted by the server where bytes enter and leave TCP. TCP/IP, TLS and the opening of a connection are left out on both sides, and so is the handshake, which a WebSocket pays once." }
            </p>
        </>
    }
}

/// Sends the payload under a name, then asks under the same name what was counted: an answer cannot say how long it is
/// itself.
async fn post(payload: &[u8]) -> Result<ExchangeCost, String> {
    let name = crate::kit::browser::random::<NAME_BYTES>()
        .map(|bytes| hex(&bytes))
        .ok_or("This browser gives no random numbers, so the request has no name to ask for.")?;
    let path = format!("{}/{name}", paths::COST);
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&js_sys::Uint8Array::from(payload));
    let (status, body) = fetch(&path, &init).await?;
    if status != 204 {
        return Err(refused(status, &body));
    }
    let init = RequestInit::new();
    init.set_method("GET");
    let (status, body) = fetch(&path, &init).await?;
    match serde_json::from_str(&body) {
        Ok(measured) if status == 200 => Ok(measured),
        _ => Err(refused(status, &body)),
    }
}

async fn fetch(path: &str, init: &RequestInit) -> Result<(u16, String), String> {
    let gone = |_: JsValue| {
        "The server does not answer. This is measured by really sending it, so it needs one."
            .to_owned()
    };
    let response = JsFuture::from(gloo::utils::window().fetch_with_str_and_init(path, init))
        .await
        .map_err(gone)?;
    let response: Response = response.dyn_into().map_err(gone)?;
    let body = JsFuture::from(response.text().map_err(gone)?)
        .await
        .map_err(gone)?;
    Ok((response.status(), body.as_string().unwrap_or_default()))
}

fn refused(status: u16, body: &str) -> String {
    match serde_json::from_str::<ErrorBody>(body) {
        Ok(ErrorBody { error, what_to_do }) => {
            format!(
                "The server did not measure it (status {status}): {error}. What to do: {what_to_do}."
            )
        }
        Err(_) => format!(
            "This site has no server behind it that measures (status {status}). Run duplex-server, and open the page from there."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_answer_is_read() {
        let body = r#"{"request":{"bytes":600,"head":"POST / HTTP/1.1\r\n\r\n"},"response":{"bytes":60,"head":"HTTP/1.1 204 No Content\r\n\r\n"}}"#;
        let measured: ExchangeCost = serde_json::from_str(body).unwrap();
        assert_eq!(measured.bytes(), 660);
        assert_eq!(times(&measured, 11), "60");
        assert_eq!(times(&measured, 600), "1.1");
        assert_eq!(times(&measured, 0), "660");
    }

    #[test]
    fn a_site_without_a_server_is_told_from_one_that_refuses() {
        assert!(refused(404, "<html>").contains("no server behind it"));
        let said = refused(413, r#"{"error":"too much","what_to_do":"send less"}"#);
        assert!(said.contains("413") && said.contains("too much") && said.contains("send less"));
    }

    #[test]
    fn only_a_whole_frame_has_a_cost() {
        let sequence = FrameSequence::new(super::super::model::Source {
            bytes: [0x81, 0x01, 0x61, 0x81, 0x05].into(),
            from: wire::Role::Server,
            deflate: false,
        });
        assert_eq!(payload(&sequence, 0), Ok(b"a".to_vec()));
        assert!(payload(&sequence, 1).is_err());
    }
}
