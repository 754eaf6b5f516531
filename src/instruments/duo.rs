//! The same news by mail and by walkie-talkie.

use yew::prelude::*;

/// What both lines carry.
const NEWS: &str = "Hello";

/// The instrument: what the same word costs on both lines, computed from the bytes that each needs.
#[component]
pub fn Duo() -> Html {
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
