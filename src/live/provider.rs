//! Keeps the live wire open while the reader goes from page to page.
//!
//! The provider stands in the shell and begins with nothing. Whoever uses the wire first, a page or the button in the
//! shell, puts its driver here, and here it stays.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::status::{Driver, LiveStatus, StatusAction};

/// The way to the live wire for everything below a [`LiveProvider`]. Two handles are equal when nothing has happened in
/// between.
#[derive(Clone)]
pub struct LiveHandle {
    place: Rc<Place>,
    revision: u64,
}

impl PartialEq for LiveHandle {
    fn eq(&self, other: &LiveHandle) -> bool {
        self.revision == other.revision && Rc::ptr_eq(&self.place, &other.place)
    }
}

/// Where the driver stays.
struct Place {
    driver: RefCell<Option<Rc<dyn Driver>>>,
    /// Whether the driver tells of changes.
    attached: Cell<bool>,
    /// What to show as long as there is no driver.
    without: RefCell<LiveStatus>,
    changed: Callback<()>,
}

impl Place {
    fn put(&self, driver: impl FnOnce() -> Rc<dyn Driver>) -> Rc<dyn Driver> {
        self.driver.borrow_mut().get_or_insert_with(driver).clone()
    }

    fn attach(&self) {
        let driver = self.driver.borrow().clone();
        if let Some(driver) = driver
            && !self.attached.replace(true)
        {
            driver.attach(self.changed.clone());
        }
    }

    fn detach(&self) {
        let driver = self.driver.borrow().clone();
        if let Some(driver) = driver
            && self.attached.replace(false)
        {
            driver.detach();
        }
    }

    fn say(&self, status: LiveStatus) {
        *self.without.borrow_mut() = status;
        self.changed.emit(());
    }
}

impl LiveHandle {
    /// Counts what has happened.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What to show of the wire.
    pub fn status(&self) -> LiveStatus {
        match &*self.place.driver.borrow() {
            Some(driver) => driver.status(),
            None => self.place.without.borrow().clone(),
        }
    }

    /// The driver, made now where there is none yet. It has to be attached in an effect.
    pub fn driver_or(&self, make: impl FnOnce() -> Rc<dyn Driver>) -> Rc<dyn Driver> {
        self.place.put(make)
    }

    /// From now on the driver tells of changes. To be called in an effect, as often as one likes.
    pub fn attach(&self) {
        self.place.attach();
    }

    /// Does what the reader asks for, and gets the code for it where it is not there yet.
    pub fn act(&self, action: StatusAction) {
        let driver = self.place.driver.borrow().clone();
        match (driver, action) {
            (Some(driver), StatusAction::ConnectNow) => driver.retry(),
            (Some(driver), _) => driver.connect(),
            (None, _) => self.load(),
        }
    }

    fn load(&self) {
        self.place.say(LiveStatus::loading());
        let place = Rc::downgrade(&self.place);
        spawn_local(async move {
            let loaded = super::load_driver().await;
            let Some(place) = place.upgrade() else { return };
            match loaded {
                // A page that came in between may have made one, and opened it.
                Ok(driver) => {
                    let driver = place.put(|| driver);
                    place.attach();
                    driver.open_first();
                }
                Err(why) => place.say(LiveStatus::not_loaded(&why)),
            }
        });
    }
}

/// Counts changes.
#[derive(Default)]
struct Revision(u64);

impl Reducible for Revision {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Revision(self.0.wrapping_add(1)))
    }
}

/// Calls back with each change, and counts them.
#[hook]
pub fn use_revision() -> (u64, Callback<()>) {
    let revision = use_reducer(Revision::default);
    let dispatcher = revision.dispatcher();
    let changed = Callback::from(move |()| dispatcher.dispatch(()));
    (revision.0, changed)
}

/// Properties of [`LiveProvider`].
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// What may use the live wire.
    #[prop_or_default]
    pub children: Html,
}

/// Keeps the live wire open while the reader goes from page to page.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    let (revision, changed) = use_revision();
    let place = (*use_state(|| {
        Rc::new(Place {
            driver: RefCell::default(),
            attached: Cell::default(),
            without: RefCell::default(),
            changed,
        })
    }))
    .clone();
    {
        let place = place.clone();
        use_effect_with((), move |()| move || place.detach());
    }
    let handle = LiveHandle { place, revision };
    let announcement = handle.status().announcement;
    html! {
        <ContextProvider<LiveHandle> context={handle}>
            { props.children.clone() }
            <p class="visually-hidden" role="status">{ announcement }</p>
        </ContextProvider<LiveHandle>>
    }
}
