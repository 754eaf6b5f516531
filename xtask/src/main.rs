//! Every task a person runs: `cargo xtask serve`, `test`, `dev`, `build`, `doctor`, `conformance`, `fuzz`,
//! `bench`, `load`.

mod apt;
mod arrows;
mod bench;
mod browser;
mod budget;
mod check;
mod cli;
mod compress;
mod conformance;
mod doctor;
mod failure;
mod fuzz;
mod html;
mod imports;
mod load;
mod paths;
mod process;
mod readme;
mod redis;
mod release;
mod serve;
mod site;
mod split;
mod timings;
mod tools;
mod ui;

use cli::Request;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = process::handle_signals()
        .and_then(|()| cli::parse(std::env::args_os().skip(1)))
        .and_then(run);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui::say(format!("{} {failure}", ui::bold("error:")));
            ExitCode::from(failure.code)
        }
    }
}

fn run(request: Request) -> failure::Result {
    match request {
        Request::Help(command) => {
            ui::print(cli::help(command));
            Ok(())
        }
        Request::Serve(options) => serve::serve(&options),
        Request::Test(options) => check::test(&options),
        Request::Dev(options) => serve::dev(&options),
        Request::Build { anew } => {
            site::build(anew)?;
            budget::print()?;
            let server = serve::build_server(serve::Profile::Server)?;
            ui::print(format!("The server: {}", server.display()));
            Ok(())
        }
        Request::Doctor => doctor::doctor(),
        Request::Fuzz(options) => fuzz::fuzz(&options),
        Request::Bench(place) => bench::bench(place),
        Request::Load(options) => load::load(&options),
        Request::Conformance(options) => conformance::conformance(&options),
    }
}
