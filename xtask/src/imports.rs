//! Short names for what the page's program imports from its script. wasm-bindgen names each import after what it does and
//! a hash; each hash is in both files, and eight bytes that no compression takes away.

use crate::failure::{Failure, Result};
use std::collections::BTreeMap;

/// The module that the program imports from, as wasm-bindgen calls the script.
const SCRIPT: &str = "./duplex_bg.js";
/// The id of the section of imports.
const IMPORTS: u8 = 2;
/// What stands before the sections: the magic number and the version.
const HEAD: usize = 8;

/// The script and the program with short names in both.
///
/// # Errors
/// The program is not a WebAssembly module as we know them.
pub fn shorten(script: &str, program: &[u8]) -> Result<(String, Vec<u8>)> {
    let broken = || {
        Failure::new("The imports of the page's program could not be read.")
            .advise("Its WebAssembly may have something new; see xtask/src/imports.rs.")
    };
    // No name of ours may be there already.
    let is_ours = |pair: &[u8]| pair[0] == b'$' && pair[1].is_ascii_alphanumeric();
    if script.as_bytes().windows(2).any(is_ours) {
        return Ok((script.to_owned(), program.to_owned()));
    }
    let mut names = BTreeMap::new();
    let program = rewrite(program, &mut names).ok_or_else(broken)?;
    Ok((rename(script, &names), program))
}

/// The identifiers of the script, each as it is now called.
fn rename(script: &str, names: &BTreeMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_part) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        renamed.push_str(before);
        renamed.push_str(names.get(&word[..end]).map_or(&word[..end], String::as_str));
        rest = &word[end..];
    }
    renamed + rest
}

/// The program with short names for its imports from the script, which are put into `names`.
fn rewrite(program: &[u8], names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = Reader(program.get(HEAD..)?);
    let mut written = program.get(..HEAD)?.to_vec();
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let section = rest.bytes()?;
        written.push(id);
        if id == IMPORTS {
            write_bytes(&mut written, &imports(section, names)?);
        } else {
            write_bytes(&mut written, section);
        }
    }
    Some(written)
}

fn imports(section: &[u8], names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = Reader(section);
    let count = rest.number()?;
    let mut written = Vec::with_capacity(section.len());
    write_number(&mut written, count);
    for _ in 0..count {
        let module = rest.bytes()?;
        let name = rest.bytes()?;
        write_bytes(&mut written, module);
        if module == SCRIPT.as_bytes() {
            let name = String::from_utf8(name.to_vec()).ok()?;
            let next = format!("${:x}", names.len());
            let short = names.entry(name).or_insert(next);
            write_bytes(&mut written, short.as_bytes());
        } else {
            write_bytes(&mut written, name);
        }
        let before = rest.0;
        match rest.byte()? {
            // A function: its type.
            0 => drop(rest.number()?),
            // A table: what it holds, and its limits.
            1 => {
                rest.byte()?;
                rest.limits()?;
            }
            // A memory: its limits.
            2 => rest.limits()?,
            // A global: its type, and whether it changes.
            3 => drop((rest.byte()?, rest.byte()?)),
            // A tag: an attribute, and its type.
            4 => drop((rest.byte()?, rest.number()?)),
            _ => return None,
        }
        written.extend_from_slice(&before[..before.len() - rest.0.len()]);
    }
    rest.0.is_empty().then_some(written)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned number of 32 bits in LEB128.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn limits(&mut self) -> Option<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Some(())
    }
}

fn write_number(to: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn write_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    // A module beyond 4 GiB was not read either.
    write_number(to, bytes.len() as u32);
    to.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with a type, these imports of functions and a memory, and a custom section.
    fn module(imports: &[(&str, &str)]) -> Vec<u8> {
        let mut section = Vec::new();
        write_number(&mut section, imports.len() as u32 + 1);
        for (module, name) in imports {
            write_bytes(&mut section, module.as_bytes());
            write_bytes(&mut section, name.as_bytes());
            section.extend([0, 0]);
        }
        write_bytes(&mut section, b"env");
        write_bytes(&mut section, b"memory");
        section.extend([2, 1, 0x80, 0x01, 0x80, 0x02]);
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([1, 4, 1, 0x60, 0, 0]);
        module.push(IMPORTS);
        write_bytes(&mut module, &section);
        module.extend([0, 3, 1, b'x', 7]);
        module
    }

    #[test]
    fn imports_are_short_in_both_and_the_rest_is_as_it_was() {
        let long = "__wbg_send_d83d0891cf698779";
        let longer = "__wbg_send_d83d0891cf6987790";
        let before = module(&[(SCRIPT, long), ("./other.js", long), (SCRIPT, longer)]);
        let script = format!("const imports = {{ {long}: f, {longer}(a) {{}}, x{long}: 1 }};");
        let (script, program) = shorten(&script, &before).unwrap();
        assert_eq!(
            program,
            module(&[(SCRIPT, "$0"), ("./other.js", long), (SCRIPT, "$1")])
        );
        assert_eq!(
            script,
            format!("const imports = {{ $0: f, $1(a) {{}}, x{long}: 1 }};")
        );
    }

    #[test]
    fn what_is_no_module_is_refused() {
        let whole = module(&[(SCRIPT, "a")]);
        for cut in [0, 7, 9, whole.len() - 1] {
            assert!(shorten("", &whole[..cut]).is_err(), "{cut}");
        }
        let taken = shorten("let $0;", &whole).unwrap();
        assert_eq!(taken, ("let $0;".to_owned(), whole));
    }
}
