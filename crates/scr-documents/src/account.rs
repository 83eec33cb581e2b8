//! Account: the data of a person on a site.

use serde::{Deserialize, Serialize};

use crate::{CardDocument, LogLine, SubmissionProblem, SubmissionState};

/// Tokens of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenList {
    /// The first first, with those that are void.
    pub tokens: Vec<OwnToken>,
}

/// All data of an account; no secret, and no hash of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnData {
    /// Mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role: participant, curator or operator.
    pub role: String,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Time at which the address was confirmed, RFC 3339.
    pub confirmed_at: Option<String>,
    /// Identities at providers.
    pub identities: Vec<OwnIdentity>,
    /// Sessions of browsers.
    pub sessions: Vec<OwnSession>,
    /// Tokens, also revoked ones.
    pub tokens: Vec<OwnToken>,
    /// Accepted terms.
    pub accepted_terms: Vec<OwnAcceptance>,
    /// Submissions.
    pub submissions: Vec<OwnSubmission>,
}

/// An identity at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnIdentity {
    /// Address of the provider.
    pub issuer: String,
    /// Identifier of the person there.
    pub subject: String,
}

/// A session of a browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSession {
    /// Name that the browser gives itself.
    pub browser: String,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Time of the last use, RFC 3339.
    pub seen_at: String,
}

/// A token, without the token itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnToken {
    /// Identifier.
    pub id: String,
    /// Scopes: submit, review, read, account.
    pub scopes: Vec<String>,
    /// Note of its owner.
    pub note: String,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Time of the last use, RFC 3339.
    pub last_used_at: Option<String>,
    /// Time of revocation, RFC 3339.
    pub revoked_at: Option<String>,
    /// Expiry, RFC 3339; null where the token does not expire.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// Acceptance of terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnAcceptance {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Version of the wording.
    pub version: String,
    /// Time, RFC 3339.
    pub accepted_at: String,
}

/// A submission of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSubmission {
    /// Identifier.
    pub submission: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Its state.
    pub state: SubmissionState,
    /// Card of the method.
    pub card: CardDocument,
    /// Size of its file in bytes.
    pub size_bytes: u64,
    /// Problems of the masks.
    pub problems: Vec<SubmissionProblem>,
    /// Reason of its return.
    pub message: Option<String>,
    /// Identifier of the entry that came of it.
    pub entry: Option<String>,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Every change of its state.
    pub log: Vec<LogLine>,
}
