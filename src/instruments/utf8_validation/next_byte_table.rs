//! All 256 bytes, and which of them may come next.

use yew::prelude::*;

use super::model::{Desk, ValidationState};

/// The map, sixteen bytes in a row.
pub fn view(desk: &Desk, step: usize, stages: &[ValidationState]) -> Html {
    let Some(now) = stages.get(step) else {
        return Html::default();
    };
    let over = now.failed.is_some() || now.done;
    // Where it has failed, what would have been right.
    let asked = match (&now.failed, step.checked_sub(1)) {
        (Some(_), Some(before)) => stages.get(before).and_then(|s| s.next),
        _ => now.next,
    };
    let coming = match (&now.failed, step.checked_sub(1)) {
        (Some(_), Some(before)) => desk.bytes.get(before),
        _ if over => None,
        _ => desk.bytes.get(step),
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
            "ug-cell",
            kind(byte),
            (allows(byte) && !(over && now.failed.is_none())).then_some("may"),
            (coming == Some(&byte)).then_some("coming"),
            (coming == Some(&byte) && !allows(byte)).then_some("bad"),
        );
        let place = format!("grid-area: {} / {}", byte / 16 + 2, byte % 16 + 2);
        html! { <i {class} style={place}></i> }
    });
    html! {
        <section aria-label="What may come next">
            <h2 class="cap">{ title }</h2>
            <div class="ug-map" role="img" aria-label={format!("Of the 256 bytes, {ranges} may come.")}>
                { for (0..16).map(|low| html! { <small class="col" style={format!("grid-column: {}", low + 2)}>{ format!("{low:x}") }</small> }) }
                { for (0..16).map(|high| html! { <small class="row" style={format!("grid-row: {}", high + 2)}>{ format!("{high:x}") }</small> }) }
                { for cells }
            </div>
            <p class="ug-ranges"><code>{ &ranges }</code>{ " " }{ verdict }</p>
            <ul class="ug-legend">
                <li><i class="ug-cell may ug-1"></i>{ "one byte" }</li>
                <li><i class="ug-cell may ug-on"></i>{ "continues" }</li>
                <li><i class="ug-cell may ug-2"></i>{ "begins two" }</li>
                <li><i class="ug-cell may ug-3"></i>{ "begins three" }</li>
                <li><i class="ug-cell may ug-4"></i>{ "begins four" }</li>
            </ul>
        </section>
    }
}

/// What a byte is in UTF-8.
fn kind(byte: u8) -> &'static str {
    match byte {
        0x00..=0x7f => "ug-1",
        0x80..=0xbf => "ug-on",
        0xc0..=0xdf => "ug-2",
        0xe0..=0xef => "ug-3",
        0xf0..=0xff => "ug-4",
    }
}
