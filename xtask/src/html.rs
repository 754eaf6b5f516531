//! The HTML of a page: the template, its head, and what was rendered for it.

use crate::failure::{Failure, Result};
use crate::release::Page;
use crate::split::{self, Packed};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// The names of the site's files.
pub struct Files {
    /// The script that starts the program.
    pub script: String,
    /// The base of the program.
    pub base: String,
    /// The site's icon.
    pub icon: String,
    /// The styles that every page has.
    pub base_styles: Vec<String>,
    /// Every style file by its name in `static/styles`.
    pub styles: BTreeMap<String, String>,
    /// The packs of the program's modules.
    pub packed: Packed,
    /// The worker that runs the models.
    pub worker: WorkerFiles,
    /// The worker that reads what was pasted.
    pub reader: WorkerFiles,
}

/// The names of a worker's files.
pub struct WorkerFiles {
    /// The script that starts the worker.
    pub script: String,
    /// The program.
    pub program: String,
}

/// What a page transfers, by the files' names in the site.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The path of the page.
    pub path: String,
    /// The window's title.
    pub title: String,
    /// What its words take: the page itself and its styles.
    pub words: Vec<String>,
    /// What comes on top until its first instrument works.
    pub first: Vec<String>,
    /// What comes on top when all its instruments work.
    pub rest: Vec<String>,
}

impl Files {
    /// The packs of these modules, each once.
    fn packs(&self, modules: &[String]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let packs = modules
            .iter()
            .filter_map(|module| self.packed.modules.get(module))
            .flatten();
        packs
            .filter(|pack| seen.insert(*pack))
            .map(|pack| self.packed.files[pack].clone())
            .collect()
    }

    fn page_styles(&self, page: &Page) -> Vec<String> {
        let own = page.styles.iter().filter_map(|name| self.styles.get(name));
        let mut all = self.base_styles.clone();
        for file in own {
            if !all.contains(file) {
                all.push(file.clone());
            }
        }
        all
    }

    /// What a page transfers.
    pub fn transfer(&self, page: &Page, file: &Path) -> Transfer {
        let mut words = vec![file.display().to_string().replace('\\', "/")];
        words.extend(self.page_styles(page));
        let mut first = vec![self.script.clone(), self.base.clone(), self.icon.clone()];
        first.extend(self.packs(&page.first));
        let mut rest = self.packs(&page.rest);
        rest.retain(|file| !first.contains(file));
        if page.worker {
            rest.extend([self.worker.script.clone(), self.worker.program.clone()]);
        }
        Transfer {
            path: page.path.clone(),
            title: page.title.clone(),
            words,
            first,
            rest,
        }
    }
}

/// What starts the program.
const START: &str = include_str!("page_start.js");

/// What Trunk works on, which a release has under other names.
const TRUNK: &str = "data-trunk";
const WORKER: &str = "content=\"/duplex-worker";
const READER: &str = "content=\"/duplex-reader";
const APP: &str = "<div id=\"app\">";

/// The variable that says where the site will be published, such as `https://duplex.example`.
pub const ADDRESS: &str = "DUPLEX_ADDRESS";

/// A page made of the template.
///
/// # Errors
/// The template lacks a part that is filled in here.
pub fn page(template: &str, page: &Page, files: &Files) -> Result<String> {
    let lines: Vec<_> = template.lines().filter(|l| !l.contains(TRUNK)).collect();
    let text = lines.join("\n");
    let lacks = |what: &str| Failure::new(format!("index.html has no {what}."));
    let replaced = |text: &str, from: &str, to: &str, with: &str| {
        let start = text.find(from).ok_or_else(|| lacks(from))?;
        let end = text[start..].find(to).ok_or_else(|| lacks(to))? + start + to.len();
        Ok::<_, Failure>(format!("{}{with}{}", &text[..start], &text[end..]))
    };
    let text = replaced(
        &text,
        "<title>",
        "</title>",
        &format!("<title>{}</title>", escape(&page.title)),
    )?;
    let described = match page.description.as_str() {
        "" => "<meta name=\"robots\" content=\"noindex\" />".to_owned(),
        description => format!(
            "<meta name=\"description\" content=\"{}\" />",
            escape(description)
        ),
    };
    let text = replaced(&text, "<meta name=\"description\"", "/>", &described)?;
    let text = replaced(&text, "</head>", "</head>", &head(page, files))?;
    let script = |files: &WorkerFiles| format!("content=\"/{}\"", files.script);
    let text = replaced(&text, WORKER, ".js\"", &script(&files.worker))?;
    let text = replaced(&text, READER, ".js\"", &script(&files.reader))?;
    // What stands in the template's app is for Trunk, which prerenders nothing.
    let app = format!(
        "<div id=\"app\" data-prerendered=\"{}\">{}</div>",
        escape(&page.path),
        page.html
    );
    let text = replaced(&text, APP, "</div>", &app)?;
    Ok(text)
}

/// The end of the head: styles, and the script that fetches the program and what the page needs of it once the words are
/// painted.
fn head(page: &Page, files: &Files) -> String {
    let mut head = String::new();
    for styles in files.page_styles(page) {
        let _ = writeln!(head, "  <link rel=\"stylesheet\" href=\"/{styles}\" />");
    }
    let (script, base) = (&files.script, &files.base);
    let _ = writeln!(
        head,
        "    <link rel=\"icon\" href=\"/{}\" type=\"image/svg+xml\" />",
        files.icon,
    );
    // A search engine wants the whole address, and only whoever publishes the site knows that.
    if let Some(address) = std::env::var(ADDRESS).ok().filter(|a| !a.is_empty()) {
        let _ = writeln!(
            head,
            "    <link rel=\"canonical\" href=\"{}{}\" />",
            escape(address.trim_end_matches('/')),
            escape(&page.canonical),
        );
    }
    let packs: Vec<_> = files.packs(&page.first);
    let packs: Vec<_> = packs.iter().map(|pack| format!("\"{pack}\"")).collect();
    let start = split::without_comments(START)
        .replace("SCRIPT", script)
        .replace("BASE", base)
        .replace("PACKS", &packs.join(", "));
    let _ = write!(
        head,
        "    <script type=\"module\">\n{start}    </script>\n  </head>"
    );
    head
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
