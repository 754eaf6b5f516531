//! All 256 bytes, and which of them may come next.

use yew::prelude::*;

use super::model::ValidationState;
use super::settings::Settings;

/// The map, sixteen bytes in a row.
pub fn view(settings: &Settings, step: usize, states: &[ValidationState]) -> Html {
    let Some(now) = states.get(step) else {
        return Html::default();
    };
    let over = now.failed.is_some() || now.done;
    // Where it has failed, what would have been right.
    let asked = match (&now.failed, step.checked_sub(1)) {
        (Some(_), Some(before)) => states.get(before).and_then(|s| s.next),
        _ => now.next,
    };
    let coming = match (&now.failed, step.checked_sub(1)) {
        (Some(_), Some(before)) => settings.bytes.get(before),
        _ if over => None,
        _ => settings.bytes.get(step),
    };
    let allows = |byte: u8| asked.is_none_or(|next| next.allows(byte));
    let ranges = match asked {
        None => "00–ff".to_owned(),
        Some(next) => {
            let ranges = next.ranges.iter();
            let ranges: Vec<_> = ranges
                .map(|r| format!("{:02x}–{:02x}", r.start(), r.end()))
                .collect();
            ranges.join(", ")
        }
    };
    let title = match (&now.failed, now.done) {
        (Some(_), _) => "What could have come",
        (None, true) => "Nothing more comes",
        _ => "What may come next",
    };
    let verdict = coming.map(|byte| {
        let word = if allows(*byte) {
            "fits"
        } else {
            "does not fit"
        };
        let verb = if over { "came" } else { "comes" };
        format!("{byte:02x} {verb}: it {word}.")
    });
    let cells = (0..=255u8).map(|byte| {
        let class = classes!(
            "utf8-validation__cell",
            kind(byte),
            (allows(byte) && !(over && now.failed.is_none()))
                .then_some("utf8-validation__cell--may"),
            (coming == Some(&byte)).then_some("utf8-validation__cell--coming"),
            (coming == Some(&byte) && !allows(byte)).then_some("utf8-validation__cell--bad"),
        );
        let place = format!("grid-area: {} / {}", byte / 16 + 2, byte % 16 + 2);
        html! { <i {class} style={place}></i> }
    });
    html! {
        <section aria-label="What may come next">
            <h2 class="eyebrow">{ title }</h2>
            <div class="utf8-validation__table" role="img" aria-label={format!("Of the 256 bytes, {ranges} may come.")}>
                { for (0..16).map(|low| html! { <small class="utf8-validation__column" style={format!("grid-column: {}", low + 2)}>{ format!("{low:x}") }</small> }) }
                { for (0..16).map(|high| html! { <small class="utf8-validation__row" style={format!("grid-row: {}", high + 2)}>{ format!("{high:x}") }</small> }) }
                { for cells }
            </div>
            <p class="utf8-validation__ranges"><code>{ &ranges }</code>{ " " }{ verdict }</p>
            <ul class="utf8-validation__legend">
                <li><i class="utf8-validation__cell utf8-validation__cell--may utf8-validation__cell--one"></i>{ "one byte" }</li>
                <li><i class="utf8-validation__cell utf8-validation__cell--may utf8-validation__cell--on"></i>{ "continues" }</li>
                <li><i class="utf8-validation__cell utf8-validation__cell--may utf8-validation__cell--two"></i>{ "begins two" }</li>
                <li><i class="utf8-validation__cell utf8-validation__cell--may utf8-validation__cell--three"></i>{ "begins three" }</li>
                <li><i class="utf8-validation__cell utf8-validation__cell--may utf8-validation__cell--four"></i>{ "begins four" }</li>
            </ul>
        </section>
    }
}

/// What a byte is in UTF-8.
fn kind(byte: u8) -> &'static str {
    match byte {
        0x00..=0x7f => "utf8-validation__cell--one",
        0x80..=0xbf => "utf8-validation__cell--on",
        0xc0..=0xdf => "utf8-validation__cell--two",
        0xe0..=0xef => "utf8-validation__cell--three",
        0xf0..=0xff => "utf8-validation__cell--four",
    }
}
