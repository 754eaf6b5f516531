//! The command line.

use crate::failure::{Failure, Result};
use crate::{bench, check, conformance, fuzz, load, serve};
use std::ffi::OsString;
use std::path::PathBuf;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Explain the commands, or one of them.
    Help(Option<&'static str>),
    /// Build what is missing and serve it.
    Serve(serve::Options),
    /// Run everything that CI runs.
    Test(check::Options),
    /// Rebuild and reload at each change.
    Dev(serve::DevOptions),
    /// Build the site and the server.
    Build {
        /// Even if nothing seems to have changed.
        anew: bool,
    },
    /// Show what is here and what is not.
    Doctor,
    /// Run the Autobahn test suite.
    Conformance(conformance::Options),
    /// Look for input that breaks the codec.
    Fuzz(fuzz::Options),
    /// Measure the codec beside its peers.
    Bench(bench::Place),
    /// Measure the server beside its peers, and under attack.
    Load(load::Options),
}

/// A command: its name, a line about it, its options as help shows them, and how they are understood.
pub struct Command {
    /// The name.
    pub name: &'static str,
    /// A line about it.
    pub about: &'static str,
    /// The rest of the help.
    pub help: &'static str,
    parse: fn(lexopt::Parser) -> Parsed,
}

type Parsed = std::result::Result<Request, lexopt::Error>;

/// All commands. A new one needs an entry here and an arm in `main`.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        about: "Build what is missing and serve it at http://127.0.0.1:8080",
        help: "\
Usage: cargo xtask serve [OPTIONS] [-- SERVER OPTIONS]

Gets the tools that are missing, builds the site and the server for release, and runs the server until
Ctrl-C. When nothing has changed since the last time, it is up at once.

  --listen ADDRESS  Where to listen [default: 127.0.0.1:8080]; a port alone means this machine only
  --open            Open a browser when it is up
  --two             Two servers, this one and one at the next port, which share their rooms through a Redis
                    that is started for them
  --site FOLDER     Serve this built site instead of building one
  -- ...            What follows goes to the server; `cargo xtask serve -- --help` lists its options",
        parse: parse_serve,
    },
    Command {
        name: "test",
        about: "Run everything that CI checks",
        help: "\
Usage: cargo xtask test [OPTIONS] [-- PLAYWRIGHT OPTIONS]

Gets what is missing, then runs the steps in order and stops at the first that fails.

  --only STEP  Run only this step; may be repeated, or several with commas
  --skip STEP  Leave this step out; likewise
  -- ...       What follows goes to Playwright, for example: --only e2e -- frames.spec.ts --headed

DUPLEX_CHROMIUM names the browser to use; otherwise one is looked for, and downloaded if there is none.",
        parse: parse_test,
    },
    Command {
        name: "dev",
        about: "Rebuild the page and reload it at each change, beside the server",
        help: "\
Usage: cargo xtask dev [OPTIONS] [-- TRUNK OPTIONS]

Trunk serves the page at http://127.0.0.1:8081, unoptimised, and passes on to the server what is the server's.
The server itself is at http://127.0.0.1:8080.

  --port PORT  Trunk's port [default: 8081]
  --open       Open a browser when it is up
  -- ...       What follows goes to `trunk serve`",
        parse: parse_dev,
    },
    Command {
        name: "build",
        about: "Build the site into dist, compressed, and the server",
        help: "\
Usage: cargo xtask build [--anew]

Builds for release what has changed, and prints the sizes. Say where the site will be published in
DUPLEX_ADDRESS (https://duplex.example), and each page tells search engines its address.

  --anew  Build the site even if nothing seems to have changed",
        parse: parse_build,
    },
    Command {
        name: "doctor",
        about: "Show what is installed, what is missing, and how it will be got",
        help: "\
Usage: cargo xtask doctor

Changes nothing. Fails if something is missing that only you can install.",
        parse: parse_doctor,
    },
    Command {
        name: "conformance",
        about: "Run the Autobahn test suite against the codec and the server",
        help: "\
Usage: cargo xtask conformance [OPTIONS]

Needs the suite's program, wstest, on PATH. The codec has to be OK in every case, in both roles; the server's /echo
must fail in none. A whole run takes about a quarter of an hour for each, section by section; one that was cut goes on
where it stopped.

  --only SUBJECT   server, client or echo; may be repeated, or several with commas
  --cases PATTERN  Only these cases, such as 6.*; likewise
  --write          Put the result into the README of wire",
        parse: parse_conformance,
    },
    Command {
        name: "fuzz",
        about: "Look for input that breaks what the codec promises",
        help: "\
Usage: cargo xtask fuzz [OPTIONS] [TARGET]...

Needs a nightly Rust. Fuzzes each target in turn, or only those that are named.

  --for TIME  How long for each, such as 60s, 20m or 1h [default: 60s]",
        parse: parse_fuzz,
    },
    Command {
        name: "bench",
        about: "Measure the codec beside other libraries, and the models beside plain ones, in the same run",
        help: "\
Usage: cargo xtask bench [OPTIONS]

Prints tables of ratios, as this machine's own code and as WebAssembly in Node. What is included in each row stands
in crates/wire/benches/compare.rs and crates/sim/benches/models.rs.

  --host  Only as this machine's own code
  --wasm  Only as WebAssembly",
        parse: parse_bench,
    },
    Command {
        name: "load",
        about: "Measure the server under load and under attack, beside echo servers of other libraries",
        help: "\
Usage: cargo xtask load [OPTIONS]

On the loopback alone: memory of connections, time to accept in bursts, echoes, and what others wait while each attack
runs; as a table with ratios to the best peer (yawc, tungstenite, Node's ws). Ends by itself.

  --quick         Fewer connections, for a shorter time
  --only PART     Only memory, accepting, echo or attacks
  --soak MINUTES  Instead, attack for so long, and fail unless memory and open files end where they began
  --write         Put the table into the README of the server",
        parse: parse_load,
    },
];

/// Understands the arguments after `cargo xtask`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Request> {
    let mut arguments = arguments.into_iter();
    let Some(first) = arguments.next() else {
        return Ok(Request::Help(None));
    };
    let find = |name: &OsString| COMMANDS.iter().find(|command| name == command.name);
    if first == "help" || first == "--help" || first == "-h" {
        return Ok(Request::Help(
            arguments.next().as_ref().and_then(find).map(|c| c.name),
        ));
    }
    let Some(command) = find(&first) else {
        let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        return Err(Failure::usage(format!(
            "There is no command called {}.",
            first.to_string_lossy()
        ))
        .advise(format!("The commands are {}.", names.join(", "))));
    };
    (command.parse)(lexopt::Parser::from_args(arguments)).map_err(|error| {
        Failure::usage(format!("cargo xtask {}: {error}", command.name)).advise(command.help)
    })
}

/// The help text for all commands, or for one.
pub fn help(name: Option<&str>) -> String {
    if let Some(command) = COMMANDS.iter().find(|command| Some(command.name) == name) {
        let steps = match command.name {
            "test" => format!("\n\nSteps:\n{}", steps()),
            _ => String::new(),
        };
        return format!("{}.\n\n{}{steps}", command.about, command.help);
    }
    let lines: Vec<String> = COMMANDS
        .iter()
        .map(|command| format!("  {:11}  {}", command.name, command.about))
        .collect();
    format!(
        "Every task a person runs on Duplex.\n\nUsage: cargo xtask COMMAND\n\n{}\n\n\
         `cargo xtask COMMAND --help` says more. Tools go to a cache folder of yours, which DUPLEX_CACHE moves.",
        lines.join("\n")
    )
}

fn steps() -> String {
    let lines: Vec<String> = check::STEPS
        .iter()
        .map(|step| format!("  {:12}  {}", step.name, step.what))
        .collect();
    lines.join("\n")
}

fn parse_serve(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = serve::Options {
        listen: serve::LISTEN.into(),
        open: false,
        two: false,
        site: None,
        rest: rest(&mut parser)?,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => options.listen = parser.value()?.string()?,
            Long("open") => options.open = true,
            Long("two") => options.two = true,
            Long("site") => options.site = Some(PathBuf::from(parser.value()?)),
            Long("help") | Short('h') => return Ok(Request::Help(Some("serve"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Serve(options))
}

fn parse_test(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = check::Options {
        rest: rest(&mut parser)?,
        ..Default::default()
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("only") => options.only.extend(list(&mut parser)?),
            Long("skip") => options.skip.extend(list(&mut parser)?),
            Long("help") | Short('h') => return Ok(Request::Help(Some("test"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Test(options))
}

fn parse_dev(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = serve::DevOptions {
        port: serve::DEV_PORT,
        open: false,
        rest: rest(&mut parser)?,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => options.port = parser.value()?.parse()?,
            Long("open") => options.open = true,
            Long("help") | Short('h') => return Ok(Request::Help(Some("dev"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Dev(options))
}

fn parse_build(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut anew = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("anew") => anew = true,
            Long("help") | Short('h') => return Ok(Request::Help(Some("build"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Build { anew })
}

fn parse_doctor(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    match parser.next()? {
        None => Ok(Request::Doctor),
        Some(Long("help") | Short('h')) => Ok(Request::Help(Some("doctor"))),
        Some(other) => Err(other.unexpected()),
    }
}

fn parse_conformance(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = conformance::Options::default();
    let (mut subjects, mut cases) = (Vec::new(), Vec::new());
    while let Some(argument) = parser.next()? {
        match argument {
            Long("only") => {
                for name in list(&mut parser)? {
                    let known = conformance::Subject::ALL
                        .into_iter()
                        .find(|s| s.name() == name);
                    subjects.push(known.ok_or_else(|| {
                        lexopt::Error::from(format!(
                            "--only knows server, client and echo, not {name}"
                        ))
                    })?);
                }
            }
            Long("cases") => cases.extend(list(&mut parser)?),
            Long("write") => options.write = true,
            Long("help") | Short('h') => return Ok(Request::Help(Some("conformance"))),
            other => return Err(other.unexpected()),
        }
    }
    if !subjects.is_empty() {
        options.subjects = subjects;
    }
    if !cases.is_empty() {
        options.cases = cases;
    }
    Ok(Request::Conformance(options))
}

fn parse_fuzz(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = fuzz::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("for") => {
                let text = parser.value()?.string()?;
                options.seconds = fuzz::seconds(&text)
                    .ok_or_else(|| format!("--for takes a time such as 60s or 20m, not {text}"))?;
            }
            Value(target) => options.targets.push(target.string()?),
            Long("help") | Short('h') => return Ok(Request::Help(Some("fuzz"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Fuzz(options))
}

fn parse_bench(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut place = bench::Place::Both;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("host") => place = bench::Place::Host,
            Long("wasm") => place = bench::Place::Wasm,
            Long("help") | Short('h') => return Ok(Request::Help(Some("bench"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Bench(place))
}

fn parse_load(mut parser: lexopt::Parser) -> Parsed {
    use lexopt::prelude::*;
    let mut options = load::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => options.quick = true,
            Long("only") => {
                let part = parser.value()?.string()?;
                if !load::PARTS.contains(&&*part) {
                    return Err(
                        format!("--only knows {}, not {part}", load::PARTS.join(", ")).into(),
                    );
                }
                options.only = Some(part);
            }
            Long("soak") => options.soak = Some(parser.value()?.parse()?),
            Long("write") => options.write = true,
            Long("help") | Short('h') => return Ok(Request::Help(Some("load"))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Load(options))
}

/// An option's value: names with commas between them.
fn list(parser: &mut lexopt::Parser) -> std::result::Result<Vec<String>, lexopt::Error> {
    use lexopt::prelude::*;
    let value = parser.value()?.string()?;
    Ok(value
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect())
}

/// Takes what follows `--` off the end, untouched.
fn rest(parser: &mut lexopt::Parser) -> std::result::Result<Vec<OsString>, lexopt::Error> {
    let mut ours: Vec<OsString> = parser.raw_args()?.collect();
    let Some(at) = ours.iter().position(|argument| argument == "--") else {
        *parser = lexopt::Parser::from_args(ours);
        return Ok(Vec::new());
    };
    let rest = ours.split_off(at).split_off(1);
    *parser = lexopt::Parser::from_args(ours);
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn serve_knows_its_options_and_passes_on_the_rest() {
        let Request::Serve(options) =
            parsed("serve --open --listen=:9000 -- --max-message 1 --open").unwrap()
        else {
            panic!("not serve");
        };
        assert_eq!(options.listen, ":9000");
        assert!(options.open && options.site.is_none());
        assert_eq!(options.rest, ["--max-message", "1", "--open"]);
    }

    #[test]
    fn steps_can_be_listed_or_repeated() {
        let Request::Test(options) =
            parsed("test --only fmt,clippy --only e2e --skip doc").unwrap()
        else {
            panic!("not test");
        };
        assert_eq!(options.only, ["fmt", "clippy", "e2e"]);
        assert_eq!(options.skip, ["doc"]);
        assert!(options.rest.is_empty());
    }

    #[test]
    fn help_is_to_be_had_everywhere() {
        assert_eq!(parsed("").unwrap(), Request::Help(None));
        assert_eq!(parsed("--help").unwrap(), Request::Help(None));
        for command in COMMANDS {
            let expected = Request::Help(Some(command.name));
            assert_eq!(
                parsed(&format!("{} --help", command.name)).unwrap(),
                expected
            );
            assert_eq!(parsed(&format!("help {}", command.name)).unwrap(), expected);
            assert!(help(Some(command.name)).contains(command.help));
            assert!(help(None).contains(command.about));
        }
    }

    #[test]
    fn a_wrong_command_line_says_what_would_be_right() {
        for (line, says) in [
            ("sevre", "serve"),
            ("serve --prot 1", "--listen"),
            ("serve --listen", "--listen"),
            ("dev --port high", "--port"),
            ("doctor now", "Usage"),
        ] {
            let failure = parsed(line).unwrap_err();
            assert_eq!(failure.code, 2, "{line}");
            assert!(failure.message.contains(says), "{line}: {failure}");
        }
    }
}
