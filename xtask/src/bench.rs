//! `cargo xtask bench`: the codec beside other libraries, on the same bytes in the same run; and the models beside plain
//! ones.

use crate::failure::{Failure, Result};
use crate::tools::pins;
use crate::{paths, process, tools, ui};

/// Where the benchmark runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As this machine's own code.
    Host,
    /// As WebAssembly with SIMD128 in Node, whose engine is Chromium's: the page's speed.
    Wasm,
    /// First the one, then the other.
    Both,
}

/// Prints a table of ratios for each place.
pub fn bench(place: Place) -> Result {
    if place != Place::Wasm {
        ui::doing(
            "Measuring the codec and the models as this machine's own code",
            Some(
                "about 5 minutes on two cores, compiling included; leave the machine alone meanwhile",
            ),
        );
        for bench in BENCHES {
            process::run(&mut command(bench))?;
        }
    }
    if place != Place::Host {
        tools::get_wasi_target()?;
        let node = tools::node().ok_or_else(|| {
            Failure::new(format!(
                "Measuring WebAssembly needs Node {} or newer.",
                pins::NODE
            ))
            .advise("Install it, or measure this machine's own code alone with --host.")
        })?;
        ui::doing(
            "Measuring the codec and the models as WebAssembly in Node",
            Some("about 4 minutes on two cores, compiling included"),
        );
        let runner = paths::root().join("crates/wire/benches/wasi.mjs");
        let name = pins::WASI_TARGET.replace('-', "_").to_uppercase();
        let variable = |what: &str| format!("CARGO_TARGET_{name}_{what}");
        for bench in BENCHES {
            let mut command = command(bench);
            command
                .args(["--target", pins::WASI_TARGET])
                .env(
                    variable("RUNNER"),
                    format!("{} {}", node.program.display(), runner.display()),
                )
                // As the page is compiled; see .cargo/config.toml.
                .env(variable("RUSTFLAGS"), "-Ctarget-feature=+simd128");
            process::run(&mut command)?;
        }
    }
    Ok(())
}

/// The packages that are measured, each with its benchmark.
const BENCHES: [(&str, &str); 2] = [("wire", "compare"), ("sim", "models")];

/// The server's profile: the release profile is for the page, and keeps it small.
fn command((package, bench): (&str, &str)) -> std::process::Command {
    let mut command = process::cargo();
    command
        .args(["bench", "--package", package, "--bench", bench])
        .args(["--profile", "server"])
        .current_dir(paths::root());
    command
}
