//! Checks of an entry against its line of the record: card, results, summaries, files, pixels
//! and, on request, scores.

use scr_data::digest::{Manifest, digest_text, file_digest, mask_digest};
use scr_data::{Benchmark, DataError, MaskSet, formats};
use scr_documents::{ImageDocument, ResultDocument};
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryEvidence, ResultEvidence, StorageError, text_digest};

use crate::chain::RecordedEntry;
use crate::report::Report;
use crate::source::{Source, VerifyError};
use crate::summaries;

/// Path of the model among the files of an entry that the site ran.
const MODEL: &str = "model/model.onnx";

/// Checks everything within reach of an entry.
pub(crate) async fn check(
    source: &Source,
    recorded: &RecordedEntry,
    scores: bool,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let id = &recorded.commitment.entry;
    if !is_plain(id) {
        report.problem(format!("entry {id:?}"), "letters, digits, `-`, `_` or `.`", "others");
        return Ok(());
    }
    report.counts.entries += 1;
    let Some(evidence) = source.evidence(id).await? else {
        report.problem(format!("entry {id}"), "an entry, as in the record", "none");
        return Ok(());
    };
    check_card(recorded, &evidence, report);
    let last = check_results(recorded, &evidence, report);
    check_files(source, recorded, &evidence, report).await?;
    if scores {
        match last {
            Some(result) => check_scores(source, recorded, &result, report).await?,
            None => report.unreached.push(format!("entry {id}: its scores are hidden")),
        }
    }
    Ok(())
}

/// True if a name can be a part of a path and an address.
fn is_plain(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=100).contains(&name.len()) && name.bytes().all(is_allowed) && !name.starts_with('.')
}

fn check_card(recorded: &RecordedEntry, evidence: &EntryEvidence, report: &mut Report) {
    let commitment = &recorded.commitment;
    let place = |what: &str| format!("{what} of entry {}", commitment.entry);
    report.compare(place("card"), &commitment.card_digest, &text_digest(&evidence.card));
    report.compare(place("role"), &commitment.role, &evidence.role);
    report.compare(place("benchmark"), &commitment.benchmark, &evidence.benchmark);
    let withdrawn = evidence.withdrawal.as_ref().map(scr_store::WithdrawalEvidence::digest);
    let said = |digest: Option<String>| digest.unwrap_or_else(|| "none".to_owned());
    report.compare(place("withdrawal"), &said(recorded.withdrawn.clone()), &said(withdrawn));
    let run = evidence.run.as_deref().map(text_digest);
    report.compare(place("verified run"), &said(commitment.run_digest.clone()), &said(run));
    let answer = evidence.answer.as_deref().map(text_digest);
    report.compare(
        place("answer to flags"),
        &said(commitment.answer_digest.clone()),
        &said(answer),
    );
}

/// Checks every version of the result; returns the last one.
fn check_results(
    recorded: &RecordedEntry,
    evidence: &EntryEvidence,
    report: &mut Report,
) -> Option<ResultDocument> {
    let id = &recorded.commitment.entry;
    if evidence.results_hidden {
        report.unreached.push(format!("entry {id}: its results are hidden by the operator"));
        return None;
    }
    let (expected, found) = (recorded.results.len(), evidence.results.len());
    report.compare(format!("results of entry {id}"), &expected.to_string(), &found.to_string());
    let mut last = None;
    for (digest, result) in recorded.results.iter().zip(&evidence.results) {
        report.counts.results += 1;
        let place = format!("result {} of entry {id}", result.version);
        report.compare(&place, digest, &result.digest());
        match read(result) {
            Ok(document) => {
                summaries::check(&place, &document, report);
                last = Some(document);
            }
            Err(error) => report.problem(&place, "a result in JSON", error.to_string()),
        }
    }
    if let Some(document) = &last {
        let place = format!("masks of the result of entry {id}");
        report.compare(place, &recorded.commitment.masks_digest, &document.masks_digest);
    }
    last
}

fn read(evidence: &ResultEvidence) -> Result<ResultDocument, serde_json::Error> {
    let mut document: ResultDocument = serde_json::from_str(&evidence.summary)?;
    document.images = serde_json::from_str::<Option<Vec<ImageDocument>>>(&evidence.images)?;
    Ok(document)
}

async fn check_files(
    source: &Source,
    recorded: &RecordedEntry,
    evidence: &EntryEvidence,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let commitment = &recorded.commitment;
    let id = &commitment.entry;
    let place = format!("list of files of entry {id}");
    report.compare(&place, &commitment.files_digest, &text_digest(&evidence.files));
    let Some(files) = Manifest::parse(&evidence.files) else {
        report.problem(place, "a line `SHA-256  PATH` each", "something else");
        return Ok(());
    };
    if let Some(model) = &commitment.model_digest {
        let listed = files.files().find(|(path, _)| *path == MODEL).map(|(_, digest)| digest);
        let found = listed.map_or_else(|| "none".to_owned(), digest_text);
        report.compare(format!("model of entry {id}"), model, &found);
    }
    // A site and a copy may give less; in a data folder all must be there.
    let is_whole = matches!(source, Source::Data { .. });
    let (mut pixels, mut is_complete, mut n_missing) = (Manifest::default(), true, 0_usize);
    for (path, digest) in files.files() {
        let place = format!("blobs/entries/{id}/{path}");
        if path.split('/').any(|part| !is_plain(part)) {
            report.problem(place, "a path of plain names", "another one");
            is_complete = false;
            continue;
        }
        let Some(bytes) = source.entry_file(id, path).await? else {
            is_complete = false;
            n_missing += 1;
            if is_whole {
                report.problem(place, digest_text(digest), "no file");
            }
            continue;
        };
        report.counts.files += 1;
        report.compare(&place, &digest_text(digest), &digest_text(&file_digest(&bytes)));
        if let Some(name) = path.strip_prefix("masks/").and_then(|name| name.strip_suffix(".png")) {
            match formats::png::read_mask(&bytes) {
                Ok(mask) => pixels.add(name, mask_digest(&mask)),
                Err(error) => {
                    report.problem(&place, "a mask", error.to_string());
                    is_complete = false;
                }
            }
        }
    }
    if is_complete {
        let place = format!("pixels of the masks of entry {id}");
        report.compare(place, &commitment.pixels_digest, &pixels.digest());
    } else if !is_whole && n_missing > 0 {
        report.unreached.push(format!("entry {id}: {n_missing} files are not given here"));
    }
    Ok(())
}

/// Recomputes every score from the masks of the site.
async fn check_scores(
    source: &Source,
    recorded: &RecordedEntry,
    published: &ResultDocument,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let commitment = &recorded.commitment;
    let id = &commitment.entry;
    let Source::Data { store, .. } = source else {
        report.unreached.push(format!("entry {id}: scores need the data folder of the site"));
        return Ok(());
    };
    if published.evaluator_version != EVALUATOR_VERSION {
        report.unreached.push(format!(
            "entry {id}: its scores are of evaluator {}, and this is {EVALUATOR_VERSION}",
            published.evaluator_version
        ));
        return Ok(());
    }
    let Some(folder) = store.benchmarks().local_folder(&commitment.benchmark).await? else {
        report.unreached.push(format!(
            "entry {id}: the folder of benchmark {} is not in this site",
            commitment.benchmark
        ));
        return Ok(());
    };
    let masks = match store.entries().local_masks(id).await {
        Ok(masks) => masks,
        Err(error @ StorageError::Damaged { .. }) => {
            report.problem(format!("scores of entry {id}"), "masks to score", error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let score = move || -> Result<ResultDocument, DataError> {
        let benchmark = Benchmark::open(&folder)?;
        let masks = MaskSet::open(&masks, &benchmark)?;
        let evaluation = evaluate(&benchmark, &masks, &Settings::default(), &|| ())?;
        Ok(scr_report::result_document(&evaluation, true))
    };
    let scored = match tokio::task::spawn_blocking(score).await {
        Ok(Ok(scored)) => scored,
        Ok(Err(error)) => {
            report.problem(format!("scores of entry {id}"), "masks to score", error.to_string());
            return Ok(());
        }
        Err(error) => {
            report.problem(format!("scores of entry {id}"), "scores", error.to_string());
            return Ok(());
        }
    };
    report.counts.scored += 1;
    let place = format!("scores of entry {id}");
    report.compare(&place, &scored.benchmark_digest, &published.benchmark_digest);
    // The stored files differ from the submitted ones; their pixels are the same.
    let scored = ResultDocument { masks_digest: published.masks_digest.clone(), ..scored };
    summaries::compare_documents(&place, &scored, published, report);
    Ok(())
}
