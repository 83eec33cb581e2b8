//! Citations of entries, benchmarks and publications, in the formats of reference managers.
//!
//! A citation names an entry by its identifier and digests, which stay valid after a site
//! moves, and by its URL if the public URL is known.

mod bibtex;
mod cff;
mod text;

use scr_documents::{BenchmarkDocument, PublicationDocument};
use scr_store::EntryRow;

pub(crate) use bibtex::Record;
pub(crate) use cff::citation_cff;

use crate::address;
use crate::numbers::date;
use crate::references::linked;
use crate::settings::SiteSettings;
use text::{one_line, year};

/// `@misc` record of an entry, with the digests of masks and benchmark. The note of a
/// withdrawn entry says so.
pub(crate) fn of_entry(
    entry: &EntryRow,
    benchmark: &BenchmarkDocument,
    site: &SiteSettings,
) -> Record {
    let result = &entry.result;
    let mut note = format!(
        "benchmark {}, masks {}, evaluator {}",
        result.benchmark_digest, result.masks_digest, result.evaluator_version
    );
    if let Some(withdrawn) = &entry.withdrawn {
        let on = date(&withdrawn.at);
        note = format!("Withdrawn on {on}: {}; {note}", withdrawn.reason.trim());
    }
    let where_ = format!("SCR results on {}, entry {}", benchmark.title, entry.id);
    Record::new("misc", &format!("scr:{}", entry.id))
        .title(&entry.card.name)
        .authors(&entry.card.authors)
        .words("year", year(&entry.published_at))
        .words("howpublished", &where_)
        .words("note", &note)
        .address("url", &site.url_of(&address::entry(&entry.id)).unwrap_or_default())
}

/// `@misc` record of the benchmark, and one for each reference of its terms that has a DOI.
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

/// The benchmark in one line: identifier, year, digest, and the references that its terms ask to cite.
pub(crate) fn line_of_benchmark(benchmark: &BenchmarkDocument, published_at: &str) -> String {
    let digest = benchmark.digest.get(.."sha256:".len() + 12).unwrap_or(&benchmark.digest);
    let itself = format!("SCR benchmark {}, {}, {digest}", benchmark.id, year(published_at));
    let cited = benchmark.terms.cite.iter().map(|text| one_line(text));
    std::iter::once(itself).chain(cited).collect::<Vec<_>>().join(". ")
}

/// `@article` record of a publication, or `@misc` without a venue.
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
