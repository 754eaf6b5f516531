//! The page table: reads `content/site.toml`, checks it, and writes the routes, the navigation and the loaders of the
//! split WebAssembly as Rust. It runs in the build script; `tests/site_content.rs` tests it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Deserialize;

/// The file that this is about.
pub const FILE: &str = "content/site.toml";

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The instruments by their names.
    pub instruments: BTreeMap<String, Instrument>,
    /// The parts of the navigation, in reading order.
    pub part: Vec<Part>,
}

/// An instrument: something that a chapter can embed by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its title, where it stands alone.
    pub title: String,
    /// The path of its component in the app, such as `instruments::closing::CloseCodes`.
    pub component: String,
    /// The files in `static/styles` that draw it, without their endings.
    pub styles: Vec<String>,
    /// The module of the split program that holds it, where it shares one; else one of its own name.
    #[serde(default)]
    pub module: Option<String>,
    /// Whether it runs a model in the worker, whose program then counts among what its page transfers.
    #[serde(default)]
    pub worker: bool,
}

/// A part of the navigation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its heading; empty for the part without one.
    pub title: String,
    /// Its pages in reading order.
    pub page: Vec<Page>,
}

/// A page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The variant of `Route`, such as `Frames`.
    pub route: String,
    /// The path, such as `/frames`.
    pub path: String,
    /// The sign that stands before it in the navigation.
    #[serde(default)]
    pub sign: String,
    /// A drawn sign in its place, for one that common fonts lack: a variant of `Icon`.
    #[serde(default)]
    pub icon: Option<String>,
    /// Its name in the navigation and in the window's title.
    pub title: String,
    /// What a search engine shows of it.
    #[serde(default)]
    pub description: String,
    /// Its file in `content`. A page without one is planned, and linked from nowhere.
    #[serde(default)]
    pub chapter: Option<String>,
    /// Whether its chapter ends with what to remember.
    #[serde(default = "yes")]
    pub ending: bool,
    /// The files in `static/styles` that draw the page itself, without their endings.
    #[serde(default)]
    pub styles: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Site {
    /// Every page, in reading order.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.part.iter().flat_map(|part| &part.page)
    }
}

/// Reads and checks the table.
///
/// # Errors
/// Everything that is wrong with it, each with the file and what it is about.
pub fn read(text: &str) -> Result<Site, Vec<String>> {
    let site: Site = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(String::new(), |span| {
            format!(":{}", text[..span.start].matches('\n').count() + 1)
        });
        vec![format!("{FILE}{line}: {}", e.message())]
    })?;
    let problems = problems(&site);
    if problems.is_empty() {
        Ok(site)
    } else {
        Err(problems)
    }
}

fn problems(site: &Site) -> Vec<String> {
    let mut problems = Vec::new();
    let mut say = |what: String| problems.push(format!("{FILE}: {what}"));
    for (name, instrument) in &site.instruments {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !name.bytes().all(plain) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            say(format!(
                "the instrument `{name}` is named with other than lower-case letters, digits and hyphens"
            ));
        }
        if !instrument.component.contains("::") {
            say(format!(
                "the component of `{name}` is no path: `{}`",
                instrument.component
            ));
        }
    }
    let (mut routes, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for page in site.pages() {
        let path = &page.path;
        if !routes.insert(&page.route) {
            say(format!("two pages have the route {}", page.route));
        }
        if !paths.insert(path) {
            say(format!("two pages have the path {path}"));
        }
        if !path.starts_with('/') || (path.len() > 1 && path.ends_with('/')) {
            say(format!("the path `{path}` has to be like `/frames`"));
        }
        if path.starts_with("/embed") {
            say(format!("the path `{path}` belongs to the embeds"));
        }
        if page.chapter.is_some() && page.description.is_empty() {
            say(format!("the page {path} has no description"));
        }
    }
    if !paths.contains(&"/".to_owned()) {
        say("there is no page with the path `/`".to_owned());
    }
    problems
}

/// `frame-inspector` → `FrameInspector`.
pub fn variant(name: &str) -> String {
    let words = name.split('-').filter(|w| !w.is_empty());
    words
        .map(|w| w[..1].to_uppercase() + &w[1..])
        .collect::<String>()
}

impl Site {
    /// The module of the split program that holds an instrument.
    fn instrument_module(&self, name: &str) -> String {
        let instrument = self.instruments.get(name);
        let module = instrument.and_then(|i| i.module.as_deref());
        module.unwrap_or(name).replace('-', "_")
    }

    /// The module that holds the words of a page: that of its first instrument, which is needed with them.
    fn words_module(&self, route: &str, embedded: &BTreeMap<String, Vec<String>>) -> String {
        match embedded.get(route).and_then(|names| names.first()) {
            Some(first) => self.instrument_module(first),
            None => format!("words_{}", route.to_lowercase()),
        }
    }
}

/// What stands before a member that only the rendering on the host needs.
const HOST: &str = "#[cfg(not(target_arch = \"wasm32\"))]";

/// The enums `Route` and `Instrument` and what is known of each, for `src/pages.rs`.
///
/// `embedded` names the instruments of each page in the order in which they stand on it, `contents` its headings: the
/// name in an address, and the words.
pub fn table(
    site: &Site,
    embedded: &BTreeMap<String, Vec<String>>,
    contents: &BTreeMap<String, Vec<(String, String)>>,
    questions: &BTreeMap<String, u16>,
) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "/// Every page of the site.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum Route {{\n"
    );
    for page in site.pages() {
        let _ = writeln!(
            out,
            "/// “{}”, at `{}`.\n{},",
            page.title, page.path, page.route
        );
    }
    out.push_str("/// One instrument alone.\nEmbed(Instrument),\n/// An address that is no page's.\nNotFound,\n}\n");
    out.push_str("/// The navigation, in reading order.\npub static PARTS: &[Part] = &[\n");
    for part in &site.part {
        let _ = writeln!(out, "Part {{ title: {:?}, pages: &[", part.title);
        for page in &part.page {
            let names = embedded.get(&page.route).cloned().unwrap_or_default();
            let names: Vec<_> = names
                .iter()
                .map(|name| format!("Instrument::{}", variant(name)))
                .collect();
            let _ = writeln!(
                out,
                "Page {{ route: Route::{}, path: {:?}, sign: {}, title: {:?}, {HOST} description: {:?}, is_built: {}, \
                 {HOST} module: {:?}, instruments: &[{}], questions: {}, contents: &{:?}, {HOST} styles: &{:?} }},",
                page.route,
                page.path,
                match &page.icon {
                    Some(icon) => format!("Sign::Drawn(Icon::{icon})"),
                    None => format!("Sign::Written({:?})", page.sign),
                },
                page.title,
                page.description,
                page.chapter.is_some(),
                site.words_module(&page.route, embedded),
                names.join(", "),
                questions.get(&page.path).copied().unwrap_or_default(),
                contents.get(&page.route).map_or(&[][..], Vec::as_slice),
                page.styles
            );
        }
        out.push_str("] },\n");
    }
    out.push_str("];\n");
    out.push_str(
        "/// Everything that a chapter can embed by name.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n\
         pub enum Instrument {\n",
    );
    for (name, instrument) in &site.instruments {
        let _ = writeln!(
            out,
            "/// “{}”: `{name}`.\n{},",
            instrument.title,
            variant(name)
        );
    }
    out.push_str("}\n/// Every instrument.\npub static INSTRUMENTS: &[InstrumentEntry] = &[\n");
    for (name, instrument) in &site.instruments {
        let home = site.pages().find(|page| {
            embedded
                .get(&page.route)
                .is_some_and(|names| names.contains(name))
        });
        let _ = writeln!(
            out,
            "InstrumentEntry {{ instrument: Instrument::{}, name: {name:?}, title: {:?}, {HOST} styles: &{:?}, \
             {HOST} module: {:?}, {HOST} worker: {}, chapter: Route::{} }},",
            variant(name),
            instrument.title,
            instrument.styles,
            site.instrument_module(name),
            instrument.worker,
            home.map_or("NotFound", |page| page.route.as_str())
        );
    }
    out.push_str("];\n");
    out
}

/// The split points for `src/pages/registry.rs`: one for the words of each chapter, one for each instrument.
pub fn loaders(
    site: &Site,
    chapters: &BTreeMap<String, String>,
    embedded: &BTreeMap<String, Vec<String>>,
) -> String {
    let mut out = String::new();
    let split = |out: &mut String, module: &str, name: &str, result: &str, body: &str| {
        let _ = writeln!(
            out,
            "#[cfg(feature = \"split\")]\n\
             #[wasm_split_helpers::wasm_split({module}, fallible, preload(prefetch_{name}))]\n\
             fn {name}() -> Result<{result}, LoadError> {{ {body} }}\n\
             #[cfg(not(feature = \"split\"))]\n\
             async fn {name}() -> Result<{result}, LoadError> {{ {body} }}\n\
             #[cfg(not(feature = \"split\"))]\n\
             async fn prefetch_{name}() -> Result<(), LoadError> {{ Ok(()) }}"
        );
    };
    let (mut pages, mut prefetch_pages) = (String::new(), String::new());
    for (route, chapter) in chapters {
        let module = site.words_module(route, embedded);
        let words = format!("words_{}", route.to_lowercase());
        let _ = writeln!(
            out,
            "static CHAPTER_{}: Chapter = {chapter};",
            route.to_uppercase()
        );
        split(
            &mut out,
            &module,
            &words,
            "&'static Chapter",
            &format!("Ok(&CHAPTER_{})", route.to_uppercase()),
        );
        let _ = writeln!(pages, "Route::{route} => Some({words}().await?),");
        let _ = writeln!(
            prefetch_pages,
            "Route::{route} => {{ prefetch_{words}().await?; }}"
        );
    }
    let (mut instruments, mut prefetch_instruments) = (String::new(), String::new());
    let mut settings = String::new();
    for (name, instrument) in &site.instruments {
        let room = instrument
            .component
            .rsplit_once("::")
            .map_or("", |(room, _)| room);
        let _ = writeln!(
            settings,
            "(Instrument::{}, crate::{room}::SETTINGS),",
            variant(name)
        );
        let module = site.instrument_module(name);
        let function = format!("instrument_{}", name.replace('-', "_"));
        split(
            &mut out,
            &module,
            &function,
            "Html",
            &format!("Ok(html! {{ <crate::{}/> }})", instrument.component),
        );
        let _ = writeln!(
            instruments,
            "Instrument::{} => {function}().await,",
            variant(name)
        );
        let _ = writeln!(
            prefetch_instruments,
            "Instrument::{} => {{ prefetch_{function}().await?; }}",
            variant(name)
        );
    }
    let _ = writeln!(
        out,
        "/// What each instrument reads of an address.\n#[cfg(test)]\n\
         static SETTINGS: &[(Instrument, crate::kit::settings::check::SettingsTable)] = &[\n{settings}];"
    );
    let _ = write!(
        out,
        "/// The words of a page, once they are there; `None` where the page has none.\n\
         ///\n/// # Errors\n/// The module could not be loaded. The next call tries again.\n\
         pub async fn load_chapter(route: Route) -> Result<Option<&'static Chapter>, LoadError> {{\n\
         Ok(match route {{\n{pages}_ => None,\n}})\n}}\n\
         /// Fetches the words of a page, to have them sooner.\n\
         ///\n/// # Errors\n/// The module could not be loaded.\n\
         pub async fn prefetch_chapter(route: Route) -> Result<(), LoadError> {{\n\
         match route {{\n{prefetch_pages}_ => {{}}\n}}\nOk(())\n}}\n\
         /// An instrument, once its module is there.\n\
         ///\n/// # Errors\n/// The module could not be loaded. The next call tries again.\n\
         pub async fn load_instrument(instrument: Instrument) -> Result<Html, LoadError> {{\n\
         match instrument {{\n{instruments}}}\n}}\n\
         /// Fetches an instrument's module, to have it sooner.\n\
         ///\n/// # Errors\n/// The module could not be loaded.\n\
         pub async fn prefetch_instrument(instrument: Instrument) -> Result<(), LoadError> {{\n\
         match instrument {{\n{prefetch_instruments}}}\nOk(())\n}}\n"
    );
    out
}
