//! Models of an entry that the site ran: their files, which publishing keeps.

use bytes::Bytes;
use scr_data::digest::{Manifest, file_digest};
use scr_documents::VerifiedRunDocument;

use crate::blobs::{BlobKey, Blobs};
use crate::model_file::ModelFileName;
use crate::storage_error::StorageError;

/// Verified run to publish with its entry.
#[derive(Debug, Clone)]
pub struct RunToPublish {
    /// The run.
    pub verified: VerifiedRunDocument,
    /// The files of the model.
    pub files: Vec<(ModelFileName, Bytes)>,
}

/// Writes the files of an entry's model, and adds them to the list of those that the site keeps.
pub(super) async fn write_model(
    blobs: &Blobs,
    entry: &str,
    run: &RunToPublish,
    kept: &mut Manifest,
) -> Result<(), StorageError> {
    for (name, bytes) in &run.files {
        let digest = file_digest(bytes);
        blobs.put(&BlobKey::entry_model(entry, *name)?, bytes.clone()).await?;
        kept.add(format!("model/{}", name.as_str()), digest);
    }
    Ok(())
}
