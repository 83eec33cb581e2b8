//! Beginning of the record, with everything that was published before it.

use scr_documents::{BenchmarkSettings, CardDocument, ResultDocument};
use std::path::Path;

use scr_data::digest::{Manifest, mask_digest};
use scr_data::{DataError, Problem, files, formats};
use sqlx::{AnyConnection, AnyPool};

use super::event::{EntryCommitment, RecordEvent};
use super::evidence::{ResultEvidence, WithdrawalEvidence};
use super::files::{files_of_benchmark, files_of_entry};
use super::log::{RecordLog, append, keep_files, keep_manifest, text_digest};
use crate::blocking::run_blocking;
use crate::copying::list_blobs;
use crate::database::{Doing, begin_writing};
use crate::evidence::Evidence;
use crate::folder::{BLOBS_FOLDER, DataFolder};
use crate::json::read_json;
use crate::secrets::random_id;
use crate::settings_row::{settings_in, stated};
use crate::storage_error::StorageError;
use crate::submissions::answers::answer_in;

/// Begins the record where there is none: a first line, then a line for each benchmark and
/// entry that is already published, as found now. Files are read whole, once.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Folder`]; [`StorageError::Data`] where a mask of
/// an entry cannot be read.
pub(crate) async fn adopt(pool: &AnyPool, folder: &DataFolder) -> Result<(), StorageError> {
    if (RecordLog { pool }).head().await?.length > 0 {
        return Ok(());
    }
    let doing = "begin the record";
    // Files first: reading them takes long, and the database stays free meanwhile.
    let (benchmarks, entries) = (Evidence { pool, folder }).ids().await?;
    let mut benchmark_files = Vec::new();
    for id in &benchmarks {
        let (folder, id) = (folder.path.clone(), id.clone());
        benchmark_files.push(run_blocking(move || files_of_benchmark(&folder, &id)).await?);
    }
    let mut entry_files = Vec::new();
    for id in &entries {
        let (folder, id) = (folder.path.clone(), id.clone());
        let read = move || {
            let pixels = pixels_of_entry(&folder, &id)?;
            Ok::<_, StorageError>((files_of_entry(&folder, &id)?, pixels))
        };
        entry_files.push(run_blocking(read).await?);
    }

    let mut transaction = begin_writing(pool).await?;
    let (begun,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM record")
        .fetch_one(&mut *transaction)
        .await
        .doing(doing)?;
    if begun > 0 {
        return Ok(());
    }
    let event = RecordEvent::RecordBegun {
        site: random_id()?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        entries_before: entries.len() as u64,
    };
    append(&mut transaction, event).await?;
    for (id, files) in benchmarks.iter().zip(&benchmark_files) {
        adopt_benchmark(&mut transaction, id, files).await?;
    }
    for (id, (files, pixels)) in entries.iter().zip(&entry_files) {
        adopt_entry(&mut transaction, id, files, pixels).await?;
    }
    transaction.commit().await.doing(doing)?;
    Ok(())
}

async fn adopt_benchmark(
    connection: &mut AnyConnection,
    id: &str,
    files: &Manifest,
) -> Result<(), StorageError> {
    let doing = "begin the record";
    let (digest, document): (String, String) =
        sqlx::query_as("SELECT digest, document FROM benchmarks WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *connection)
            .await
            .doing(doing)?;
    let files_digest = keep_manifest(connection, &files.text()).await?;
    let (benchmark, document_digest) = (id.to_owned(), text_digest(&document));
    let event =
        RecordEvent::BenchmarkPublished { benchmark, digest, document_digest, files_digest };
    append(connection, event).await?;
    let settings = settings_in(connection, id).await?;
    if settings != BenchmarkSettings::default() {
        let (benchmark, settings) = (id.to_owned(), stated(&settings));
        append(connection, RecordEvent::SettingsChanged { benchmark, settings }).await?;
    }
    Ok(())
}

async fn adopt_entry(
    connection: &mut AnyConnection,
    id: &str,
    files: &Manifest,
    pixels: &Manifest,
) -> Result<(), StorageError> {
    let doing = "begin the record";
    let (benchmark, role, card): (String, String, String) =
        sqlx::query_as("SELECT benchmark_id, role, card FROM entries WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *connection)
            .await
            .doing(doing)?;
    let results: Vec<(i64, String, String, String)> = sqlx::query_as(
        "SELECT version, nonce, summary, images FROM results WHERE entry_id = $1 ORDER BY version",
    )
    .bind(id)
    .fetch_all(&mut *connection)
    .await
    .doing(doing)?;
    let withdrawal: Option<(String, String, String)> =
        sqlx::query_as("SELECT at, who, reason FROM withdrawals WHERE entry_id = $1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await
            .doing(doing)?;
    for (version, nonce, summary, images) in results {
        let version = version.unsigned_abs();
        let result: ResultDocument = read_json(id, "result", &summary)?;
        let result_digest = ResultEvidence { version, nonce, summary, images }.digest();
        let evaluator_version = result.evaluator_version;
        let event = if version == 1 {
            let card_document: CardDocument = read_json(id, "card", &card)?;
            RecordEvent::EntryPublished(Box::new(EntryCommitment {
                model_digest: None,
                run_digest: None,
                entry: id.to_owned(),
                benchmark: benchmark.clone(),
                benchmark_digest: result.benchmark_digest,
                role: role.clone(),
                card_digest: text_digest(&card),
                masks_digest: result.masks_digest,
                pixels_digest: pixels.digest(),
                files_digest: keep_files(connection, id, files, pixels).await?,
                result_digest,
                evaluator_version,
                corrects: card_document.corrects,
                answer_digest: answer_in(connection, id).await?.as_deref().map(text_digest),
            }))
        } else {
            let entry = id.to_owned();
            RecordEvent::EntryRescored { entry, version, evaluator_version, result_digest }
        };
        append(connection, event).await?;
    }
    if let Some((at, who, reason)) = withdrawal {
        let statement_digest = WithdrawalEvidence { at, who, reason }.digest();
        let entry = id.to_owned();
        append(connection, RecordEvent::EntryWithdrawn { entry, statement_digest }).await?;
    }
    Ok(())
}

/// List of an entry's stored masks: `STRUCTURE/IMAGE` with the digest of the pixels.
fn pixels_of_entry(folder: &Path, id: &str) -> Result<Manifest, StorageError> {
    let masks = format!("{BLOBS_FOLDER}/entries/{id}/masks");
    let mut pixels = Manifest::default();
    for found in list_blobs(folder, &masks)? {
        let place = folder.join(&found.path);
        let bytes = files::read_file(&place).map_err(DataError::from)?;
        let mask = formats::png::read_mask(&bytes)
            .map_err(|error| Problem::format(&place.display().to_string(), &error))
            .map_err(DataError::from)?;
        let name = found.path.strip_prefix(&masks).unwrap_or(&found.path).with_extension("");
        pixels.add(name.to_string_lossy().replace('\\', "/"), mask_digest(&mask));
    }
    Ok(pixels)
}
