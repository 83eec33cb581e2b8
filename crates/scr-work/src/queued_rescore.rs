//! Re-scores by workers: one shard of an entry's images, or the merge of all.
//!
//! The merge gives the bytes of one run, whatever the number of shards and workers.

use scr_data::MaskSet;
use scr_eval::{EVALUATOR_VERSION, Settings, Shard, evaluate_shard, merge};
use scr_report::{read_shard, result_document, shard_document};
use scr_store::{EntryRow, RescoreJob, RescoreStep, Store};

use crate::background;
use crate::claimed_job::with_benchmark;
use crate::error::WorkError;

use crate::progress::Progress;
use crate::rescore::{RescoreOptions, of_stored_masks, outdated};

/// Queues re-scores of the entries of another version, a job for each `images_a_job` images.
/// `options.apply` is not read: workers store the new results. Returns the numbers of entries that
/// were queued anew, and of all.
///
/// # Errors
/// As [`rescore`](crate::rescore).
pub async fn queue_rescores(
    store: &Store,
    options: &RescoreOptions,
    images_a_job: usize,
) -> Result<(usize, usize), WorkError> {
    let entries = outdated(store, options).await?;
    let mut n_new = 0;
    for entry in &entries {
        let row = store.benchmarks().get(&entry.benchmark_id).await?;
        let n_images = row.map_or(0, |row| row.document.images.len());
        let shards = n_images.div_ceil(images_a_job.max(1)).clamp(1, scr_eval::MAX_SHARDS);
        let is_new = store.jobs().queue_rescore(&entry.id, shards, EVALUATOR_VERSION).await?;
        n_new += usize::from(is_new);
    }
    Ok((n_new, entries.len()))
}

/// Does a step of a re-score.
pub(crate) async fn do_rescore(
    store: &Store,
    job: &RescoreJob,
    progress: &Progress,
) -> Result<(), WorkError> {
    let id = &job.entry_id;
    let Some(entry) = store.entries().summary(id).await? else {
        return Err(WorkError::NoSuch { what: "entry", id: id.clone() });
    };
    let is_kept = match job.step {
        RescoreStep::Shard { number, count } => {
            let part = score(store, &entry, &format!("{number}/{count}"), progress).await?;
            store.jobs().finish_shard(job, &part).await?
        }
        RescoreStep::Merge => merge_parts(store, job, &entry).await?,
    };
    if !is_kept {
        tracing::info!(job = job.claim.id, "nothing was written: another process was faster");
    }
    Ok(())
}

/// Scores of a shard, JSON.
async fn score(
    store: &Store,
    entry: &EntryRow,
    shard: &str,
    progress: &Progress,
) -> Result<String, WorkError> {
    let invalid = || WorkError::NoSuch { what: "shard", id: shard.to_owned() };
    let shard: Shard = shard.parse().map_err(|_| invalid())?;
    let folder = store.entries().local_masks(&entry.id).await?;
    let progress = progress.clone();
    with_benchmark(store, &entry.benchmark_id, move |benchmark| {
        let masks = MaskSet::open(&folder, benchmark)?;
        progress.begin(masks.images().into_iter().filter(|&image| shard.has(image)).count());
        let step = || progress.step();
        let part = evaluate_shard(benchmark, &masks, &Settings::default(), shard, &step)?;
        Ok(shard_document(&part).to_json())
    })
    .await
}

/// Merges the parts and adds the result. False when the claim does not hold any more.
async fn merge_parts(store: &Store, job: &RescoreJob, entry: &EntryRow) -> Result<bool, WorkError> {
    let of = &entry.result.evaluator_version;
    if of == EVALUATOR_VERSION {
        // A command has scored it meanwhile.
        return Ok(store.entries().finish_rescore(job, of, None).await?);
    }
    let parts = store.jobs().rescore_parts(&job.entry_id).await?;
    let merged = background::run(move || {
        let mut read = Vec::with_capacity(parts.len());
        for (place, part) in parts {
            let document = serde_json::from_str(&part).map_err(|error| {
                let expected = "a shard as a worker writes it";
                scr_data::Problem::new(&place, expected, error.to_string(), "")
            })?;
            let part = read_shard(&place, document)?;
            read.push((place, part));
        }
        Ok(result_document(&merge(read)?, true))
    });
    let failed = |source| WorkError::Benchmark { id: entry.benchmark_id.clone(), source };
    let result = of_stored_masks(merged.await?.map_err(failed)?, entry)?;
    Ok(store.entries().finish_rescore(job, of, Some(&result)).await?)
}
