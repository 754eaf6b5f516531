//! Compresses the files of the built site once, as far as it goes, so that the server need not do it at each request.

use crate::failure::{Context, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Files that are compressed already, by extension, and the results of this module.
const COMPRESSED: &[&str] = &[
    "avif", "br", "gif", "gz", "ico", "jpeg", "jpg", "mp4", "png", "webm", "webp", "woff", "woff2",
    "zip", "zst",
];

/// A file of the site and the sizes of its compressed siblings, where they are worth having.
#[derive(Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The path inside the site.
    pub path: PathBuf,
    /// The size of the file itself.
    pub raw: u64,
    /// The size of the `.gz` beside it.
    pub gzip: Option<u64>,
    /// The size of the `.br` beside it.
    pub brotli: Option<u64>,
}

/// Writes a `.gz` and a `.br` beside each file of `site` that gets smaller by it.
pub fn precompress(site: &Path) -> Result {
    let mut files: Vec<PathBuf> = files(site)?
        .into_iter()
        .filter(|f| compressible(f))
        .collect();
    // The largest is taken first, so that the last one to finish is a small one.
    files.sort_by_key(|file| fs::metadata(file).map_or(0, |m| m.len()));
    let queue = Mutex::new(files);
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(|e| e.into_inner());
        queue.pop()
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            while let Some(file) = next() {
                compress_file(&file)?;
            }
            Ok(())
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

fn compress_file(file: &Path) -> Result {
    let raw = fs::read(file).context(|| format!("Cannot read {}", file.display()))?;
    for (extension, compressed) in [("gz", gzip(&raw)), ("br", brotli(&raw))] {
        let sibling = file.with_added_extension(extension);
        let compressed = compressed.context(|| format!("Cannot compress {}", file.display()))?;
        if compressed.len() < raw.len() {
            fs::write(&sibling, compressed)
                .context(|| format!("Cannot write {}", sibling.display()))?;
        } else if sibling.exists() {
            fs::remove_file(&sibling).context(|| format!("Cannot remove {}", sibling.display()))?;
        }
    }
    Ok(())
}

fn gzip(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    // No file name and no time: the same bytes at every build.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw)?;
    encoder.finish()
}

fn brotli(mut raw: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: raw.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut raw, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn compressible(file: &Path) -> bool {
    let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    extension.is_none_or(|e| !COMPRESSED.contains(&e.as_str()))
}

/// The sizes of the site's files, largest first, without the compressed siblings.
pub fn sizes(site: &Path) -> Result<Vec<Sizes>> {
    let all = files(site)?;
    let size = |file: &Path| fs::metadata(file).map(|m| m.len()).ok();
    let mut sizes: Vec<Sizes> = all
        .iter()
        .filter(|file| !is_sibling(file))
        .map(|file| Sizes {
            path: file.strip_prefix(site).unwrap_or(file).to_owned(),
            raw: size(file).unwrap_or(0),
            gzip: size(&file.with_added_extension("gz")),
            brotli: size(&file.with_added_extension("br")),
        })
        .collect();
    sizes.sort_by(|a, b| b.raw.cmp(&a.raw).then_with(|| a.path.cmp(&b.path)));
    Ok(sizes)
}

/// Whether this is a compressed copy of the file beside it.
fn is_sibling(file: &Path) -> bool {
    file.extension().is_some_and(|e| e == "gz" || e == "br") && file.with_extension("").exists()
}

/// All files below a folder, sorted.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let cannot = || format!("Cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).context(cannot)? {
            let path = entry.context(cannot)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn siblings_hold_the_same_bytes_and_are_made_only_where_they_help() {
        let site = crate::paths::temporary("compress");
        fs::create_dir(site.join("deep")).unwrap();
        let text = "all work and no play ".repeat(200);
        fs::write(site.join("deep/page.html"), &text).unwrap();
        fs::write(site.join("tiny.txt"), "x").unwrap();
        fs::write(site.join("tiny.txt.br"), "from an earlier build").unwrap();
        fs::write(site.join("photo.png"), &text).unwrap();
        precompress(&site).unwrap();

        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*fs::read(site.join("deep/page.html.gz")).unwrap())
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, text);
        plain.clear();
        brotli::Decompressor::new(&*fs::read(site.join("deep/page.html.br")).unwrap(), 4096)
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, text);

        let sizes = sizes(&site).unwrap();
        let row = |path: &str| sizes.iter().find(|s| s.path == Path::new(path)).unwrap();
        assert_eq!(sizes.len(), 3);
        assert!(row("deep/page.html").gzip.unwrap() < 200);
        assert_eq!((row("tiny.txt").gzip, row("tiny.txt").brotli), (None, None));
        assert_eq!(
            (row("photo.png").gzip, row("photo.png").brotli),
            (None, None)
        );
        fs::remove_dir_all(site).unwrap();
    }
}
