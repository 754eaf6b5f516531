//! A slider with its label and its value.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How a slider looks and speaks.
#[derive(Clone, Copy)]
pub struct SliderSpec {
    /// Its label.
    pub label: &'static str,
    /// The values along its way, in order, at least one.
    pub stops: &'static [u32],
    /// A value as it is written beside the slider.
    pub short: fn(u32) -> String,
    /// A value as it is read aloud.
    pub aloud: fn(u32) -> String,
}

impl SliderSpec {
    /// The least and the greatest value.
    pub fn bounds(&self) -> (u32, u32) {
        let first = self.stops.first().copied().unwrap_or_default();
        (first, self.stops.last().copied().unwrap_or(first))
    }

    /// The slider with this value, which may lie between two stops. Several stand in an element of class `settings`.
    pub fn view(&self, id: &str, value: u32, on_change: &Callback<u32>) -> Html {
        let stops = self.stops;
        let on_change = on_change.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            let stop = slid(&event).and_then(|stop| stops.get(usize::try_from(stop).ok()?));
            if let Some(&value) = stop {
                on_change.emit(value);
            }
        });
        let id = AttrValue::from(id.to_owned());
        html! {
            <div class="slider">
                <label for={id.clone()}>{ self.label }</label>
                <output for={id.clone()}>{ (self.short)(value) }</output>
                <input type="range" {id} min="0" max={stops.len().saturating_sub(1).to_string()} value={nearest(stops, value).to_string()}
                    {oninput} aria-valuetext={(self.aloud)(value)}/>
            </div>
        }
    }
}

/// The stop nearest to a value. The stops are in order.
pub fn nearest(stops: &[u32], value: u32) -> usize {
    let after = stops.partition_point(|&stop| stop < value);
    match after {
        0 => 0,
        n if n == stops.len() => n - 1,
        n if value - stops[n - 1] < stops[n] - value => n - 1,
        n => n,
    }
}

/// The whole number at which a slider stands.
pub fn slid(event: &InputEvent) -> Option<u64> {
    let field = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    field.and_then(|field| field.value().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_two_stops_belongs_to_the_nearer_one() {
        let stops = [10, 20, 40];
        for (value, stop) in [
            (0, 0),
            (10, 0),
            (14, 0),
            (15, 1),
            (20, 1),
            (29, 1),
            (31, 2),
            (99, 2),
        ] {
            assert_eq!(nearest(&stops, value), stop, "{value}");
        }
    }
}
