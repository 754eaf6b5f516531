//! One instrument alone, for other people's pages.

use yew::prelude::*;
use yew_router::prelude::*;

use super::Instrument;
use super::slot::Slot;

/// The instrument, and a way to the chapter that explains it. The way leads out of the frame it may stand in.
pub fn view(instrument: Instrument) -> Html {
    let entry = instrument.entry();
    html! {
        <div class="embed">
            <h1 class="visually-hidden">{ entry.chapter.title() }</h1>
            <h2 class="visually-hidden">{ entry.title }</h2>
            <Slot {instrument} first={true}/>
            <p class="embed-from">
                { "From " }
                <a href={entry.chapter.to_path()} target="_blank" rel="noopener">
                    { format!("Duplex: {}", entry.chapter.title()) }
                </a>
            </p>
        </div>
    }
}
