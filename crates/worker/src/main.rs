//! The program of the page's worker. It runs the models of `sim` by their names, several at a time, and reports how far
//! each is. What the two say to each other is in [`sim::job`].

#[cfg(target_arch = "wasm32")]
mod scope;

#[cfg(target_arch = "wasm32")]
fn main() {
    scope::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "This program runs in a browser's worker; `cargo xtask build` makes it a part of the site."
    );
    std::process::exit(2);
}
