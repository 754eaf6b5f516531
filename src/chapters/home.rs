//! The home page: what Duplex is, and the ways on.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::{FramesQuery, Route};

/// The page.
#[component]
pub fn Home() -> Html {
    let hello = FramesQuery {
        hex: Some("818537fa213d7f9f4d5158".to_owned()),
        from: Some("client".to_owned()),
        step: Some("0".to_owned()),
        ..FramesQuery::default()
    };
    let link = |to: Route, class: &'static str, text: &'static str| html! { <Link<Route> {to} classes={class}>{ text }</Link<Route>> };
    html! {
        <>
            <div class="hero">
                <h1>{ "Two ways to talk" }</h1>
                <p class="lede">
                    { "HTTP is mail: a letter, an envelope, a wait, and you must write to learn whether anything is new. \
                       A WebSocket is a walkie-talkie: tune in once, then either side just speaks." }
                </p>
                <p class="lede">
                    { "Duplex shows how the walkie-talkie works, with real ones. Watch the bytes of your own connection, \
                       take a frame apart bit by bit, break it, and see who hangs up." }
                </p>
                <p class="cta">
                    <Link<Route, FramesQuery> to={Route::Frames} query={Some(hello)} classes="btn primary">{ "Take a frame apart" }</Link<Route, FramesQuery>>
                    { link(Route::Live, "btn", "Open the live wire") }
                </p>
            </div>
            { duo() }
            <div class="three">
                <div>
                    <h2>{ link(Route::Frames, "", "Frames") }</h2>
                    <p>{ "Two bytes of header, sometimes more, then the payload. Step through one byte by byte and see what the decoder knows at each." }</p>
                </div>
                <div>
                    <h2>{ link(Route::Live, "", "Live wire") }</h2>
                    <p>{ "A real connection from your browser to this server, with what no browser shows: every byte that crossed it, in both directions." }</p>
                </div>
                <div>
                    <h2>{ link(Route::Quiz, "", "Quiz") }</h2>
                    <p>{ "Three questions that interviews like to ask. Each answer says why, and where it is written." }</p>
                </div>
            </div>
        </>
    }
}

/// The same word on both lines, drawn from the bytes that each needs.
fn duo() -> Html {
    let frame = {
        use wire::frame::{Header, Opcode, encode};
        let mut out = Vec::new();
        encode(
            &Header::new(Opcode::Text, NEWS.len() as u64, None),
            NEWS.as_bytes(),
            &mut out,
        );
        out
    };
    let request = "GET /news HTTP/1.1\r\nHost: example.org\r\n\r\n";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{NEWS}",
        NEWS.len()
    );
    html! {
        <section class="panel duo" aria-label="The same news on both lines">
            <div class="way">
                <div>
                    <h2>{ "The mail carrier" }</h2>
                    <p class="sub">{ "HTTP, when you ask" }</p>
                </div>
                <pre class="letter" tabindex="0" aria-label="HTTP request and response"><span class="from-client">{ request.trim_end() }</span>{ "\n\n" }<span class="from-server">{ &answer }</span></pre>
                <p class="sum"><b>{ request.len() + answer.len() }</b><span>{ format!("bytes for the word “{NEWS}”, with the fewest headers that work; a browser sends many more") }</span></p>
            </div>
            <div class="way">
                <div>
                    <h2>{ "The walkie-talkie" }</h2>
                    <p class="sub">{ "WebSocket, once it is open" }</p>
                </div>
                <pre class="letter" tabindex="0" aria-label="WebSocket frame"><span class="opcode">{ format!("{:02x}", frame[0]) }</span>{ " " }<span class="len">{ format!("{:02x}", frame[1]) }</span>{ " " }<span class="payload">{ NEWS }</span></pre>
                <p class="sum"><b>{ frame.len() }</b><span>{ "bytes for the same word, from the server, unasked" }</span></p>
            </div>
        </section>
    }
}

/// What both lines carry.
const NEWS: &str = "Hello";
