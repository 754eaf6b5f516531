//! The split program: what wasm-split has cut, packed into few files, and the script that fetches and joins them.
//!
//! wasm-split cuts the program into a base, one piece for each module, and one piece (a chunk) for each set of modules
//! that share code: dozens of small files. A module's pack is one file with all that the module needs beyond the base.
//! What many modules share lies in a pack of its own.

use crate::failure::{Context, Failure, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// A chunk that at least so many modules need goes into the common pack.
const COMMON_FROM: usize = 36;

/// A chunk of at least this size, in bytes, is a pack of its own, unless it goes into the common one: then a page that shows
/// two modules fetches it once. A smaller one lies in the pack of each module that needs it.
const LARGE: usize = 9_000;

/// The name of the common pack.
pub const COMMON: &str = "common";

/// What wasm-split says of its pieces.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Each module with its pieces by their names, chunks first.
    pub modules: BTreeMap<String, Vec<String>>,
    /// The script that gives the pieces what the base shares with them.
    shared_imports: String,
}

impl Pieces {
    /// Reads the script that wasm-split writes.
    ///
    /// # Errors
    /// The script is not as it is known to be: wasm-split is of another version.
    pub fn read(script: &str) -> Result<Self> {
        let unknown = |what: &str| {
            Failure::new(format!("wasm-split has written a script without {what}."))
                .advise("xtask/src/split.rs knows the scripts of the version that xtask/src/tools.rs names.")
        };
        let between = |from: &str, to: &str| {
            let start = script.find(from)?;
            let end = script[start..].find(to)? + start;
            Some(&script[start..end])
        };
        let shared_imports = between("let sharedImports", "function wrapAsyncCb")
            .ok_or_else(|| unknown("its shared imports"))?;
        let mut files = BTreeMap::new();
        let mut modules = BTreeMap::new();
        for declaration in script.split("\nconst __chunk_").skip(1) {
            let (number, rest) = declaration
                .split_once(' ')
                .ok_or_else(|| unknown("a chunk's number"))?;
            let file = file_in(rest).ok_or_else(|| unknown("a chunk's file"))?;
            files.insert(format!("__chunk_{number}"), file);
        }
        for declaration in script.split("\nexport const __wasm_split_load_").skip(1) {
            let (name, rest) = declaration
                .split_once(' ')
                .ok_or_else(|| unknown("a module's name"))?;
            let end = rest
                .find("]));")
                .ok_or_else(|| unknown("a module's chunks"))?;
            let start = rest[..end]
                .rfind('[')
                .ok_or_else(|| unknown("a module's chunks"))?;
            let mut pieces = Vec::new();
            for chunk in rest[start + 1..end].split(',').map(str::trim) {
                if !chunk.is_empty() {
                    let file = files.get(chunk).ok_or_else(|| unknown(chunk))?;
                    pieces.push(file.clone());
                }
            }
            // A module may be empty: its code was the same as another's.
            pieces.extend(file_in(&rest[..start]));
            modules.insert(name.to_owned(), pieces);
        }
        if modules.is_empty() {
            return Err(unknown("a module"));
        }
        Ok(Self {
            modules,
            shared_imports: shared_imports.to_owned(),
        })
    }

    /// The pieces of each pack, and the packs of each module, the common one first. `size` knows the size of a piece.
    fn packs(&self, size: impl Fn(&str) -> usize) -> (Groups, Groups) {
        let mut users: BTreeMap<&str, usize> = BTreeMap::new();
        for piece in self.modules.values().flatten() {
            *users.entry(piece).or_default() += 1;
        }
        let (mut packs, mut needed) = (Groups::new(), Groups::new());
        for (module, pieces) in &self.modules {
            let needs = needed.entry(module.clone()).or_default();
            for piece in pieces {
                let users = users.get(piece.as_str()).copied().unwrap_or_default();
                let pack = match piece {
                    _ if users >= COMMON_FROM => COMMON,
                    shared if users > 1 && size(shared) >= LARGE => shared,
                    _ => module,
                };
                let pieces = packs.entry(pack.to_owned()).or_default();
                if !pieces.contains(piece) {
                    pieces.push(piece.clone());
                }
                if !needs.iter().any(|known| known == pack) {
                    needs.push(pack.to_owned());
                }
            }
            needs.sort_by_key(|pack| (pack != COMMON, pack == module));
        }
        (packs, needed)
    }
}

/// Names of pieces or of packs, by the name of what they belong to.
type Groups = BTreeMap<String, Vec<String>>;

/// The piece that a loader fetches: `new URL("./chunk_7.wasm", …)` is `chunk_7`.
fn file_in(loader: &str) -> Option<String> {
    let (_, rest) = loader.split_once("new URL(\"./")?;
    let (file, _) = rest.split_once(".wasm\"")?;
    Some(file.to_owned())
}

/// The packs as they are served.
#[derive(Debug, Default)]
pub struct Packed {
    /// The file of each pack.
    pub files: BTreeMap<String, String>,
    /// The packs that each module needs, the common one first.
    pub modules: BTreeMap<String, Vec<String>>,
}

/// Writes the packs into the site. The pieces lie in `folder`.
///
/// A pack begins with a table, so that the script that every page fetches need not know the pieces of all packs: how many
/// pieces there are, then for each a number that is its own in all packs, and its length; all in 32 bits, the least first.
pub fn pack(pieces: &Pieces, folder: &Path, site: &Path) -> Result<Packed> {
    let mut packed = Packed::default();
    let mut numbers = BTreeMap::new();
    let path = |name: &str| folder.join(name).with_extension("wasm");
    let size = |name: &str| fs::metadata(path(name)).map_or(0, |about| about.len() as usize);
    let (packs, modules) = pieces.packs(size);
    packed.modules = modules;
    for (pack, names) in packs {
        let (mut table, mut bytes) = (vec![names.len()], Vec::new());
        for name in names {
            let file = path(&name);
            let piece = fs::read(&file).context(|| format!("Cannot read {}", file.display()))?;
            let next = numbers.len();
            table.extend([*numbers.entry(name).or_insert(next), piece.len()]);
            bytes.extend(piece);
        }
        // No piece has 4 GiB.
        let table = table.iter().flat_map(|n| (*n as u32).to_le_bytes());
        let bytes: Vec<u8> = table.chain(bytes).collect();
        let file = write_hashed(site, &pack, "bin", &bytes)?;
        packed.files.insert(pack, file);
    }
    Ok(packed)
}

/// Writes a file whose name carries the digest of its content, and gives its name.
pub fn write_hashed(site: &Path, stem: &str, extension: &str, bytes: &[u8]) -> Result<String> {
    let mut hash = DefaultHasher::new();
    bytes.hash(&mut hash);
    let name = format!("{stem}-{:016x}.{extension}", hash.finish());
    let file = site.join(&name);
    fs::write(&file, bytes).context(|| format!("Cannot write {}", file.display()))?;
    Ok(name)
}

/// wasm-bindgen's script with the loader in it, so that one file does both. `styles` names the style file of a module.
///
/// # Errors
/// wasm-bindgen's script is not as it is known to be.
pub fn script(
    bindings: &str,
    pieces: &Pieces,
    packed: &Packed,
    styles: &BTreeMap<String, Vec<String>>,
) -> Result<String> {
    const IMPORT: &str = " from \"./__wasm_split.js\"";
    let (mut names, mut rest) = (Vec::new(), String::new());
    for line in bindings.lines() {
        match line.trim_end_matches(';').strip_suffix(IMPORT) {
            Some(import) => names.push(import.trim_start_matches("import * as ").to_owned()),
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    if names.is_empty() {
        return Err(
            Failure::new("wasm-bindgen's script imports no split module.").advise(
                "xtask/src/split.rs knows the scripts of the version that Cargo.lock names.",
            ),
        );
    }
    let mut out = String::from("const packs = {");
    for (pack, file) in &packed.files {
        let _ = write!(out, "\n{pack}: \"./{file}\",");
    }
    out.push_str("\n};\n");
    out.push_str(include_str!("split_loader.js"));
    out.push_str(&pieces.shared_imports);
    out.push_str("const splitModules = {\n");
    for (module, packs) in &packed.modules {
        let list = |names: &[String], prefix: &str| {
            let quoted: Vec<_> = names.iter().map(|n| format!("\"{prefix}{n}\"")).collect();
            quoted.join(", ")
        };
        let styles = styles.get(module).map_or(&[][..], Vec::as_slice);
        let _ = writeln!(
            out,
            "__wasm_split_load_{module}: splitLoad([{}], [{}]),",
            list(packs, ""),
            list(styles, "./"),
        );
    }
    out.push_str("};\n");
    for name in names {
        let _ = writeln!(out, "const {name} = splitModules;");
    }
    out.push_str(&rest);
    Ok(without_comments(&out))
}

/// A script without the lines that only people read, and without what its lines are indented by.
pub fn without_comments(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines().map(str::trim) {
        inside |= line.starts_with("/**");
        if !(inside || line.is_empty() || line.starts_with("//")) {
            out.push_str(line);
            out.push('\n');
        }
        inside &= !line.ends_with("*/");
    }
    out
}

/// The script of the worker: what wasm-bindgen has written, and the start of the program in `wasm`.
///
/// A program that does not start is an error that the page hears of; one within a promise is not.
pub fn worker_script(bindings: &str, wasm: &str) -> String {
    let bindings = without_comments(bindings);
    format!(
        "{bindings}\nwasm_bindgen({{ module_or_path: \"/{wasm}\" }}).catch((error) => setTimeout(() => {{ throw error; }}));\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r#"import { initSync } from "./duplex.js";

let sharedImports = undefined;
function getSharedImports() { return sharedImports; }
function wrapAsyncCb(callee) {}
/* a, b */
const __chunk_1 = makeLoad(() => {
    const src = fetch(new URL("./chunk_1.wasm", import.meta.url));
}
, []);
/* a, c */
const __chunk_2 = makeLoad(() => {
    const src = fetch(new URL("./chunk_2.wasm", import.meta.url));
}
, []);
export const __wasm_split_load_b = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_1]));
export const __wasm_split_load_a = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_a.wasm", import.meta.url));
}
, [__chunk_1, __chunk_2]));
"#;

    #[test]
    fn the_pieces_of_each_module_are_read() {
        let pieces = Pieces::read(SCRIPT).unwrap();
        assert_eq!(pieces.modules["a"], ["chunk_1", "chunk_2", "split_a"]);
        assert_eq!(pieces.modules["b"], ["chunk_1"]);
        assert!(pieces.shared_imports.ends_with("return sharedImports; }\n"));
        assert!(Pieces::read("").is_err());
        assert!(Pieces::read(&SCRIPT.replace("_load_", "_other_")).is_err());
    }

    #[test]
    fn a_pack_holds_every_piece_at_its_place() {
        let folder = crate::paths::temporary("pack");
        let site = folder.join("site");
        fs::create_dir(&site).unwrap();
        for (name, bytes) in [("chunk_1", "one"), ("chunk_2", "two!"), ("split_a", "a")] {
            fs::write(folder.join(format!("{name}.wasm")), bytes).unwrap();
        }
        let pieces = Pieces::read(SCRIPT).unwrap();
        let packed = pack(&pieces, &folder, &site).unwrap();
        // The table of a pack, and what is behind it.
        let read = |pack: &str| {
            let bytes = fs::read(site.join(&packed.files[pack])).unwrap();
            let word = |i: usize| u32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap());
            let end = 1 + 2 * word(0) as usize;
            let table: Vec<_> = (1..end)
                .step_by(2)
                .map(|i| (word(i), word(i + 1)))
                .collect();
            (table, String::from_utf8(bytes[4 * end..].to_vec()).unwrap())
        };
        let (a, b) = (read("a"), read("b"));
        assert_eq!((a.1.as_str(), b.1.as_str()), ("onetwo!a", "one"));
        let lengths = |table: &[(u32, u32)]| table.iter().map(|p| p.1).collect::<Vec<_>>();
        assert_eq!((lengths(&a.0), lengths(&b.0)), (vec![3, 4, 1], vec![3]));
        // The same piece has the same number in both, so that it is joined once.
        assert_eq!(a.0[0].0, b.0[0].0);
        assert_eq!(packed.modules["b"], ["b"]);

        let sizes = |piece: &str| if piece == "chunk_1" { LARGE } else { 1 };
        let (packs, needed) = pieces.packs(sizes);
        assert_eq!(packs["chunk_1"], ["chunk_1"]);
        assert_eq!(
            (&packs["a"][..], packs.get("b")),
            (&["chunk_2".to_owned(), "split_a".to_owned()][..], None)
        );
        assert_eq!(
            (&needed["a"][..], &needed["b"][..]),
            (
                &["chunk_1".to_owned(), "a".to_owned()][..],
                &["chunk_1".to_owned()][..]
            )
        );

        let bindings = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\";\nlet wasm;\n";
        let script = script(bindings, &pieces, &packed, &BTreeMap::new()).unwrap();
        assert!(!script.contains("__wasm_split.js"));
        assert!(script.contains("const import2 = splitModules;\nlet wasm;\n"));
        assert!(script.contains("__wasm_split_load_b: splitLoad([\"b\"], []),"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_only_people_read_is_left_out() {
        let script = "/**\n * Says.\n */\nfunction f() {\n    // Gives.\n    return \"/** \";\n}\n/** One line. */\nf();\n";
        assert_eq!(
            without_comments(script),
            "function f() {\nreturn \"/** \";\n}\nf();\n"
        );
    }

    #[test]
    fn the_same_bytes_have_the_same_name() {
        let site = crate::paths::temporary("hashed");
        let name = |bytes: &[u8]| write_hashed(&site, "x", "js", bytes).unwrap();
        assert_eq!(name(b"1"), name(b"1"));
        assert_ne!(name(b"1"), name(b"2"));
        fs::remove_dir_all(site).unwrap();
    }
}
