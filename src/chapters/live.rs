//! The live wire.

use yew::prelude::*;

use crate::live::Panel;
use crate::ui::Rfc;

/// The page.
#[component]
pub fn Live() -> Html {
    html! {
        <>
            <h1>{ "Live wire" }</h1>
            <p class="lede">
                { "A real WebSocket between your browser and an echo server, with what no browser will show you: every byte that crossed it, as the server’s side of the cable saw them." }
            </p>
            <Panel/>
            <div class="live-three">
                <div>
                    <h2>{ "Where the bytes come from" }</h2>
                    <p>
                        { "A page’s script gets messages, never frames. So the server copies each byte of your connection where it leaves and enters TCP, below HTTP and below its WebSocket library, and sends the copy to this page beside the connection. The page decodes it. Nothing is made up, and only you can read your wire." }
                    </p>
                </div>
                <div>
                    <h2>{ "What to try" }</h2>
                    <p>
                        { "Send the same text twice and compare the keys. Send 2 000 characters with compression on, then off. Wait for a ping: your browser answers it without telling the page. Close with 4000 and a reason, and see both close frames. " }
                        <Rfc section="5"/>
                    </p>
                </div>
                <div>
                    <h2>{ "When the server goes away" }</h2>
                    <p>
                        { "The page connects again by itself, unless you closed or the server said that it would only say the same again. Each wait is random, up to a ceiling that doubles: a thousand pages that lost one server at once should not come back at once. " }
                        <Rfc section="7.2.3"/>
                    </p>
                </div>
            </div>
        </>
    }
}
