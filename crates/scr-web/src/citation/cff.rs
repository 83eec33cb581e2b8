//! CITATION.cff, which reference managers and code hosts read: YAML, in the
//! Citation File Format 1.2.0.
//!
//! Texts are written as JSON strings, which YAML reads as they are.

use scr_documents::BenchmarkDocument;
use scr_store::EntryRow;

use super::text::one_line;
use crate::address;
use crate::numbers::date;
use crate::settings::SiteSettings;

const MESSAGE: &str =
    "If you use these results, please cite them, and the data as their owners ask.";
/// Stands for the authors where none are named; the format asks for somebody.
const NOBODY: &str = "anonymous";

/// The file of an entry.
pub(crate) fn citation_cff(
    entry: &EntryRow,
    benchmark: &BenchmarkDocument,
    site: &SiteSettings,
) -> String {
    let mut about = format!("Masks and results on {}, entry {}.", benchmark.title, entry.id);
    if let Some(withdrawn) = &entry.withdrawn {
        let on = date(&withdrawn.at);
        about = format!("Withdrawn on {on}: {}. {about}", withdrawn.reason.trim());
    }
    let fields = [
        ("message", MESSAGE),
        ("title", &entry.card.name),
        ("version", &entry.id),
        ("date-released", date(&entry.published_at)),
        ("abstract", &about),
    ];
    let identifiers = [
        ("digest of the masks", &entry.result.masks_digest),
        ("digest of the benchmark", &entry.result.benchmark_digest),
    ];
    let mut authors: Vec<&str> = entry.card.authors.iter().map(String::as_str).collect();
    authors.retain(|author| !one_line(author).is_empty());
    if authors.is_empty() {
        authors.push(NOBODY);
    }
    let mut lines = vec!["cff-version: 1.2.0".to_owned(), "type: dataset".to_owned()];
    lines.extend(fields.map(|(key, text)| format!("{key}: {}", quoted(text))));
    if let Some(url) = site.url_of(&address::entry(&entry.id)) {
        lines.push(format!("url: {}", quoted(&url)));
    }
    lines.push("authors:".to_owned());
    lines.extend(authors.into_iter().map(|author| format!("  - name: {}", quoted(author))));
    lines.push("identifiers:".to_owned());
    for (what, digest) in identifiers {
        lines.push("  - type: other".to_owned());
        lines.push(format!("    value: {}", quoted(digest)));
        lines.push(format!("    description: {}", quoted(what)));
    }
    lines.join("\n") + "\n"
}

fn quoted(text: &str) -> String {
    serde_json::to_string(&one_line(text)).expect("text is always valid JSON")
}
