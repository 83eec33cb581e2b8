//! Personal data export: everything that the site stores about one account, as JSON.

use scr_documents::{CardDocument, LogLine, SubmissionProblem, SubmissionState};
use scr_store::{Identity, PublicStore, Scope, Submission, TokenRow, UserRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::schema;
use crate::error::Failure;

/// Personal data of one account, without secrets and their hashes.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnData {
    email: String,
    name: String,
    /// participant, curator or operator.
    role: &'static str,
    created_at: String,
    confirmed_at: Option<String>,
    identities: Vec<OwnIdentity>,
    sessions: Vec<OwnSession>,
    tokens: Vec<OwnToken>,
    accepted_terms: Vec<OwnAcceptance>,
    submissions: Vec<OwnSubmission>,
}

/// Identity at a provider.
#[derive(Serialize, ToSchema)]
struct OwnIdentity {
    issuer: String,
    subject: String,
}

/// Session.
#[derive(Serialize, ToSchema)]
struct OwnSession {
    browser: String,
    created_at: String,
    seen_at: String,
}

/// Token without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnToken {
    id: String,
    /// submit, review, read, account.
    scopes: Vec<&'static str>,
    note: String,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
    /// Expiry; null if the token does not expire.
    expires_at: Option<String>,
}

/// Acceptance of terms.
#[derive(Serialize, ToSchema)]
struct OwnAcceptance {
    benchmark: String,
    version: String,
    accepted_at: String,
}

/// Submission and its log.
#[derive(Serialize, ToSchema)]
struct OwnSubmission {
    submission: String,
    benchmark: String,
    #[schema(value_type = String)]
    state: SubmissionState,
    #[schema(value_type = schema::Card)]
    card: CardDocument,
    size_bytes: u64,
    #[schema(value_type = Vec<serde_json::Value>)]
    problems: Vec<SubmissionProblem>,
    message: Option<String>,
    entry: Option<String>,
    created_at: String,
    #[schema(value_type = Vec<serde_json::Value>)]
    log: Vec<LogLine>,
}

/// Personal data of one account.
pub(crate) async fn data_of(store: &PublicStore, user: UserRow) -> Result<OwnData, Failure> {
    let identities = store.identities().of_user(&user.id).await?.into_iter();
    let sessions = store.sessions().of_user(&user.id).await?.into_iter();
    let tokens = tokens_of(store, &user).await?;
    let acceptances = store.acceptances().of_user(&user.id).await?.into_iter();
    let mut submissions = Vec::new();
    for listed in store.submissions().of_user(&user.id).await? {
        if let Some(submission) = store.submissions().get(&listed.id).await? {
            let log = store.submissions().log(&submission.id).await?;
            submissions.push(own_submission(submission, log));
        }
    }
    Ok(OwnData {
        identities: identities
            .map(|Identity { issuer, subject }| OwnIdentity { issuer, subject })
            .collect(),
        sessions: sessions
            .map(|row| OwnSession {
                browser: row.agent,
                created_at: row.created_at,
                seen_at: row.seen_at,
            })
            .collect(),
        tokens,
        accepted_terms: acceptances
            .map(|row| OwnAcceptance {
                benchmark: row.benchmark_id,
                version: row.terms_version,
                accepted_at: row.accepted_at,
            })
            .collect(),
        submissions,
        email: user.email,
        name: user.name,
        role: user.role.as_str(),
        created_at: user.created_at,
        confirmed_at: user.confirmed_at,
    })
}

/// Tokens of an account, oldest first.
pub(crate) async fn tokens_of(
    store: &PublicStore,
    user: &UserRow,
) -> Result<Vec<OwnToken>, Failure> {
    Ok(store.tokens().of_user(&user.id).await?.into_iter().map(OwnToken::from).collect())
}

impl From<TokenRow> for OwnToken {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            scopes: row.scopes.into_iter().map(Scope::as_str).collect(),
            note: row.note,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            expires_at: row.expires_at,
        }
    }
}

fn own_submission(submission: Submission, log: Vec<LogLine>) -> OwnSubmission {
    OwnSubmission {
        submission: submission.id,
        benchmark: submission.benchmark_id,
        state: submission.state,
        card: submission.card,
        size_bytes: submission.size_bytes,
        problems: submission.problems,
        message: submission.message,
        entry: submission.entry_id,
        created_at: submission.created_at,
        log,
    }
}
