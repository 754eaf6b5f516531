//! The programs of the page's workers. One runs the models of `sim`, the other reads what was pasted; both do what they are
//! told by name, several things at a time, and report how far each is. What page and worker say to each other is in
//! [`sim::job`].

pub mod reader;
#[cfg(target_arch = "wasm32")]
pub mod scope;

/// Starts a run by its name, from its encoded parameters. The error says in a sentence why it was not started.
pub type Start = fn(&str, &[u8]) -> Result<Box<dyn sim::job::Run>, String>;

/// Listens to the page.
#[cfg(target_arch = "wasm32")]
pub fn run(start: Start) {
    scope::start(start);
}

/// Says where such a program runs.
#[cfg(not(target_arch = "wasm32"))]
pub fn run(_start: Start) {
    eprintln!(
        "This program runs in a browser's worker; `cargo xtask build` makes it a part of the site."
    );
    std::process::exit(2);
}
