//! Refusals of accounts, tokens and acceptances of terms.

use super::roles::{Role, Scope};
use crate::storage_error::StorageError;

/// Refusal of an account, a token or an acceptance of terms.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Fields of an account are invalid; all problems at once.
    #[error("cannot keep the account: {problems}")]
    Invalid {
        /// Email, name, password, note or scopes, in that order; no secret among them.
        problems: scr_data::Problems,
    },
    /// The address already has an account.
    #[error("{email} has an account already")]
    AddressTaken {
        /// The address.
        email: String,
    },
    /// No account has this address or identifier.
    #[error("no account `{user}`")]
    UnknownUser {
        /// The address or identifier.
        user: String,
    },
    /// No token has the identifier, which is not repeated: it might be a token.
    #[error("no token has this identifier")]
    UnknownToken,
    /// The role of the owner does not allow the scope.
    #[error("a token of a {role} cannot have the scope `{scope}`")]
    ScopeRefused {
        /// Scope of the token.
        scope: Scope,
        /// Role of its owner.
        role: Role,
    },
    /// No such benchmark is published.
    #[error("no benchmark `{id}` is published")]
    UnknownBenchmark {
        /// The identifier.
        id: String,
    },
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AccountError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::ScopeRefused { .. } => "reviewing needs a curator or operator",
            Self::UnknownToken => "tokens are listed with their identifiers",
            Self::UnknownBenchmark { .. } => "publish the benchmark first",
            Self::Storage(error) => error.hint(),
            _ => "",
        }
    }
}
