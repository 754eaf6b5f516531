//! What a page says once of its address, and which instrument it brings into view.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo::timers::callback::Timeout;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;
use yew_router::prelude::*;

use super::number::ellipsize;
use super::url_state::{Arrival, Query, Reveal};

/// How many sentences stand there at most.
const MOST: usize = 5;

/// Who reads parameters of the address.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) name: &'static str,
    pub(super) keys: Vec<&'static str>,
    pub(super) panel: Option<(NodeRef, Reveal)>,
    /// Whether the reader came after the page was whole.
    late: bool,
}

impl Reader {
    pub(super) fn new(name: &'static str, keys: Vec<&'static str>) -> Reader {
        Reader {
            name,
            keys,
            panel: None,
            late: false,
        }
    }

    fn is_set(&self, query: &Query) -> bool {
        query.names().any(|name| self.keys.contains(&name))
    }
}

/// A context by which everything on a page that reads the address reports what it reads. Made by [`UrlReportProvider`].
#[derive(Clone)]
pub struct UrlReport(Rc<Inner>);

impl PartialEq for UrlReport {
    fn eq(&self, other: &UrlReport) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    readers: RefCell<Vec<Reader>>,
    /// Who has been followed to since the page was last placed.
    followed: RefCell<Vec<&'static str>>,
    revealing: RefCell<Option<Timeout>>,
    whole: UseStateSetter<bool>,
    /// Whether the page has been whole.
    arrived: Cell<bool>,
}

/// A reader's place in the report, until dropped.
pub(super) struct Place(Weak<Inner>, &'static str);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade() {
            inner.readers.borrow_mut().retain(|r| r.name != self.1);
        }
    }
}

impl UrlReport {
    pub(super) fn register(&self, mut reader: Reader) -> Place {
        reader.late = self.0.arrived.get();
        let place = Place(Rc::downgrade(&self.0), reader.name);
        self.0.readers.borrow_mut().push(reader);
        place
    }

    pub(super) fn show(&self, name: &str, panel: NodeRef, when: Reveal) {
        let mut readers = self.0.readers.borrow_mut();
        if let Some(reader) = readers.iter_mut().find(|r| r.name == name) {
            reader.panel = Some((panel, when));
        }
    }

    /// A link to this instrument was followed. Several may say so at once: the first on the page has it.
    pub(super) fn follow(&self, name: &'static str) {
        self.0.followed.borrow_mut().push(name);
        let report = self.clone();
        // Only after the shell has placed the reader of a new page at its heading.
        self.reveal_soon(move || {
            let names = report.0.followed.take();
            let panel = report.first(|reader| names.contains(&reader.name));
            if let Some(panel) = panel {
                reveal(&panel, false);
            }
        });
    }

    /// Says whether everything that the page consists of is there and has reported what it reads. From then on the page names
    /// what nobody reads, and an instrument that the address speaks of comes into view: any, for a reader who arrives; and one
    /// that was fetched for a link that the reader has followed.
    pub fn all_here(&self, all: bool) {
        self.0.whole.set(all);
        if !all {
            return;
        }
        let arriving = !self.0.arrived.replace(true);
        let report = self.clone();
        self.reveal_soon(move || {
            // A link that was followed at the same moment has its instrument in view.
            let followed = report.0.followed.take();
            let linked = report.first(|reader| followed.contains(&reader.name));
            let location = gloo::utils::window().location();
            let query = Query::parse(&location.search().unwrap_or_default());
            let hash = location.hash().unwrap_or_default();
            let arriving = arriving && linked.is_none();
            let asked = || match hash.strip_prefix('#') {
                Some(hash) => {
                    report.first(|reader| reader.name == hash && (arriving || reader.late))
                }
                // What stands at the head of the page is in view already.
                None if arriving && report.speaks_of(&query, Reveal::OnFollowing) => None,
                None => report.first(|reader| reader.is_set(&query) && (arriving || reader.late)),
            };
            let panel = linked.or_else(asked);
            for reader in report.0.readers.borrow_mut().iter_mut() {
                reader.late = false;
            }
            if let Some(panel) = panel {
                reveal(&panel, arriving);
            }
        });
    }

    /// Whether the address sets something at an instrument that is brought into view at these times.
    fn speaks_of(&self, query: &Query, when: Reveal) -> bool {
        let readers = self.0.readers.borrow();
        let mut shown = readers
            .iter()
            .filter(|reader| matches!(reader.panel, Some((_, w)) if w == when));
        shown.any(|reader| reader.is_set(query))
    }

    /// The parameters of the address that nobody has reported to read so far.
    pub fn unread(&self, query: &Query) -> Vec<String> {
        let readers = self.0.readers.borrow();
        let mut unread = Vec::<String>::new();
        for name in query.names() {
            let known = readers.iter().any(|reader| reader.keys.contains(&name));
            if !known && !name.is_empty() && !unread.iter().any(|one| one == name) {
                unread.push(name.to_owned());
            }
        }
        unread
    }

    /// The panel of the first reader, in the order of the page, that this can be said of.
    fn first(&self, said: impl Fn(&Reader) -> bool) -> Option<HtmlElement> {
        let readers = self.0.readers.borrow();
        let mut first: Option<HtmlElement> = None;
        for reader in readers.iter() {
            let Some((panel, _)) = &reader.panel else {
                continue;
            };
            let Some(panel) = panel.cast::<HtmlElement>() else {
                continue;
            };
            let before = |other: &HtmlElement| {
                other.compare_document_position(&panel) & Node::DOCUMENT_POSITION_PRECEDING != 0
            };
            if said(reader) && first.as_ref().is_none_or(before) {
                first = Some(panel);
            }
        }
        first
    }

    fn reveal_soon(&self, reveal: impl FnOnce() + 'static) {
        *self.0.revealing.borrow_mut() = Some(Timeout::new(0, reveal));
    }
}

/// Brings a panel into view. On `arriving`, only for a reader who is still at the top of the page; otherwise a link has been
/// followed, and the focus goes along.
fn reveal(panel: &HtmlElement, arriving: bool) {
    let window = gloo::utils::window();
    let (top, height) = (window.scroll_y(), window.inner_height());
    let height = height.ok().and_then(|h| h.as_f64()).unwrap_or_default();
    let place = panel.get_bounding_client_rect();
    let seen = place.top() < height * 0.7 && place.bottom() > height * 0.2;
    if arriving && (seen || top.unwrap_or_default() > 0.0) {
        return;
    }
    if !arriving {
        // A panel that cannot take the focus is still brought into view.
        let _ = panel.focus();
    }
    if !seen {
        panel.scroll_into_view();
    }
}

/// What the page says of its address.
#[derive(Clone, PartialEq)]
struct UrlProblems(Vec<String>);

/// Properties of [`UrlReportProvider`].
#[derive(Properties, PartialEq)]
pub struct UrlReportProviderProps {
    /// The page.
    pub children: Html,
}

/// Stands around one page (give it a `key` that changes with the page), and gives [`UrlReport`] and [`use_url_problems`] to
/// everything on it.
#[component]
pub fn UrlReportProvider(props: &UrlReportProviderProps) -> Html {
    let hydrating = use_context::<Arrival>().unwrap_or_default().hydrating;
    let location = use_location();
    let whole = use_state_eq(|| false);
    let report = use_memo((), |()| {
        UrlReport(Rc::new(Inner {
            readers: RefCell::default(),
            followed: RefCell::default(),
            revealing: RefCell::default(),
            whole: whole.setter(),
            arrived: Cell::default(),
        }))
    });
    let query = location.map(|location| Query::parse(location.query_str()));
    let problems = match query {
        // The prerendered page knows no query.
        Some(query) if *whole || !hydrating => {
            let mut problems = query.problems();
            if *whole {
                problems.extend(report.unread(&query).iter().map(|name| unread(name)));
            }
            problems.truncate(MOST);
            problems
        }
        _ => Vec::new(),
    };
    html! {
        <ContextProvider<UrlReport> context={(*report).clone()}>
            <ContextProvider<UrlProblems> context={UrlProblems(problems)}>
                { props.children.clone() }
            </ContextProvider<UrlProblems>>
        </ContextProvider<UrlReport>>
    }
}

fn unread(name: &str) -> String {
    format!(
        "“{}” in the address means nothing on this page.",
        ellipsize(name)
    )
}

/// A sentence for each part of the address that nobody on the page can read. Stands once, at the head of the page.
#[hook]
pub fn use_url_problems() -> Vec<String> {
    use_context::<UrlProblems>().map_or_else(Vec::new, |problems| problems.0)
}

/// Reports parameters that are read by something that is no instrument with settings.
#[hook]
pub fn use_url_keys(name: &'static str, keys: &'static [&'static str]) {
    let report = use_context::<UrlReport>();
    use_effect_with(report, move |report| {
        let place = report
            .as_ref()
            .map(|report| report.register(Reader::new(name, keys.to_vec())));
        move || drop(place)
    });
}
