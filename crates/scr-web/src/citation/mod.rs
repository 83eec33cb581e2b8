//! How to cite an entry, in the form that BibTeX reads.

use scr_store::{BenchmarkDocument, EntryRow};

use crate::numbers::date;

/// A `@misc` record that names entry, benchmark and the digests of both.
pub(crate) fn citation(entry: &EntryRow, benchmark: &BenchmarkDocument) -> String {
    let year = date(&entry.published_at).split('-').next().unwrap_or_default().to_owned();
    let authors = entry.card.authors.iter().map(|author| plain(author)).collect::<Vec<_>>();
    let mut fields = vec![("title", format!("{{{}}}", plain(&entry.card.name)))];
    if !authors.is_empty() {
        fields.push(("author", authors.join(" and ")));
    }
    fields.push(("year", year));
    fields.push((
        "howpublished",
        format!("SCR results on {}, entry {}", plain(&benchmark.title), plain(&entry.id)),
    ));
    fields.push((
        "note",
        format!(
            "benchmark {}, masks {}, evaluator {}",
            entry.result.benchmark_digest,
            entry.result.masks_digest,
            plain(&entry.result.evaluator_version)
        ),
    ));
    let lines: Vec<String> =
        fields.iter().map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
    format!("@misc{{scr:{},\n{}\n}}", plain(&entry.id), lines.join(",\n"))
}

/// The text without what BibTeX would take for its own.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, '{' | '}' | '\\' | '"'))
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
