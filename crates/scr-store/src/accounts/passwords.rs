//! Passwords as Argon2id hashes, with the parameters that the `argon2` crate
//! recommends (19 MiB, two passes), written down with each hash.
//!
//! Limits no attempts: callers do.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::rules::MAX_PASSWORD_BYTES;
use crate::blocking::run_blocking;
use crate::secrets::random_bytes;
use crate::storage_error::StorageError;

/// Limit of concurrent hashes in one process: each takes 19 MiB and a core for some 20 ms,
/// and a flood of sign-ins must not exhaust the memory.
const HASHES_AT_ONCE: usize = 2;
static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// Salt of the dummy hash, computed when an account has no password.
const NO_SALT: [u8; 16] = [0; 16];

/// Hashes a new password, which was validated before.
pub(super) async fn hash(password: &str) -> Result<String, StorageError> {
    let password = password.to_owned();
    hashing(move || {
        let salt = random_bytes::<16>()?;
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|source| StorageError::Password { source })?;
        Ok(hash.to_string())
    })
    .await
}

/// Verifies a password against its hash. Without a hash it takes as long and fails, so that
/// response times do not reveal which addresses are known.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool, StorageError> {
    if password.len() > MAX_PASSWORD_BYTES {
        return Ok(false);
    }
    let password = password.to_owned();
    hashing(move || {
        let argon2 = Argon2::default();
        let verified = match hash {
            Some(hash) => argon2.verify_password(password.as_bytes(), hash.as_str()),
            None => {
                let hashed: Result<PasswordHash, Error> =
                    argon2.hash_password_with_salt(password.as_bytes(), &NO_SALT);
                hashed.and(Err(Error::PasswordInvalid))
            }
        };
        match verified {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(source) => Err(StorageError::Password { source }),
        }
    })
    .await
}

/// Runs one hash on a thread that may block. Its permit is released when the hash is done,
/// even if its caller is gone.
async fn hashing<T: Send + 'static>(
    compute: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    let place = HASHING.acquire().await.expect("the semaphore is never closed");
    run_blocking(move || {
        let result = compute();
        drop(place);
        result
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_says_its_parameters_and_has_a_salt_of_its_own() {
        let one = hash("correct horse battery").await.unwrap();
        let other = hash("correct horse battery").await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(verify("correct horse battery", Some(one.clone())).await.unwrap());
        assert!(!verify("correct horse batterz", Some(one)).await.unwrap());
        assert!(!verify("correct horse battery", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_hash_is_an_error_and_not_a_wrong_password() {
        let error = verify("correct horse battery", Some("x".into())).await.unwrap_err();
        assert!(matches!(error, StorageError::Password { .. }));
    }
}
