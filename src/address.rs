//! State in a page's address: a link restores what the sender saw, and the browser's Back goes where one came from.
//!
//! Each instrument of a page reads and writes parameters of its own and leaves the others' as they are.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::HtmlElement;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::kit::url_report::use_url_keys;
use crate::kit::url_state::Arrival;
use crate::routes::Route;

/// How long the reader has to rest before the address says what has changed, in milliseconds. Browsers refuse an
/// address that changes many times a second.
pub const SETTLE_MS: u32 = 300;

/// One instrument's parameters in the address. Every field is an `Option<String>`, so that a value which cannot be used
/// can be named; `None` is the default and is not written.
pub trait Query: Clone + Default + PartialEq + Serialize + DeserializeOwned + 'static {
    /// The names of all its parameters. No two instruments of a page share one.
    const NAMES: &'static [&'static str];
}

/// What an address says to an instrument, or why it cannot be read.
pub type Said<Q> = Result<Q, String>;

/// Reads an instrument's part of a query, with or without the `?` before it.
///
/// # Errors
/// Says what cannot be read, such as a parameter given twice.
pub fn read<Q: Query>(query: &str) -> Said<Q> {
    serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).map_err(|e| e.to_string())
}

/// What an address asks for. One that cannot be read asks for nothing, and is named; `instead` says what is there then.
pub fn asked_for<Q: Query>(said: Said<Q>, instead: &str, problems: &mut Vec<String>) -> Q {
    said.unwrap_or_else(|why| {
        problems.push(format!(
            "The address after “?” cannot be read: {why}. {instead}"
        ));
        Q::default()
    })
}

/// The path and query of a page on which an instrument shows this.
pub fn link<Q: Query>(route: Route, part: &Q) -> AttrValue {
    AttrValue::from(format!("{}{}", route.to_path(), with("", part)))
}

/// The beginning of a text from an address, to name it by.
pub fn cut(text: &str) -> String {
    const MOST: usize = 24;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// A query in which one instrument's part is this, with its `?`; empty where nothing is left to say.
fn with<Q: Query>(query: &str, part: &Q) -> String {
    type Pairs = Vec<(String, String)>;
    let pairs = |text: &str| serde_urlencoded::from_str::<Pairs>(text).unwrap_or_default();
    let mut all = pairs(query.strip_prefix('?').unwrap_or(query));
    all.retain(|(name, _)| !Q::NAMES.contains(&name.as_str()));
    // A part is made of strings, which always have a form in an address.
    all.extend(pairs(
        &serde_urlencoded::to_string(part).unwrap_or_default(),
    ));
    let text = serde_urlencoded::to_string(&all).unwrap_or_default();
    if text.is_empty() {
        text
    } else {
        format!("?{text}")
    }
}

/// An instrument's part of the address. Made by [`use_address`].
#[derive(Clone)]
pub struct Address<Q> {
    route: Route,
    navigator: Option<Navigator>,
    said: Said<Q>,
    kept: Rc<Kept<Q>>,
    timer: Rc<RefCell<Option<Timeout>>>,
}

/// What outlives a render, without the timer: that holds this.
struct Kept<Q> {
    /// What the address says because this instrument wrote it, or has heard it: nothing new when it comes back.
    known: RefCell<Said<Q>>,
    /// What the address will say when the reader rests.
    pending: RefCell<Option<Q>>,
}

impl<Q: Query> Address<Q> {
    /// What the address says at this render.
    pub fn said(&self) -> &Said<Q> {
        &self.said
    }

    /// Has the address say this as soon as the reader rests. Back does not stop here.
    pub fn rest(&self, part: Q) {
        self.kept.pending.replace(Some(part));
        let (route, navigator, kept) = (self.route, self.navigator.clone(), self.kept.clone());
        *self.timer.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
            if let Some(part) = kept.pending.take() {
                write(route, navigator.as_ref(), &kept, part, false);
            }
        }));
    }

    /// Has the address say this now, as a place of its own to which Back leads.
    pub fn push(&self, part: Q) {
        if let Some(pending) = self.kept.pending.take() {
            write(
                self.route,
                self.navigator.as_ref(),
                &self.kept,
                pending,
                false,
            );
        }
        write(self.route, self.navigator.as_ref(), &self.kept, part, true);
    }
}

fn write<Q: Query>(
    route: Route,
    navigator: Option<&Navigator>,
    kept: &Kept<Q>,
    part: Q,
    push: bool,
) {
    let Some(navigator) = navigator else { return };
    if kept.known.borrow().as_ref() == Ok(&part) {
        return;
    }
    // What the address says now, not what it said at the last render: another instrument may have written since.
    let now = gloo_utils::window().location().search().unwrap_or_default();
    let query = with(&now, &part);
    *kept.known.borrow_mut() = Ok(part);
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(&query)).unwrap_or_default();
    // Pairs of strings always have a form in an address.
    match (pairs.is_empty(), push) {
        (true, true) => navigator.push(&route),
        (true, false) => navigator.replace(&route),
        (false, true) => navigator
            .push_with_query(&route, &pairs)
            .unwrap_or_default(),
        (false, false) => navigator
            .replace_with_query(&route, &pairs)
            .unwrap_or_default(),
    }
}

/// An instrument's part of the address of the page `route`, on which it stands.
#[hook]
pub fn use_address<Q: Query>(route: Route) -> Address<Q> {
    use_url_keys(Q::NAMES.first().copied().unwrap_or_default(), Q::NAMES);
    let hydrating = use_context::<Arrival>().is_some_and(|arrival| arrival.hydrating);
    let drawn = use_state(|| !hydrating);
    {
        let drawn = drawn.clone();
        use_effect_with((), move |()| drawn.set(true));
    }
    let location = use_location();
    let path = use_memo((), |()| location.as_ref().map(|l| l.path().to_owned()));
    let last = use_mut_ref(|| Ok(Q::default()));
    // While another page is being fetched, the address is already that page's.
    if let (Some(location), true) = (location, *drawn)
        && path.as_deref() == Some(location.path())
    {
        *last.borrow_mut() = read(location.query_str());
    }
    let said = last.borrow().clone();
    let navigator = use_navigator();
    let kept = use_memo((), |()| Kept {
        known: RefCell::new(said.clone()),
        pending: RefCell::new(None),
    });
    let timer = use_mut_ref(|| None);
    Address {
        route,
        navigator,
        said,
        kept,
        timer,
    }
}

/// Calls `on_arrival` when the address begins to say something else that this instrument has not written itself: a link
/// was followed, or Back was pressed. What was about to be written is out of date then.
#[hook]
pub fn use_arrival<Q: Query>(address: &Address<Q>, on_arrival: impl FnOnce(&Said<Q>) + 'static) {
    let kept = address.kept.clone();
    use_effect_with(address.said.clone(), move |said| {
        if *said != *kept.known.borrow() {
            kept.pending.take();
            *kept.known.borrow_mut() = said.clone();
            on_arrival(said);
        }
    });
}

/// Whether the address speaks of the instrument with these parameters.
fn speaks<Q: Query>(said: &Said<Q>) -> bool {
    said.as_ref().is_ok_and(|part| *part != Q::default())
}

/// Whether the address of the page `route` speaks of another of its instruments.
#[hook]
pub fn use_spoken_of<Q: Query>(route: Route) -> bool {
    speaks(use_address::<Q>(route).said())
}

/// Calls `on_arrival` as [`use_arrival`] does, and brings the instrument into view where the address speaks of it. `above`
/// where the address speaks of an instrument further up as well.
#[hook]
pub fn use_links<Q: Query>(
    address: &Address<Q>,
    panel: &NodeRef,
    above: bool,
    on_arrival: impl FnOnce(&Said<Q>) + 'static,
) {
    let revealing = use_mut_ref(|| None::<Timeout>);
    {
        let (revealing, panel) = (revealing.clone(), panel.clone());
        let wanted = speaks(address.said()) && !above;
        use_effect_with((), move |()| {
            if wanted {
                *revealing.borrow_mut() = Some(reveal(panel, true));
            }
        });
    }
    let panel = panel.clone();
    use_arrival(address, move |said| {
        if speaks(said) {
            *revealing.borrow_mut() = Some(reveal(panel, false));
        }
        on_arrival(said);
    });
}

/// Brings the instrument that an address speaks of into view. On `arriving`, only for a reader who is still at the top
/// of the page; otherwise a link on the page has been followed, and the focus goes along.
///
/// Dropping what it returns calls it off.
fn reveal(panel: NodeRef, arriving: bool) -> Timeout {
    // Only after the shell has placed the reader of a new page at its heading.
    Timeout::new(0, move || {
        let Some(panel) = panel.cast::<HtmlElement>() else {
            return;
        };
        let window = gloo_utils::window();
        let (top, height) = (window.scroll_y(), window.inner_height());
        let height = height.ok().and_then(|h| h.as_f64()).unwrap_or_default();
        let place = panel.get_bounding_client_rect();
        let seen = place.top() < height * 0.7 && place.bottom() > height * 0.2;
        if seen || (arriving && top.unwrap_or_default() > 0.0) {
            return;
        }
        if !arriving {
            // A panel that cannot take the focus is still brought into view.
            let _ = panel.focus();
        }
        panel.scroll_into_view();
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Two {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        a: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        b: Option<String>,
    }

    impl Query for Two {
        const NAMES: &'static [&'static str] = &["a", "b"];
    }

    fn two(a: Option<&str>, b: Option<&str>) -> Two {
        Two {
            a: a.map(str::to_owned),
            b: b.map(str::to_owned),
        }
    }

    #[test]
    fn a_part_is_read_among_others() {
        assert_eq!(read(""), Ok(Two::default()));
        assert_eq!(read("?"), Ok(Two::default()));
        assert_eq!(read("?x=1&a=%C3%A9+%26&x=2"), Ok(two(Some("é &"), None)));
        assert!(read::<Two>("?a=1&a=2").unwrap_err().contains('a'));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_named() {
        let mut problems = Vec::new();
        let part = two(Some("1"), None);
        assert_eq!(asked_for(Ok(part.clone()), "Here.", &mut problems), part);
        assert!(problems.is_empty());
        let part: Two = asked_for(read("?a=1&a=2"), "Here.", &mut problems);
        assert_eq!(part, Two::default());
        assert!(problems[0].contains("cannot be read") && problems[0].ends_with(". Here."));
    }

    #[test]
    fn a_part_is_written_and_the_others_stay() {
        let part = two(None, Some("é &"));
        assert_eq!(with("", &part), "?b=%C3%A9+%26");
        assert_eq!(with("?a=1&x=%26&b=2", &part), "?x=%26&b=%C3%A9+%26");
        assert_eq!(with("?a=1&b=2&a=3", &Two::default()), "");
        assert_eq!(with("?x=1", &Two::default()), "?x=1");
        assert_eq!(read(&with("?x=1", &part)), Ok(part));
    }

    #[test]
    fn a_link_speaks_of_one_instrument() {
        assert_eq!(link(Route::Home, &Two::default()), "/");
        assert_eq!(link(Route::Frames, &two(Some("1"), None)), "/frames?a=1");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(25)), format!("{}…", "é".repeat(24)));
    }
}
