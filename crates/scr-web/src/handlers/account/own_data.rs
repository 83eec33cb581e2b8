//! All that this site knows of a person, as one JSON file of theirs.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use scr_store::{CardDocument, Identity, LogLine, Scope, Store, Submission, SubmissionState, Told};
use serde::Serialize;

use crate::error::Failure;
use crate::extractors::Member;

/// Everything of a person; no secret, and no hash of one.
#[derive(Serialize)]
struct OwnData {
    email: String,
    name: String,
    role: &'static str,
    created_at: String,
    confirmed_at: Option<String>,
    identities: Vec<OwnIdentity>,
    sessions: Vec<OwnSession>,
    tokens: Vec<OwnToken>,
    accepted_terms: Vec<OwnAcceptance>,
    submissions: Vec<OwnSubmission>,
}

#[derive(Serialize)]
struct OwnIdentity {
    issuer: String,
    subject: String,
}

#[derive(Serialize)]
struct OwnSession {
    browser: String,
    created_at: String,
    seen_at: String,
}

#[derive(Serialize)]
struct OwnToken {
    id: String,
    scopes: Vec<&'static str>,
    note: String,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

#[derive(Serialize)]
struct OwnAcceptance {
    benchmark: String,
    version: String,
    accepted_at: String,
}

#[derive(Serialize)]
struct OwnSubmission {
    submission: String,
    benchmark: String,
    state: SubmissionState,
    card: CardDocument,
    size_bytes: u64,
    problems: Vec<Told>,
    message: Option<String>,
    entry: Option<String>,
    created_at: String,
    log: Vec<LogLine>,
}

/// Answers `/account/data.json`.
pub(crate) async fn own_data(
    State(store): State<Store>,
    member: Member,
) -> Result<Response, Failure> {
    let user = member.user;
    let identities = store.identities(&user.id).await?.into_iter();
    let sessions = store.sessions(&user.id).await?.into_iter();
    let tokens = store.tokens(&user.id).await?.into_iter();
    let acceptances = store.acceptances(&user.id).await?.into_iter();
    let mut submissions = Vec::new();
    for listed in store.submissions_of(&user.id).await? {
        if let Some(submission) = store.submission(&listed.id).await? {
            let log = store.submission_log(&submission.id).await?;
            submissions.push(own_submission(submission, log));
        }
    }
    let data = OwnData {
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
        tokens: tokens
            .map(|row| OwnToken {
                id: row.id,
                scopes: row.scopes.into_iter().map(Scope::as_str).collect(),
                note: row.note,
                created_at: row.created_at,
                last_used_at: row.last_used_at,
                revoked_at: row.revoked_at,
            })
            .collect(),
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
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""),
    ];
    Ok((headers, Json(data)).into_response())
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
