//! How to cite an entry, a benchmark and what was published on it, in the forms
//! that reference managers read.
//!
//! An entry is named by its identifier and by digests, which stay where a site moves,
//! and by its address where the operator has said what the site's is.

mod bibtex;
mod cff;

use scr_documents::{BenchmarkDocument, PublicationDocument};
use scr_store::EntryRow;

pub(crate) use bibtex::Record;
pub(crate) use cff::citation_cff;

use crate::address;
use crate::numbers::date;
use crate::references::linked;
use crate::routes::SiteSettings;

/// A `@misc` record that names entry, benchmark and the digests of both.
pub(crate) fn of_entry(
    entry: &EntryRow,
    benchmark: &BenchmarkDocument,
    site: &SiteSettings,
) -> Record {
    let result = &entry.result;
    let note = format!(
        "benchmark {}, masks {}, evaluator {}",
        result.benchmark_digest, result.masks_digest, result.evaluator_version
    );
    let where_ = format!("SCR results on {}, entry {}", benchmark.title, entry.id);
    Record::new("misc", &format!("scr:{}", entry.id))
        .title(&entry.card.name)
        .authors(&entry.card.authors)
        .words("year", year(&entry.published_at))
        .words("howpublished", &where_)
        .words("note", &note)
        .address("url", &site.url_of(&address::entry(&entry.id)).unwrap_or_default())
}

/// A `@misc` record of the benchmark itself, and one for each thing to cite that has
/// a DOI; the words stay as the benchmark has them.
pub(crate) fn of_benchmark(benchmark: &BenchmarkDocument, published_at: &str) -> Vec<Record> {
    let itself = Record::new("misc", &format!("scr:{}", benchmark.id))
        .title(&benchmark.title)
        .words("year", year(published_at))
        .words("howpublished", &format!("SCR benchmark {}", benchmark.id))
        .words("note", &benchmark.digest);
    let cited = benchmark.terms.cite.iter().enumerate().filter_map(|(place, text)| {
        let addresses = linked(text).into_iter().filter_map(|piece| piece.href);
        let doi = addresses
            .filter_map(|href| href.strip_prefix("https://doi.org/").map(str::to_owned))
            .next()?;
        let key = format!("{}:{}", benchmark.id, place + 1);
        Some(Record::new("misc", &key).words("note", text).address("doi", &doi))
    });
    std::iter::once(itself).chain(cited).collect()
}

/// An `@article` record, or `@misc` where it is not said where it appeared.
pub(crate) fn of_publication(publication: &PublicationDocument) -> Record {
    let kind = if publication.venue.is_empty() { "misc" } else { "article" };
    Record::new(kind, &format!("doi:{}", publication.doi.replace('/', ":")))
        .title(&publication.title)
        .authors(&publication.authors)
        .words("year", &publication.year.to_string())
        .words("journal", &publication.venue)
        .address("doi", &publication.doi)
}

/// Records as one file.
pub(crate) fn file_of(records: impl IntoIterator<Item = Record>) -> String {
    records.into_iter().map(|record| record.to_string()).collect::<Vec<_>>().join("\n")
}

fn year(time: &str) -> &str {
    date(time).split('-').next().unwrap_or_default()
}

/// Text on one line, without control characters.
fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
