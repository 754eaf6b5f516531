//! The place of an instrument on a page: its first picture from the prerendered page, then the instrument itself.
//!
//! The instrument's module is fetched when the reader comes near it. Until it is there, the controls of the first picture
//! are disabled. A module that cannot be fetched leaves the picture and the words where they are.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::prelude::*;
use yew::suspense::use_future;

use super::registry::load_instrument;
use super::{Instrument, Route};
use crate::kit::icon::Icon;
use crate::kit::panel::problems;
use crate::kit::url_report::{UrlReport, use_url_problems};

/// How far below the screen an instrument is when its module is fetched.
const NEAR: &str = "800px 0px";

/// What a page's slots share: whether all are wanted at once, and who is told when one has settled.
#[derive(Clone, PartialEq)]
pub struct PageSlots {
    /// Whether the address speaks of instruments, so that none can wait until the reader comes near it.
    pub all: bool,
    /// Whether all that is wanted at once works, or could not be fetched.
    pub settled: bool,
    /// Called when an instrument works, or when its module could not be fetched.
    pub on_settled: Callback<Instrument>,
}

/// Properties of [`Slot`].
#[derive(Properties, PartialEq)]
pub struct SlotProps {
    /// The instrument.
    pub instrument: Instrument,
    /// Whether it is the first of its page, which is fetched at once.
    #[prop_or_default]
    pub first: bool,
}

/// What nobody on the page can read of the address. Stands before the first instrument, so that nothing above it moves.
#[component]
fn UrlProblems() -> Html {
    let report = use_context::<UrlReport>();
    let settled = use_context::<PageSlots>().is_some_and(|shared| shared.settled);
    use_effect_with((report, settled), |(report, settled)| {
        if let Some(report) = report {
            report.all_here(*settled);
        }
    });
    problems(&use_url_problems())
}

/// How often a module has been asked for. A suspended component that takes over a prerendered page gets no new properties
/// until its first render, so that what it waits for is kept here.
#[derive(Default)]
struct Demand {
    count: Cell<u32>,
    waiting: RefCell<Option<Waker>>,
}

impl Demand {
    /// Asks for the module: for the first time, or once more after it could not be fetched.
    fn ask(&self) {
        self.count.set(self.count.get().wrapping_add(1));
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }

    /// Waits until the module has been asked for more than `seen` times, and says how often.
    async fn more_than(&self, seen: u32) -> u32 {
        poll_fn(|context| match self.count.get() {
            count if count > seen => Poll::Ready(count),
            _ => {
                self.waiting.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// Where the module of a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Alive,
    Failed,
}

/// The place of an instrument.
#[component]
pub fn Slot(props: &SlotProps) -> Html {
    let instrument = props.instrument;
    let shared = use_context::<PageSlots>();
    let place = use_node_ref();
    let stage = use_state_eq(|| Stage::Waiting);
    let demand = use_memo((), |()| Demand::default());
    // On the host everything is there.
    let wanted = props.first
        || shared.as_ref().is_some_and(|shared| shared.all)
        || cfg!(not(target_arch = "wasm32"));
    use_memo((), |()| {
        if wanted {
            demand.ask();
        }
    });
    {
        let demand = demand.clone();
        // What stands further down does not compete with what is wanted first.
        let waits = shared.as_ref().is_some_and(|shared| !shared.settled);
        use_effect_with(
            (place.clone(), wanted, waits),
            move |(place, wanted, waits)| {
                let ask: Rc<dyn Fn()> = Rc::new(move || {
                    if demand.count.get() == 0 {
                        demand.ask();
                    }
                });
                if *wanted {
                    ask();
                }
                let watch = (!wanted).then(|| {
                    let near = (!waits).then(|| Near::watch(place, ask.clone()));
                    (near, on_print(ask))
                });
                move || drop(watch)
            },
        );
    }
    use_effect_with((*stage, shared), move |(stage, shared)| {
        if let (Stage::Alive | Stage::Failed, Some(shared)) = (stage, shared) {
            shared.on_settled.emit(instrument);
        }
    });
    let on_stage = {
        let stage = stage.setter();
        Callback::from(move |to| stage.set(to))
    };
    let again = {
        let (demand, stage) = (demand.clone(), stage.setter());
        Callback::from(move |_: MouseEvent| {
            stage.set(Stage::Waiting);
            demand.ask();
        })
    };
    let title = instrument.entry().title;
    let waiting = html! { <div class="slot-waiting panel" role="status">{ format!("“{title}” is being fetched…") }</div> };
    html! {
        <>
            if props.first {
                <UrlProblems/>
            }
            if *stage == Stage::Failed {
                <p class="slot-failed" role="alert">
                    { Icon::Warn.view() }
                    { format!(" “{title}” could not be fetched. The network may be away, or the site has a newer version. ") }
                    <button type="button" class="btn" onclick={again}>{ "Try again" }</button>
                </p>
            }
            <fieldset ref={place} class="slot" role="none" disabled={*stage != Stage::Alive} data-instrument={instrument.entry().name}>
                <p class="slot-scripts">{ "These controls need scripts, which are switched off here." }</p>
                <Suspense fallback={waiting}>
                    <Fetched {instrument} {demand} {on_stage}/>
                </Suspense>
            </fieldset>
        </>
    }
}

#[derive(Properties)]
struct FetchedProps {
    instrument: Instrument,
    demand: Rc<Demand>,
    on_stage: Callback<Stage>,
}

impl PartialEq for FetchedProps {
    fn eq(&self, other: &FetchedProps) -> bool {
        self.instrument == other.instrument && Rc::ptr_eq(&self.demand, &other.demand)
    }
}

/// The instrument itself, as soon as its module is there. Until then nothing is rendered, and the prerendered picture
/// stays where it is.
#[component]
fn Fetched(props: &FetchedProps) -> HtmlResult {
    let FetchedProps {
        instrument,
        demand,
        on_stage,
    } = props;
    let fetched = {
        let (instrument, demand, on_stage) = (*instrument, demand.clone(), on_stage.clone());
        use_future(move || async move {
            let mut seen = 0;
            loop {
                seen = demand.more_than(seen).await;
                match load_instrument(instrument).await {
                    Ok(html) => return html,
                    Err(_) => on_stage.emit(Stage::Failed),
                }
            }
        })?
    };
    let on_stage = on_stage.clone();
    use_effect_with((), move |()| on_stage.emit(Stage::Alive));
    Ok((*fetched).clone())
}

/// Tells when an element comes near the screen, for as long as it is held.
struct Near {
    observer: Option<IntersectionObserver>,
    _watch: Closure<dyn FnMut(js_sys::Array)>,
}

impl Near {
    fn watch(place: &NodeRef, near: Rc<dyn Fn()>) -> Near {
        let watch: Closure<dyn FnMut(js_sys::Array)> =
            Closure::new(move |entries: js_sys::Array| {
                let is_near = entries.iter().any(|entry| {
                    entry
                        .dyn_into::<IntersectionObserverEntry>()
                        .is_ok_and(|entry| entry.is_intersecting())
                });
                if is_near {
                    near();
                }
            });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(NEAR);
        let observer =
            IntersectionObserver::new_with_options(watch.as_ref().unchecked_ref(), &options).ok();
        if let (Some(observer), Some(element)) = (&observer, place.cast::<Element>()) {
            observer.observe(&element);
        }
        Near {
            observer,
            _watch: watch,
        }
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// A page that is printed shows all its instruments.
fn on_print(ask: Rc<dyn Fn()>) -> EventListener {
    EventListener::new(&gloo::utils::window(), "beforeprint", move |_| ask())
}

/// Fetches what a page needs first, to have it sooner. What cannot be fetched is fetched again when it is needed.
pub async fn prefetch(route: Route) {
    let _ = super::registry::prefetch_chapter(route).await;
    if let Some(first) = route.instruments().first() {
        let _ = super::registry::prefetch_instrument(*first).await;
    }
}
