//! Where the reader was on each page of the history, so that Back leads to the same line.
//!
//! A browser does this by itself where the way back reloads the page; here the next page takes the place of the last one
//! only when it has been fetched, and that is too late for the browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::Reflect;
use web_sys::Storage;
use yew::prelude::*;
use yew_router::prelude::*;

/// How many places are kept.
const MOST: usize = 50;

/// The key in the tab's own storage: places outlive a reload.
const KEY: &str = "duplex.places";

/// Where a page begins when it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
enum ReadingPlace {
    /// At its heading.
    #[default]
    Top,
    /// So many pixels down: where the reader was before.
    Kept(u32),
    /// At the element of this name.
    Named(String),
}

impl ReadingPlace {
    /// Whether all instruments have to be there, since what stands above the place has to have its height.
    fn needs_all(&self) -> bool {
        *self != ReadingPlace::Top
    }

    /// Brings the place into view.
    fn show(&self) {
        let window = gloo::utils::window();
        match self {
            ReadingPlace::Top => window.scroll_to_with_x_and_y(0.0, 0.0),
            ReadingPlace::Kept(y) => window.scroll_to_with_x_and_y(0.0, f64::from(*y)),
            ReadingPlace::Named(id) => match gloo::utils::document().get_element_by_id(id) {
                Some(element) => element.scroll_into_view(),
                None => window.scroll_to_with_x_and_y(0.0, 0.0),
            },
        }
    }
}

/// Places by entries of the history, the latest last.
#[derive(Default)]
struct Places(Vec<(String, u32)>);

impl Places {
    /// Reads what was kept before a reload. What cannot be read is left out.
    fn load() -> Places {
        let text = storage().and_then(|s| s.get_item(KEY).ok().flatten());
        let text = text.unwrap_or_default();
        let read = |line: &str| {
            let (y, entry) = line.split_once(' ')?;
            Some((entry.to_owned(), y.parse().ok()?))
        };
        Places(text.lines().filter_map(read).take(MOST).collect())
    }

    fn keep(&mut self, entry: String, y: u32) {
        self.0.retain(|(other, _)| *other != entry);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push((entry, y));
        let lines: Vec<_> = self.0.iter().map(|(e, y)| format!("{y} {e}")).collect();
        if let Some(storage) = storage() {
            // A full or blocked storage: places are forgotten on reload.
            let _ = storage.set_item(KEY, &lines.join("\n"));
        }
    }

    fn of(&self, entry: &str) -> Option<u32> {
        self.0.iter().find(|(e, _)| e == entry).map(|&(_, y)| y)
    }
}

fn storage() -> Option<Storage> {
    gloo::utils::window().session_storage().ok().flatten()
}

/// The name of the entry of the history at hand: the router gives each a number; the first has none.
fn entry() -> String {
    let window = gloo::utils::window();
    let state = window.history().and_then(|history| history.state());
    let id = state
        .ok()
        .filter(|state| state.is_object())
        .and_then(|state| Reflect::get(&state, &"id".into()).ok())
        .and_then(|id| id.as_f64())
        .map(|id| id as u32);
    let path = window.location().pathname().unwrap_or_default();
    match id {
        Some(id) => format!("{id} {path}"),
        None => path,
    }
}

/// Where the page of the address begins. Made by [`use_reading_place`].
#[derive(Clone)]
pub struct UseReadingPlace(Rc<Inner>);

impl PartialEq for UseReadingPlace {
    fn eq(&self, other: &UseReadingPlace) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Default)]
struct Inner {
    place: RefCell<ReadingPlace>,
    places: RefCell<Option<Places>>,
    /// The page and the entry of the history at hand.
    here: RefCell<Option<(String, String)>>,
    /// How far down the reader is, as the page last said: before the browser itself moves it on the way back.
    y: Cell<u32>,
    /// Whether the place has been shown and not all that stands above it has its height.
    provisional: Cell<bool>,
}

impl UseReadingPlace {
    /// Whether all instruments have to be there.
    pub fn needs_all(&self) -> bool {
        self.0.place.borrow().needs_all()
    }

    /// A page has taken the place of another: brings its place into view.
    pub fn show(&self) {
        self.0.place.borrow().show();
        self.0.provisional.set(self.needs_all());
    }

    /// All that is wanted has its height: brings the place into view once more, unless the reader has gone on.
    pub fn settle(&self) {
        if self.0.provisional.replace(false) {
            self.0.place.borrow().show();
        }
    }

    /// The address names another page, or another entry of the history.
    fn follow(&self, path: String, hash: &str) {
        let Inner {
            place,
            places,
            here,
            y,
            ..
        } = &*self.0;
        let now = (path, entry());
        let last = here.replace(Some(now.clone()));
        let Some(last) = last.filter(|last| last.0 != now.0) else {
            return;
        };
        let mut places = places.borrow_mut();
        let places = places.get_or_insert_with(Places::load);
        places.keep(last.1, y.get());
        place.replace(match (places.of(&now.1), hash.strip_prefix('#')) {
            (Some(y), _) => ReadingPlace::Kept(y),
            (None, Some(id)) if !id.is_empty() => ReadingPlace::Named(id.to_owned()),
            _ => ReadingPlace::Top,
        });
    }
}

/// What the reader does to go elsewhere on the page.
const MOVES: [&str; 4] = ["wheel", "touchmove", "keydown", "mousedown"];

/// Where the page of the address begins. The place on the first page is the browser's.
#[hook]
pub fn use_reading_place() -> UseReadingPlace {
    let inner = use_memo((), |()| Inner::default());
    {
        let inner = inner.clone();
        use_effect_with((), move |()| {
            let window = gloo::utils::window();
            let mut listeners: Vec<_> = MOVES
                .into_iter()
                .map(|event| {
                    let inner = inner.clone();
                    EventListener::new(&window, event, move |_| inner.provisional.set(false))
                })
                .collect();
            listeners.push(EventListener::new(&window, "scroll", move |_| {
                let y = gloo::utils::window().scroll_y();
                inner.y.set(y.unwrap_or_default() as u32);
            }));
            move || drop(listeners)
        });
    }
    let place = UseReadingPlace(inner);
    let followed = place.clone();
    let location = use_location();
    use_effect_with(location, move |location| {
        if let Some(location) = location {
            followed.follow(location.path().to_owned(), location.hash());
        }
    });
    place
}
