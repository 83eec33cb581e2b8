//! Personal data export: everything that the site stores about one account, as JSON.

use scr_documents::{
    LogLine, OwnAcceptance, OwnData, OwnIdentity, OwnSession, OwnSubmission, OwnToken,
};
use scr_store::{Identity, PublicStore, Submission, TokenRow, UserRow};

use crate::error::Failure;

/// Personal data of one account.
pub(crate) async fn data_of(store: &PublicStore, user: UserRow) -> Result<OwnData, Failure> {
    let identities = store.identities().of_user(&user.id).await?.into_iter();
    let sessions = store.sessions().of_user(&user.id).await?.into_iter();
    let tokens = tokens_of(store, &user).await?;
    let acceptances = store.acceptances().of_user(&user.id).await?.into_iter();
    let mut submissions = Vec::new();
    for id in store.submissions().ids_of_user(&user.id).await? {
        if let Some(submission) = store.submissions().get(&id).await? {
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
        role: user.role.as_str().into(),
        created_at: user.created_at,
        confirmed_at: user.confirmed_at,
    })
}

/// Tokens of an account, oldest first.
pub(crate) async fn tokens_of(
    store: &PublicStore,
    user: &UserRow,
) -> Result<Vec<OwnToken>, Failure> {
    Ok(store.tokens().of_user(&user.id).await?.into_iter().map(own_token).collect())
}

fn own_token(row: TokenRow) -> OwnToken {
    OwnToken {
        id: row.id,
        scopes: row.scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect(),
        note: row.note,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        expires_at: row.expires_at,
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
