//! The model of a published entry, as the site keeps it.

use scr_data::digest::{digest_text, file_digest};
use scr_documents::ModelAccess;
use scr_onnx::{ModelFile, ModelFiles};
use scr_store::{EntryRow, ModelFileName, StorageError, Store};

use crate::error::WorkError;
use crate::model_files::SubmittedModel;

/// Reads the models and the model card of a verified entry, with the access to them.
///
/// # Errors
/// [`WorkError::NoSuch`] for an entry without a model, [`StorageError::Missing`] for a lost
/// file, [`StorageError::Damaged`] for one with another digest than the entry's.
pub(crate) async fn kept_model(
    store: &Store,
    entry: &EntryRow,
) -> Result<(SubmittedModel, ModelAccess), WorkError> {
    let Some(run) = &entry.verified_run else {
        return Err(WorkError::NoSuch { what: "model of entry", id: entry.id.clone() });
    };
    let read = async |name: ModelFileName, expected: &str| -> Result<ModelFile, WorkError> {
        let key = format!("entries/{}/model/{}", entry.id, name.as_str());
        let Some(bytes) = store.evidence().file(&key).await? else {
            return Err(StorageError::Missing { what: "file", id: key }.into());
        };
        let found = digest_text(&file_digest(&bytes));
        if found != expected {
            let expected = expected.to_owned();
            return Err(StorageError::Damaged { key, expected, found }.into());
        }
        Ok(ModelFile { place: name.as_str().to_owned(), bytes })
    };
    let model = read(ModelFileName::Model, &run.model_digest).await?;
    let fold_2 = match &run.model_fold_2_digest {
        Some(expected) => Some(read(ModelFileName::ModelFold2, expected).await?),
        None => None,
    };
    let card = read(ModelFileName::Card, &run.card_digest).await?;
    // Its digest is that of a text.
    let card = String::from_utf8_lossy(&card.bytes).into_owned();
    let models = ModelFiles { model, fold_2 };
    Ok((SubmittedModel { models, card, has_masks: false }, run.model_access))
}
