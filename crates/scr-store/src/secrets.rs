//! Random identifiers, and secrets that are given out once.

use scr_data::digest::{file_digest, hex};

use crate::storage_error::StorageError;

/// Random bytes of the operating system.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], StorageError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|source| StorageError::Random { source })?;
    Ok(bytes)
}

/// Random identifier of 128 bits.
pub(crate) fn random_id() -> Result<String, StorageError> {
    Ok(hex(&random_bytes::<16>()?))
}

/// Secret of 32 random bytes, in hexadecimal digits.
///
/// # Errors
/// [`StorageError::Random`] when the system has no random bytes.
pub fn random_secret() -> Result<String, StorageError> {
    Ok(hex(&random_bytes::<32>()?))
}

/// SHA-256 of a secret in hexadecimal digits, which the database keeps in its place. A fast
/// hash suffices: nobody can guess a random secret from it.
pub(crate) fn secret_digest(secret: &str) -> String {
    hex(&file_digest(secret.as_bytes()))
}
