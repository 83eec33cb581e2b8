//! Checks of a data folder only: benchmarks with all their files, and rows and files without a
//! line of the record.

use std::collections::BTreeSet;

use scr_data::digest::{Manifest, digest_text, file_digest};
use scr_data::{Benchmark, DataError};
use scr_store::text_digest;

use crate::chain::{Record, RecordedBenchmark};
use crate::report::Report;
use crate::source::{Source, VerifyError};

/// Checks every benchmark: row, settings, files and digest.
pub(crate) async fn check_benchmarks(
    source: &Source,
    record: &Record,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let Source::Data { store, .. } = source else { return Ok(()) };
    for (id, recorded) in &record.benchmarks {
        let Some(evidence) = store.evidence().benchmark(id).await? else {
            report.problem(format!("benchmark {id}"), "a benchmark, as in the record", "none");
            continue;
        };
        let place = |what: &str| format!("{what} of benchmark {id}");
        report.compare(place("digest"), &recorded.digest, &evidence.digest);
        let document_digest = text_digest(&evidence.document);
        report.compare(place("description"), &recorded.document_digest, &document_digest);
        if let Some(settings) = &recorded.settings {
            let found = evidence.settings.to_string();
            report.compare(place("settings"), &settings.to_string(), &found);
        }
        let files = store.evidence().manifest(&recorded.files_digest).await?;
        let Some(files) = files.as_deref().and_then(Manifest::parse) else {
            report.problem(place("list of files"), &recorded.files_digest, "none");
            continue;
        };
        for (path, digest) in files.files() {
            let place = format!("blobs/benchmarks/{id}/{path}");
            let file = store.evidence().file(&format!("benchmarks/{id}/{path}")).await?;
            report.counts.files += 1;
            match file {
                Some(bytes) => {
                    report.compare(
                        &place,
                        &digest_text(digest),
                        &digest_text(&file_digest(&bytes)),
                    );
                }
                None => report.problem(&place, digest_text(digest), "no file"),
            }
        }
        check_source(source, id, recorded, report).await?;
    }
    Ok(())
}

/// Checks the benchmark's folder with the reference, if the benchmark was added with one.
async fn check_source(
    source: &Source,
    id: &str,
    recorded: &RecordedBenchmark,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let Source::Data { store, .. } = source else { return Ok(()) };
    let Some(folder) = store.benchmarks().local_folder(id).await? else { return Ok(()) };
    let place = format!("benchmarks/{id}");
    let read = move || -> Result<String, DataError> {
        let benchmark = Benchmark::open(&folder)?;
        benchmark.digest(benchmark.reference())
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(found)) => report.compare(place, &recorded.digest, &found),
        Ok(Err(error)) => report.problem(place, &recorded.digest, error.to_string()),
        Err(error) => report.problem(place, &recorded.digest, error.to_string()),
    }
    Ok(())
}

/// Reports rows of the database without a line of the record, and files of entries that no
/// list has.
pub(crate) async fn check_rows(
    source: &Source,
    record: &Record,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let Source::Data { store, .. } = source else { return Ok(()) };
    let (benchmarks, entries) = store.evidence().ids().await?;
    for id in benchmarks.iter().filter(|id| !record.benchmarks.contains_key(*id)) {
        report.problem(format!("benchmark {id}"), "a line of the record", "none");
    }
    for id in entries.iter().filter(|id| !record.entries.contains_key(*id)) {
        report.problem(format!("entry {id}"), "a line of the record", "none");
    }
    let known: BTreeSet<&String> = record.entries.keys().collect();
    for id in entries.iter().filter(|id| known.contains(id)) {
        let listed = store.evidence().entry(id).await?.map(|found| found.files);
        let listed = listed.as_deref().and_then(Manifest::parse).unwrap_or_default();
        let listed: BTreeSet<&str> = listed.files().map(|(path, _)| path).collect();
        let kept = store.evidence().kept_files(id).await?;
        for path in kept.iter().filter(|path| !listed.contains(path.as_str())) {
            let place = format!("blobs/entries/{id}/{path}");
            report.problem(place, "no file, as in the list", "a file");
        }
    }
    Ok(())
}
