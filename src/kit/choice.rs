//! One of a few: buttons of which one is pressed.

use yew::prelude::*;

/// Options side by side. `label` is read aloud, `caption` stands before them where it is not empty.
pub fn segmented(
    label: &str,
    caption: &str,
    options: &[&str],
    chosen: Option<usize>,
    on_choose: &Callback<usize>,
) -> Html {
    html! {
        <div class="segmented" role="group" aria-label={label.to_owned()}>
            if !caption.is_empty() {
                <span>{ caption }</span>
            }
            for (i, option) in options.iter().enumerate() {
                <button type="button" onclick={on_choose.reform(move |_: MouseEvent| i)} aria-pressed={(chosen == Some(i)).to_string()}>{ *option }</button>
            }
        </div>
    }
}

/// One of [`chips`].
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// What it says.
    pub label: AttrValue,
    /// Whether what it shows is there already.
    pub pressed: bool,
    /// Whether what it shows breaks a rule.
    pub broken: bool,
}

/// Things to begin with, or longer options.
pub fn chips(label: &str, chips: &[Chip], on_choose: &Callback<usize>) -> Html {
    html! {
        <div class="chips" role="group" aria-label={label.to_owned()}>
            for (i, chip) in chips.iter().enumerate() {
                <button type="button" class={classes!("chip", chip.broken.then_some("broken"))}
                    onclick={on_choose.reform(move |_: MouseEvent| i)} aria-pressed={chip.pressed.to_string()}>{ &chip.label }</button>
            }
        </div>
    }
}
