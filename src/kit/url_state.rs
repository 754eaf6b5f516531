//! State in a page's address: a link restores what the sender saw, and the browser's Back goes where one came from.
//!
//! An instrument reads and writes parameters of its own at the address at hand, whichever page that is, and leaves all
//! others as they are.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::*;

use super::settings::{Pairs, Parsed, Settings, chosen_keys, keys, parse, write};
use super::url_report::{Reader, UrlReport};

pub use super::query::Query;

/// How long the reader has to rest before the address says what has changed, in milliseconds. Browsers refuse an
/// address that changes many times a second.
pub const SETTLE_MS: u32 = 300;

/// A context that says how the page came to be. The default, where nobody says, is a page that was rendered here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Whether the page stands there already, with every instrument at its default, and is being brought to life. It stays
    /// so until the reader leaves the page: instruments that come later find their default too.
    pub hydrating: bool,
}

/// Reads an instrument's settings from a query, with or without the `?` before it.
pub fn read<S: Settings>(query: &str) -> Parsed<S> {
    parse(&Query::parse(query).own(&keys::<S>()))
}

/// The query that says these settings, with its `?`; empty where all is as usual or too much for an address.
pub fn query_of<S: Settings>(settings: &S) -> String {
    Query::default().with(&[], &write(settings).unwrap_or_default())
}

/// An instrument's part of the address. Made by [`use_url_state`].
pub struct UrlState<S> {
    parsed: Rc<Parsed<S>>,
    part: UrlPart,
}

impl<S> Clone for UrlState<S> {
    fn clone(&self) -> UrlState<S> {
        UrlState {
            parsed: self.parsed.clone(),
            part: self.part.clone(),
        }
    }
}

impl<S: Settings> UrlState<S> {
    /// What the address says at this render.
    pub fn parsed(&self) -> &Parsed<S> {
        &self.parsed
    }

    /// Has the address say this: at once, as a place to which Back leads, where the reader has chosen something else; as soon
    /// as the reader rests where something was dragged, typed or stepped.
    pub fn write(&self, settings: &S) {
        self.part.write(write(settings).unwrap_or_default());
    }

    /// Has the address say this as soon as the reader rests, whatever has changed: for an instrument that knows itself what was
    /// chosen.
    pub fn replace_soon(&self, settings: &S) {
        self.part.replace_soon(write(settings).unwrap_or_default());
    }

    /// Has the address say this now, in place of what it says. For what changes at the pace of a reader who decides.
    pub fn replace(&self, settings: &S) {
        let own = write(settings).unwrap_or_default();
        self.part.write_now(own, false);
    }

    /// Has the address say this now, as a place of its own to which Back leads.
    pub fn push(&self, settings: &S) {
        let own = write(settings).unwrap_or_default();
        self.part.write_now(own, true);
    }

    /// Path, query and fragment of a link to the instrument on this page with these settings; `None` where they are too much
    /// for a link.
    pub fn link(&self, settings: &S) -> Option<AttrValue> {
        let query = Query::default().with(&[], &write(settings)?);
        let kept = &self.part.kept;
        Some(AttrValue::from(format!(
            "{}{query}#{}",
            kept.path, kept.name
        )))
    }
}

/// What of [`UrlState`] is the same for all instruments.
#[derive(Clone)]
struct UrlPart {
    navigator: Option<Navigator>,
    own: Pairs,
    kept: Rc<Kept>,
    timer: Rc<RefCell<Option<Timeout>>>,
    report: Option<UrlReport>,
}

/// What outlives a render, without the timer: that holds this.
struct Kept {
    name: &'static str,
    keys: Vec<&'static str>,
    /// Those that a reader chooses.
    chosen: Vec<&'static str>,
    /// The page on which the instrument stands. While the next one is being fetched, the address is that one's already.
    path: String,
    /// What the address says because this instrument wrote it, or has heard it: nothing new when it comes back.
    known: RefCell<Pairs>,
    /// What the address will say when the reader rests.
    pending: RefCell<Option<Pairs>>,
    /// What the page was opened with, where that has still to be heard.
    opened: RefCell<Option<Pairs>>,
}

impl UrlPart {
    fn write(&self, own: Pairs) {
        let chosen = {
            let pending = self.kept.pending.borrow();
            let known = self.kept.known.borrow();
            let said = pending.as_ref().unwrap_or(&known);
            self.kept.chosen.iter().any(|key| {
                let of = |pairs: &Pairs| pairs.iter().find(|(k, _)| k == key).cloned();
                of(said) != of(&own)
            })
        };
        if chosen {
            self.write_now(own, true);
        } else {
            self.replace_soon(own);
        }
    }

    fn replace_soon(&self, own: Pairs) {
        self.kept.pending.replace(Some(own));
        let (navigator, kept) = (self.navigator.clone(), self.kept.clone());
        *self.timer.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
            let pending = kept.pending.take();
            if let (Some(own), Some(navigator)) = (pending, &navigator) {
                kept.write(navigator, own, false);
            }
        }));
    }

    fn write_now(&self, own: Pairs, push: bool) {
        let Some(navigator) = &self.navigator else {
            return;
        };
        let pending = self.kept.pending.take();
        if let (Some(pending), true) = (pending, push) {
            self.kept.write(navigator, pending, false);
        }
        self.kept.write(navigator, own, push);
    }
}

impl UrlPart {
    /// Whether what the address says now comes from elsewhere.
    fn hear(&self, own: &Pairs) -> bool {
        let kept = &self.kept;
        if *own == *kept.known.borrow() {
            return false;
        }
        kept.pending.take();
        kept.known.borrow_mut().clone_from(own);
        let followed = kept.opened.take().as_ref() != Some(own);
        if let (true, false, Some(report)) = (followed, own.is_empty(), &self.report) {
            report.follow(kept.name);
        }
        true
    }
}

impl Kept {
    fn write(&self, navigator: &Navigator, own: Pairs, push: bool) {
        // What the address says now, not what it said at the last render: another instrument may have written since.
        let location = gloo::utils::window().location();
        let path = location.pathname().unwrap_or_default();
        if *self.known.borrow() == own || path != self.path {
            return;
        }
        let query = Query::parse(&location.search().unwrap_or_default()).with(&self.keys, &own);
        let hash = location.hash().unwrap_or_default();
        *self.known.borrow_mut() = own;
        let base = navigator.basename().unwrap_or_default();
        let path = path.strip_prefix(base).unwrap_or(&path);
        let place = AnyRoute::new(format!("{path}{query}{hash}"));
        if push {
            navigator.push(&place);
        } else {
            navigator.replace(&place);
        }
    }
}

/// The part of the address that the instrument of this name reads and writes. The name is the `id` of its panel.
#[hook]
pub fn use_url_state<S: Settings>(name: &'static str) -> UrlState<S> {
    let part = use_url_part(name, || (keys::<S>(), chosen_keys::<S>()));
    let parsed = use_memo(part.own.clone(), parse::<S>);
    UrlState { parsed, part }
}

#[hook]
fn use_url_part(
    name: &'static str,
    keys: fn() -> (Vec<&'static str>, Vec<&'static str>),
) -> UrlPart {
    let hydrating = use_context::<Arrival>().unwrap_or_default().hydrating;
    let report = use_context::<UrlReport>();
    let location = use_location();
    let navigator = use_navigator();
    let said = |keys: &[&'static str]| {
        let location = location.as_ref();
        location.map_or_else(Pairs::new, |l| Query::parse(l.query_str()).own(keys))
    };
    // The prerendered page shows the default; an address that says something else counts from the second render on.
    let heard = use_state_eq(|| !hydrating || said(&keys().0).is_empty());
    let kept = use_memo((), |()| {
        let (keys, chosen) = keys();
        let (known, opened) = if hydrating {
            (Pairs::new(), Some(said(&keys)))
        } else {
            (said(&keys), None)
        };
        Kept {
            name,
            path: location.as_ref().map_or("", |l| l.path()).to_owned(),
            known: RefCell::new(known),
            pending: RefCell::default(),
            opened: RefCell::new(opened),
            keys,
            chosen,
        }
    });
    let here = location.as_ref().is_none_or(|l| l.path() == kept.path);
    let own = if here && *heard {
        said(&kept.keys)
    } else {
        kept.known.borrow().clone()
    };
    {
        let heard = heard.setter();
        use_effect_with((), move |()| heard.set(true));
    }
    {
        let kept = kept.clone();
        use_effect_with(report.clone(), move |report| {
            let place = report
                .as_ref()
                .map(|report| report.register(Reader::new(kept.name, kept.keys.clone())));
            move || drop(place)
        });
    }
    let timer = use_mut_ref(|| None);
    UrlPart {
        navigator,
        own,
        kept,
        timer,
        report,
    }
}

/// Calls `on_navigate` when the address begins to say something else that this instrument has not written itself: a link
/// was followed, or Back was pressed. What was about to be written is out of date then.
#[hook]
pub fn use_on_navigate<S: Settings>(
    url: &UrlState<S>,
    on_navigate: impl FnOnce(&Parsed<S>) + 'static,
) {
    let (parsed, part) = (url.parsed.clone(), url.part.clone());
    use_effect_with(url.part.own.clone(), move |own| {
        if part.hear(own) {
            on_navigate(&parsed);
        }
    });
}

/// When an instrument is brought into view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// When the page is opened with an address that speaks of it, and when a link to it is followed.
    Always,
    /// When a link to it is followed. For what stands at the head of its page.
    OnFollowing,
}

/// Brings the instrument into view where the address speaks of it: by one of its parameters, or by its name after the `#`.
/// Where the address speaks of several, the first one on the page has it.
#[hook]
pub fn use_reveal<S: Settings>(url: &UrlState<S>, panel: &NodeRef, when: Reveal) {
    use_panel(&url.part, panel, when);
}

#[hook]
fn use_panel(part: &UrlPart, panel: &NodeRef, when: Reveal) {
    let kept = part.kept.clone();
    let panel = panel.clone();
    use_effect_with(part.report.clone(), move |report| {
        if let Some(report) = report {
            report.show(kept.name, panel, when);
        }
    });
    let (kept, report) = (part.kept.clone(), part.report.clone());
    let location = use_location();
    let place = location.map(|l| {
        let said = format!("{}{}", l.path(), l.query_str());
        (l.id(), said, l.hash().to_owned())
    });
    let is_set = !part.own.is_empty();
    let last = use_mut_ref(|| None::<(Option<u32>, String, String)>);
    use_effect_with(place, move |place| {
        let before = last.replace(place.clone());
        let (Some(before), Some(now), Some(report)) = (before, place, report) else {
            return;
        };
        let named = now.2.strip_prefix('#') == Some(kept.name);
        // A link that says what the address says already changes nothing else than the entry of the history.
        let again = before.0 != now.0 && (&before.1, &before.2) == (&now.1, &now.2);
        if (named && before.2 != now.2) || (again && (named || is_set)) {
            report.follow(kept.name);
        }
    });
}

/// An instrument's settings, in the page and in its address. Made by [`use_settings`].
pub struct UseSettings<S> {
    /// What is set, and what of the address could not be used.
    pub parsed: Parsed<S>,
    /// The part of the address.
    pub url: UrlState<S>,
    /// Sets them, here and in the address.
    pub on_change: Callback<S>,
    /// Sets them to what a reader has chosen, such as something to begin with: Back leads to how it was before.
    pub on_choose: Callback<S>,
}

/// Settings that live in the address and nowhere else: for an instrument without a reducer of its own.
#[hook]
pub fn use_settings<S: Settings>(name: &'static str) -> UseSettings<S> {
    let url = use_url_state::<S>(name);
    let state = use_state(|| url.parsed().clone());
    let setter = state.setter();
    use_on_navigate(&url, move |parsed| setter.set(parsed.clone()));
    let on_change = {
        let (setter, url) = (state.setter(), url.clone());
        Callback::from(move |settings: S| {
            url.write(&settings);
            setter.set(Parsed::fine(settings));
        })
    };
    let on_choose = {
        let (setter, url) = (state.setter(), url.clone());
        Callback::from(move |settings: S| {
            url.push(&settings);
            setter.set(Parsed::fine(settings));
        })
    };
    UseSettings {
        parsed: (*state).clone(),
        url,
        on_change,
        on_choose,
    }
}

#[cfg(test)]
mod tests;
