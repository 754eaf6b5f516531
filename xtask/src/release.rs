//! The site as it is released: the program cut into modules, every page prerendered, all of it under hashed names.

use crate::failure::{Context, Failure, Result};
use crate::split::{self, Pieces};
use crate::timings::timed;
use crate::tools::{self, Found, pins};
use crate::{html, imports, paths, process, ui};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What wasm-opt may count on, as its command and as its package call it: what browsers have had since 2023, and no more.
/// With all features it writes modules that browsers refuse.
const FEATURES: [(&str, &str); 10] = [
    ("simd", "SIMD128"),
    ("bulk-memory", "BulkMemory"),
    ("bulk-memory-opt", "BulkMemoryOpt"),
    ("reference-types", "ReferenceTypes"),
    ("mutable-globals", "MutableGlobals"),
    ("sign-ext", "SignExt"),
    ("nontrapping-float-to-int", "NontrappingFPToInt"),
    ("multivalue", "Multivalue"),
    ("extended-const", "ExtendedConst"),
    ("call-indirect-overlong", "CallIndirectOverlong"),
];

/// How many small modules one process of the package takes.
const BATCH: usize = 60;

/// The style files that every page has, in the order in which they count.
const BASE_STYLES: &[&str] = &["app", "kit"];

/// The tools that a release takes.
pub struct Tools {
    wasm_bindgen: Found,
    wasm_split: Found,
    /// Without it the page is larger than it need be.
    wasm_opt: Option<Found>,
}

impl Tools {
    /// The tools, got first where they are missing.
    pub fn get() -> Result<Self> {
        tools::get_wasm_target()?;
        Ok(Self {
            wasm_bindgen: tools::wasm_bindgen()?.get()?,
            wasm_split: tools::wasm_split().get()?,
            wasm_opt: tools::get_wasm_opt()?,
        })
    }
}

/// What the prerendering says.
#[derive(Deserialize)]
struct Prerendered {
    pages: Vec<Page>,
    /// The style files that each module's instruments need.
    styles: BTreeMap<String, Vec<String>>,
}

/// A prerendered page.
#[derive(Deserialize)]
pub struct Page {
    /// Its path.
    pub path: String,
    /// The window's title.
    pub title: String,
    /// What a search engine shows of it; empty for what no search engine should show.
    pub description: String,
    /// The path that search engines should know it by.
    pub canonical: String,
    /// The modules that its words and its first instrument need.
    pub first: Vec<String>,
    /// The modules of its other instruments.
    pub rest: Vec<String>,
    /// The files in `static/styles` that draw its instruments, without their endings.
    pub styles: Vec<String>,
    /// Whether one of its instruments runs its model in the worker.
    pub worker: bool,
    /// What stands in the element `app`.
    pub html: String,
}

/// Builds the site into `dist`, anew. Says whether wasm-opt could be had.
pub fn build(tools: &Tools, dist: &Path) -> Result<bool> {
    let work = paths::notes()?.join("release");
    let _ = fs::remove_dir_all(&work);
    make(&work)?;
    let wasm = timed(
        "program",
        "Compiling the page for release",
        "about 3 minutes the first time, on two cores",
        || compile(&PAGE),
    )?;
    let worker = timed(
        "worker",
        "Compiling the worker, which runs large models",
        "about 30 seconds the first time, on two cores",
        || compile(&WORKER),
    )?;
    let reader = timed(
        "reader",
        "Compiling the worker that reads what was pasted",
        "about 30 seconds the first time, on two cores",
        || compile(&READER),
    )?;
    let pages = timed(
        "prerender",
        "Rendering every page",
        "about 1 minute the first time, on two cores",
        prerender,
    )?;
    timed(
        "split",
        "Cutting the program into modules and making them small",
        "about 30 seconds",
        || assemble(tools, [&wasm, &worker, &reader], &pages, &work, dist),
    )?;
    if tools.wasm_opt.is_none() {
        ui::warn(&format!(
            "wasm-opt {} could not be had, so the page is larger than it need be. To change that, install Node {} or newer \
             (its npm is used to get wasm-opt), or put wasm-opt on PATH, and run this again.",
            pins::WASM_OPT,
            pins::NODE
        ));
    }
    Ok(tools.wasm_opt.is_some())
}

fn make(folder: &Path) -> Result {
    fs::create_dir_all(folder).context(|| format!("Cannot create {}", folder.display()))
}

/// A program in WebAssembly.
struct Program {
    package: &'static str,
    /// Its name, which differs from the package's where a package has several.
    name: &'static str,
    profile: &'static str,
    /// Further arguments.
    arguments: &'static [&'static str],
    /// What .cargo/config.toml says, which the variable replaces, and more.
    flags: &'static str,
}

/// The page, with its split points. The relocations tell wasm-split what calls what.
const PAGE: Program = Program {
    package: "duplex",
    name: "duplex",
    profile: "release",
    arguments: &["--features", "split"],
    flags: "-Ctarget-feature=+simd128 -Clink-args=--emit-relocs",
};

/// The worker that runs the models.
const WORKER: Program = Program {
    package: "duplex-worker",
    name: "duplex-worker",
    profile: "worker",
    arguments: &[],
    flags: "-Ctarget-feature=+simd128",
};

/// The worker that reads what was pasted.
const READER: Program = Program {
    name: "duplex-reader",
    ..WORKER
};

/// Compiles a program.
fn compile(program: &Program) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo
        .args(["build", "--profile", program.profile])
        .args(["--package", program.package])
        .args(["--bin", program.name])
        .args(program.arguments)
        .args(["--target", pins::WASM_TARGET])
        .env("RUSTFLAGS", program.flags)
        .current_dir(paths::root());
    process::run(&mut cargo).map_err(|failure| match process::interrupted() {
        Some(_) => failure,
        None => failure.advise("The page could not be compiled; cargo says why above."),
    })?;
    let file = paths::target()?
        .join(pins::WASM_TARGET)
        .join(program.profile)
        .join(program.name)
        .with_extension("wasm");
    if file.is_file() {
        return Ok(file);
    }
    Err(Failure::new(format!(
        "The page was compiled, but is not where it should be: {}",
        file.display()
    )))
}

/// Renders every page on the host.
fn prerender() -> Result<Prerendered> {
    let mut cargo = process::cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "--package",
            "duplex",
            "--example",
            "prerender",
        ])
        .current_dir(paths::root())
        .stderr(std::process::Stdio::inherit());
    let output = cargo
        .output()
        .context(|| "Cannot run cargo to render the pages".to_owned())?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "The pages could not be rendered: cargo ended with {}.",
            process::ending(output.status)
        )));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| Failure::new(format!("The rendered pages are not understood: {e}")))
}

fn assemble(
    tools: &Tools,
    [wasm, worker, reader]: [&Path; 3],
    prerendered: &Prerendered,
    work: &Path,
    dist: &Path,
) -> Result {
    let (cut, bound) = (work.join("cut"), work.join("bound"));
    make(&cut)?;
    let mut split = process::command(&tools.wasm_split.program);
    split
        .arg(wasm)
        .arg(&cut)
        .args(["--out-name", "duplex", "--target", "web"]);
    process::run(&mut split)?;
    let mut bindgen = process::command(&tools.wasm_bindgen.program);
    // Without --keep-lld-exports the function table is dropped, and no module can be joined.
    bindgen
        .args(["--target", "web", "--keep-lld-exports", "--no-typescript"])
        .args(["--out-name", "duplex", "--out-dir"])
        .arg(&bound)
        .arg(cut.join("duplex.wasm"));
    process::run(&mut bindgen)?;
    for (name, program) in [("worker", worker), ("reader", reader)] {
        let mut bindgen = process::command(&tools.wasm_bindgen.program);
        bindgen
            .args(["--target", "no-modules", "--no-typescript"])
            .args(["--out-name", name, "--out-dir"])
            .arg(&bound)
            .arg(program);
        process::run(&mut bindgen)?;
    }
    let base = bound.join("duplex_bg.wasm");
    let pieces = Pieces::read(&read(&cut.join("__wasm_split.js"))?)?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        let mut files: Vec<PathBuf> = pieces
            .modules
            .values()
            .flatten()
            .map(|piece| cut.join(piece).with_extension("wasm"))
            .collect();
        files.push(base.clone());
        files.sort();
        files.dedup();
        optimise(wasm_opt, files, Aim::Small)?;
        let workers = ["worker", "reader"].map(|name| bound.join(format!("{name}_bg.wasm")));
        optimise(wasm_opt, workers.to_vec(), Aim::Fast)?;
    }

    let _ = fs::remove_dir_all(dist);
    make(dist)?;
    let packed = split::pack(&pieces, &cut, dist)?;
    let mut styles = BTreeMap::new();
    let needed = prerendered.styles.values().flatten().map(String::as_str);
    for name in BASE_STYLES.iter().copied().chain(needed) {
        if !styles.contains_key(name) {
            let file = paths::root().join(format!("static/styles/{name}.css"));
            let hashed = split::write_hashed(dist, name, "css", read(&file)?.as_bytes())?;
            styles.insert(name.to_owned(), hashed);
        }
    }
    let of_module = prerendered
        .styles
        .iter()
        .map(|(module, names)| {
            let files = names.iter().filter_map(|name| styles.get(name).cloned());
            (module.clone(), files.collect())
        })
        .collect();
    let base = fs::read(&base).context(|| format!("Cannot read {}", base.display()))?;
    let (script, base) = imports::shorten(&read(&bound.join("duplex.js"))?, &base)?;
    let script = split::script(&script, &pieces, &packed, &of_module)?;
    let worker = write_worker("worker", &bound, dist)?;
    let reader = write_worker("reader", &bound, dist)?;
    let icon = fs::read(paths::root().join("static/icon.svg"))
        .context(|| "Cannot read static/icon.svg".to_owned())?;
    let files = html::Files {
        script: split::write_hashed(dist, "duplex", "js", script.as_bytes())?,
        base: split::write_hashed(dist, "duplex", "wasm", &base)?,
        icon: split::write_hashed(dist, "icon", "svg", &icon)?,
        base_styles: BASE_STYLES
            .iter()
            .map(|name| styles[*name].clone())
            .collect(),
        styles,
        packed,
        worker,
        reader,
    };
    write_pages(&prerendered.pages, &files, dist)
}

/// Writes a worker's program and the script that starts it.
fn write_worker(name: &str, bound: &Path, dist: &Path) -> Result<html::WorkerFiles> {
    let wasm = bound.join(format!("{name}_bg.wasm"));
    let wasm = fs::read(&wasm).context(|| format!("Cannot read {}", wasm.display()))?;
    let program = split::write_hashed(dist, name, "wasm", &wasm)?;
    let bindings = read(&bound.join(name).with_extension("js"))?;
    let script = split::worker_script(&bindings, &program);
    Ok(html::WorkerFiles {
        script: split::write_hashed(dist, name, "js", script.as_bytes())?,
        program,
    })
}

fn write_pages(pages: &[Page], files: &html::Files, dist: &Path) -> Result {
    let template = read(&paths::root().join("index.html"))?;
    let mut table = Vec::new();
    for page in pages {
        let file = match page.path.as_str() {
            "/" => dist.join("index.html"),
            "/404" => dist.join("404.html"),
            path => dist.join(path.trim_start_matches('/')).join("index.html"),
        };
        make(file.parent().unwrap_or(dist))?;
        let text = html::page(&template, page, files)?;
        fs::write(&file, text).context(|| format!("Cannot write {}", file.display()))?;
        table.push(files.transfer(page, file.strip_prefix(dist).unwrap_or(&file)));
    }
    // For the table of sizes and for the browser tests.
    let file = dist.join("pages.json");
    let text = serde_json::to_string_pretty(&table)
        .map_err(|e| Failure::new(format!("The page table cannot be written: {e}")))?;
    fs::write(&file, text).context(|| format!("Cannot write {}", file.display()))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).context(|| format!("Cannot read {}", file.display()))
}

/// What a module is made to be.
#[derive(Clone, Copy)]
enum Aim {
    /// As `-Oz`.
    Small,
    /// As `-O3`.
    Fast,
}

impl Aim {
    /// As wasm-opt's command has it.
    fn flag(self) -> &'static str {
        match self {
            Aim::Small => "-Oz",
            Aim::Fast => "-O3",
        }
    }
}

/// Makes modules small or fast, as many at once as there are cores.
fn optimise(wasm_opt: &Found, mut files: Vec<PathBuf>, aim: Aim) -> Result {
    // The largest first, so that the last one to finish is a small one.
    files.sort_by_key(|file| std::cmp::Reverse(fs::metadata(file).map_or(0, |about| about.len())));
    let package = package_of(wasm_opt);
    let size = package.as_ref().map_or(1, |_| BATCH);
    let mut batches: Vec<Vec<PathBuf>> = files.chunks(size).map(<[_]>::to_vec).collect();
    batches.reverse();
    let queue = Mutex::new(batches);
    let next = || queue.lock().unwrap_or_else(|e| e.into_inner()).pop();
    let work = || {
        while let Some(files) = next() {
            let mut command = match (&package, tools::node()) {
                (Some(package), Some(node)) => {
                    let mut command = process::command(node.program);
                    command
                        .arg(paths::root().join("xtask/src/optimise.mjs"))
                        .arg(package)
                        .arg(FEATURES.map(|(_, name)| name).join(","))
                        .arg(aim.flag())
                        .args(files);
                    command
                }
                _ => {
                    let mut command = process::command(&wasm_opt.program);
                    command.args(FEATURES.map(|(name, _)| format!("--enable-{name}")));
                    command.arg(aim.flag());
                    for file in files {
                        command.arg(&file).arg("-o").arg(&file);
                    }
                    command
                }
            };
            process::run_quietly(&mut command, "wasm-opt")?;
        }
        Ok(())
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

/// npm's package, where wasm-opt is from there: its command takes half a second to start, once for each module.
fn package_of(wasm_opt: &Found) -> Option<PathBuf> {
    let modules = wasm_opt.program.parent()?.parent()?;
    let package = modules.join("binaryen").join("index.js");
    (package.is_file() && tools::node().is_some()).then_some(package)
}
