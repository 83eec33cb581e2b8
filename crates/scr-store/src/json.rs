//! Documents as JSON text, with the name of the document in errors.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::storage_error::StorageError;

/// Parses a document; `what` and `id` name it in the error.
pub(crate) fn read_json<T: DeserializeOwned>(
    id: &str,
    what: &'static str,
    text: &str,
) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|source| StorageError::Document {
        what,
        id: id.to_owned(),
        source,
    })
}

/// Serialises a document; `what` and `id` name it in the error.
pub(crate) fn write_json<T: Serialize>(
    id: &str,
    what: &'static str,
    document: &T,
) -> Result<String, StorageError> {
    serde_json::to_string(document).map_err(|source| StorageError::Document {
        what,
        id: id.to_owned(),
        source,
    })
}

/// As [`read_json`], where there is a document.
pub(crate) fn read_some<T: DeserializeOwned>(
    id: &str,
    what: &'static str,
    text: Option<String>,
) -> Result<Option<T>, StorageError> {
    text.map(|text| read_json(id, what, &text)).transpose()
}
