//! Accounts: who people are, what they may do, and which terms they accepted.
//!
//! Knows no page. Secrets come in and are hashed: a password by
//! Argon2id, a token or a session's secret, which are random, by SHA-256. None
//! is in an error, a log or what `Debug` shows.
//!
//! - [`UserRow`]: a person with a [`Role`].
//! - [`TokenRow`]: what a program shows in a person's place, with its [`Scope`]s.
//! - [`SessionRow`]: a browser that someone is signed in with.
//! - [`Identity`]: who a person is at an identity provider, such as ORCID.
//! - [`OtherKeys`]: what becomes of all that with another password.
//! - [`Caller`]: whose token was shown, and what it lets them do.

mod identities;
mod keys;
mod links;
mod passwords;
mod roles;
mod rules;
mod sessions;
mod terms;
mod token_lifetime;
mod tokens;
mod users;

pub use identities::{Identity, SHOWN_AGE};
pub use keys::OtherKeys;
pub use links::{Confirmed, LINK_AGE};
pub use roles::{Role, Scope};
pub use sessions::{SESSION_AGE, SESSION_IDLE, SessionRow};
pub use terms::AcceptanceRow;
pub use token_lifetime::{TokenLifetime, TokenLifetimeError};
pub use tokens::{Caller, TokenRow};
pub use users::UserRow;

use scr_data::digest::{file_digest, hex};

use crate::StoreError;

/// Bytes of the operating system that nobody can guess.
fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|source| StoreError::Random { source })?;
    Ok(bytes)
}

/// An identifier that is given once.
pub(crate) fn random_id() -> Result<String, StoreError> {
    Ok(hex(&random_bytes::<16>()?))
}

/// A secret that is given out once: 32 random bytes in hexadecimal digits.
///
/// # Errors
/// [`StoreError::Random`] when the system has none.
pub fn random_secret() -> Result<String, StoreError> {
    Ok(hex(&random_bytes::<32>()?))
}

/// What is kept of a secret: its SHA-256 in hexadecimal digits, which is enough, since
/// what is random cannot be guessed from its hash.
fn secret_digest(secret: &str) -> String {
    hex(&file_digest(secret.as_bytes()))
}
