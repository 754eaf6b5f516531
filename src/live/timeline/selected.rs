//! The place of the selected line. How a line is drawn in detail is fetched with the first one.

use std::rc::Rc;

use yew::prelude::*;

use super::detail;
use crate::kit::deferred::use_deferred;
use crate::live::entry::Entry;
use crate::split_point;

split_point!(
    entry_detail,
    fn entry_detail() -> fn(&Entry) -> Html {
        detail::view_entry
    }
);

/// Properties of [`Selected`].
#[derive(Properties)]
pub struct SelectedProps {
    /// The selected line, where there is one.
    pub entry: Option<Rc<Entry>>,
    /// Whether there was one that has been dropped since.
    #[prop_or_default]
    pub dropped: bool,
}

impl PartialEq for SelectedProps {
    fn eq(&self, other: &SelectedProps) -> bool {
        let same = match (&self.entry, &other.entry) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        same && self.dropped == other.dropped
    }
}

/// The selected line, where there is one.
#[component]
pub fn Selected(props: &SelectedProps) -> Html {
    let detail = use_deferred(props.entry.is_some(), entry_detail);
    match &props.entry {
        Some(entry) => detail.view("What the line is made of", |view| view(entry)),
        None => html! {
            <>
                <p class="eyebrow">{ "Selected" }</p>
                <p class="note">
                    if props.dropped {
                        { "The line you chose was dropped, since only the newest are kept." }
                    } else {
                        { "Choose a line to see what it is made of." }
                    }
                </p>
            </>
        },
    }
}
