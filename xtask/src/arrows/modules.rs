//! The modules of a crate, followed from its root, and every path in them that leads out of its own.

use super::tokens::{Token, tokens};
use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};

/// A path in a module, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The file, from the root of the clone.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The module that it is written in.
    pub module: Vec<String>,
    /// Where it leads.
    pub target: Target,
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To something of this crate.
    Module(Vec<String>),
    /// To something of another.
    Crate(String, Vec<String>),
}

impl Target {
    /// As it may be written.
    pub fn path(&self) -> String {
        match self {
            Target::Module(path) => path.join("::"),
            Target::Crate(name, path) => {
                let mut all = vec![name.clone()];
                all.extend_from_slice(path);
                all.join("::")
            }
        }
    }
}

/// A file that is a module.
struct Source {
    file: PathBuf,
    module: Vec<String>,
    /// Where the files of its modules lie.
    folder: PathBuf,
}

/// Every import in the modules of a crate. `crates` are those of the workspace.
pub fn imports(root: &Path, lib: &str, crates: &[&str]) -> Result<Vec<Import>> {
    let lib = root.join(lib);
    let folder = lib.parent().unwrap_or(root).to_owned();
    let mut todo = vec![Source {
        file: lib,
        module: Vec::new(),
        folder,
    }];
    let (mut out, mut rooms) = (Vec::new(), Vec::new());
    while let Some(source) = todo.pop() {
        let shown = source.file.strip_prefix(root).unwrap_or(&source.file);
        let shown = shown.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&source.file)
            .map_err(|error| Failure::new(format!("{shown} cannot be read: {error}.")))?;
        let all = tokens(&text)
            .map_err(|why| Failure::new(format!("{shown} cannot be read as Rust: {why}.")))?;
        let mut reader = Reader {
            all: &all,
            crates,
            file: &shown,
            module: source.module.clone(),
            inner: Vec::new(),
            imports: &mut out,
            children: Vec::new(),
        };
        reader.read();
        for child in reader.children {
            if source.module.is_empty() {
                rooms.extend(child.names.first().cloned());
            }
            todo.push(child.source(&source)?);
        }
    }
    // What stands in the root itself, as exported macros do, belongs to no room.
    let in_a_room = |import: &Import| match &import.target {
        Target::Module(path) => path.first().is_some_and(|name| rooms.contains(name)),
        Target::Crate(..) => true,
    };
    out.retain(in_a_room);
    out.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(out)
}

/// A declaration `mod name;`.
struct Child {
    /// The modules around it in its file, and its own name.
    names: Vec<String>,
    /// The file that `#[path]` names.
    path: Option<String>,
}

impl Child {
    fn source(self, parent: &Source) -> Result<Source> {
        let mut module = parent.module.clone();
        module.extend(self.names.iter().cloned());
        if let Some(path) = self.path {
            let here = parent.file.parent().unwrap_or(Path::new(""));
            let file = here.join(path);
            let folder = file.parent().unwrap_or(here).to_owned();
            return Ok(Source {
                file,
                module,
                folder,
            });
        }
        let folder = self
            .names
            .iter()
            .fold(parent.folder.clone(), |f, n| f.join(n));
        let (file, inside) = (folder.with_extension("rs"), folder.join("mod.rs"));
        match (file.is_file(), inside.is_file()) {
            (true, _) => Ok(Source {
                file,
                module,
                folder,
            }),
            (_, true) => Ok(Source {
                file: inside,
                module,
                folder,
            }),
            _ => Err(Failure::new(format!(
                "The module `{}` has no file: neither {} nor {} is there.",
                module.join("::"),
                file.display(),
                inside.display()
            ))),
        }
    }
}

struct Reader<'a> {
    all: &'a [(Token, usize)],
    crates: &'a [&'a str],
    file: &'a str,
    /// The module of the file.
    module: Vec<String>,
    /// The modules that are open in the file, and how deep in braces each is.
    inner: Vec<(String, usize)>,
    imports: &'a mut Vec<Import>,
    children: Vec<Child>,
}

impl Reader<'_> {
    fn token(&self, i: usize) -> Option<&Token> {
        self.all.get(i).map(|(token, _)| token)
    }

    fn word(&self, i: usize) -> Option<&str> {
        self.token(i).and_then(Token::word)
    }

    fn read(&mut self) {
        let (mut i, mut depth) = (0, 0usize);
        let mut path: Option<String> = None;
        while let Some(token) = self.token(i) {
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => {
                    depth = depth.saturating_sub(1);
                    while self.inner.last().is_some_and(|(_, deep)| *deep > depth) {
                        self.inner.pop();
                    }
                }
                Token::Word(word) if word == "path" => {
                    if let (
                        Some(Token::Open('[')),
                        Some(Token::Sign('=')),
                        Some(Token::Literal(text)),
                    ) = (
                        i.checked_sub(1).and_then(|i| self.token(i)),
                        self.token(i + 1),
                        self.token(i + 2),
                    ) {
                        path = Some(text.trim_matches('"').to_owned());
                    }
                }
                Token::Word(word) if word == "mod" => {
                    let name = self.word(i + 1).map(str::to_owned);
                    match (name, self.token(i + 2)) {
                        (Some(name), Some(Token::Sign(';'))) => {
                            let outer = self.inner.iter().map(|(name, _)| name.clone());
                            let names = outer.chain([name]).collect();
                            let path = path.take();
                            self.children.push(Child { names, path });
                        }
                        (Some(name), Some(Token::Open('{'))) => {
                            self.inner.push((name, depth + 1));
                            path = None;
                        }
                        _ => {}
                    }
                }
                Token::Word(_) if self.begins_path(i) => {
                    i = self.path(i, &mut Vec::new());
                    continue;
                }
                _ => {}
            }
            i += 1;
        }
    }

    /// Whether a path begins here that leads out of its module.
    fn begins_path(&self, i: usize) -> bool {
        let Some(word) = self.word(i) else {
            return false;
        };
        let before = i.checked_sub(1).and_then(|i| self.token(i));
        let goes_on = self.token(i + 1) == Some(&Token::Colons);
        // `use wire;`, and not a variable of that name.
        let whole = before.and_then(Token::word) == Some("use");
        let known = matches!(word, "crate" | "super" | "self") || self.is_crate(word);
        // In `pub(in crate::a)` nothing is used; behind two colons a path has begun before.
        let visibility = before.and_then(Token::word) == Some("in");
        let within =
            before == Some(&Token::Colons) && i.checked_sub(2).and_then(|i| self.word(i)).is_some();
        known && (goes_on || whole) && !visibility && !within
    }

    fn is_crate(&self, word: &str) -> bool {
        let name = |name: &&str| name.replace('-', "_") == word;
        self.crates.iter().any(name)
    }

    /// Reads a path, with all that braces hold, and gives where it ends.
    fn path(&mut self, mut i: usize, prefix: &mut Vec<(String, usize)>) -> usize {
        let kept = prefix.len();
        loop {
            match self.token(i) {
                Some(Token::Word(word)) => {
                    let line = self.all[i].1;
                    prefix.push((word.clone(), line));
                    i += 1;
                    if self.token(i) == Some(&Token::Colons) {
                        i += 1;
                        continue;
                    }
                    self.emit(prefix);
                }
                Some(Token::Open('{')) => {
                    i += 1;
                    while !matches!(self.token(i), None | Some(Token::Close('}'))) {
                        i = match self.token(i) {
                            Some(Token::Word(_) | Token::Open('{')) => self.path(i, prefix),
                            Some(Token::Sign('*')) => {
                                self.emit(prefix);
                                i + 1
                            }
                            // `as Name`, commas.
                            _ => i + 1,
                        };
                        if self.word(i) == Some("as") {
                            i += 2;
                        }
                    }
                    i += 1;
                }
                // `a::*`, `a::<B>`.
                _ => self.emit(prefix),
            }
            prefix.truncate(kept);
            return i;
        }
    }

    fn emit(&mut self, path: &[(String, usize)]) {
        let Some((_, line)) = path.last() else {
            return;
        };
        // `use a::{self, b}`: the last word stands for `a`.
        let path = match path {
            [rest @ .., (word, _)] if word == "self" && !rest.is_empty() => rest,
            path => path,
        };
        let mut here = self.module.clone();
        here.extend(self.inner.iter().map(|(name, _)| name.clone()));
        let mut names = path.iter().map(|(name, _)| name.as_str()).peekable();
        let target = match names.peek().copied() {
            Some("crate") => {
                names.next();
                Target::Module(names.map(str::to_owned).collect())
            }
            Some("self" | "super") => {
                let mut all = here.clone();
                for name in names {
                    match name {
                        "self" => {}
                        "super" => drop(all.pop()),
                        name => all.push(name.to_owned()),
                    }
                }
                Target::Module(all)
            }
            Some(name) => {
                names.next();
                Target::Crate(name.replace('_', "-"), names.map(str::to_owned).collect())
            }
            None => return,
        };
        self.imports.push(Import {
            file: self.file.to_owned(),
            line: *line,
            module: here,
            target,
        });
    }
}
