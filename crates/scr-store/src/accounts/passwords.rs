//! Passwords as Argon2id hashes, with the parameters that the `argon2` crate
//! recommends (19 MiB, two passes), written down with each hash.
//!
//! Decides nothing about attempts: whoever asks limits their rate.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::{random_bytes, rules};
use crate::StoreError;

/// Hashes computed at once in one process; each holds 19 MiB and a core for
/// some 20 ms, and a flood of sign-ins is not to take all memory.
const HASHES_AT_ONCE: usize = 2;
static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// Salt of the hash that is computed where there is none to compare with.
const NO_SALT: [u8; 16] = [0; 16];

/// The hash of a new password, to be kept. The password was checked before.
pub(super) async fn hash(password: &str) -> Result<String, StoreError> {
    let password = password.to_owned();
    hashing(move || {
        let salt = random_bytes::<16>()?;
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|source| StoreError::Password { source })?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether `password` is the one of the hash. Without a hash it takes as long
/// and is not, so that nobody learns by time which addresses are known.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool, StoreError> {
    if password.len() > rules::MAX_PASSWORD_BYTES {
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
            Err(source) => Err(StoreError::Password { source }),
        }
    })
    .await
}

/// Runs one hash on a thread that may block. The place among those at once is
/// given back when the hash is done, even if nobody waits for it any more.
async fn hashing<T: Send + 'static>(
    compute: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let place = HASHING.acquire().await.expect("the semaphore is never closed");
    let done = tokio::task::spawn_blocking(move || {
        let result = compute();
        drop(place);
        result
    });
    done.await.map_err(|source| StoreError::Task { source })?
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
        assert!(matches!(error, StoreError::Password { .. }));
    }
}
