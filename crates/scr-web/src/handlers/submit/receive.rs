//! Submission by a form without script: fields, and last the file, which is written to disk
//! as it arrives.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_documents::ModelAccess;
use scr_store::{NewSubmission, PublicStore, Submission};

use super::form::page;
use super::parts::{Part, Parts};
use crate::address;
use crate::bodies::UnreadBody;
use crate::card_input::{CardInput, Intent, MAX_FILE_BYTES, MAX_TEXT, size_error};
use crate::error::Failure;
use crate::extractors::{Member, PublishedBenchmark};
use crate::field_error::FieldError;
use crate::slots::RequestConnection;
use crate::transfers::Transfers;

/// Bytes per write.
const WRITE_BYTES: usize = 1 << 20;
/// Most bytes of a text field that are kept: more than a valid one has.
const MAX_FIELD_BYTES: usize = 4 * (MAX_TEXT + 1);

/// Answers the form: redirects to the submission, or shows the form again with all errors.
pub(crate) async fn submit(
    State(store): State<PublicStore>,
    State(transfers): State<Arc<Transfers>>,
    member: Member,
    PublishedBenchmark(benchmark): PublishedBenchmark,
    RequestConnection(connection): RequestConnection,
    body: UnreadBody,
) -> Result<Response, Failure> {
    store.submissions().check_quota(&member.user.id, &benchmark.document.id).await?;
    let announced = body.announced().unwrap_or(MAX_FILE_BYTES).min(MAX_FILE_BYTES);
    store.disk().require_space(announced)?;
    let _slot = transfers.upload(&member.user, connection);
    let mut form = Parts::of(body).await?;
    let mut intent = Intent::default();
    while let Some(mut field) = form.next().await? {
        let name = field.name().to_owned();
        if name != "file" {
            let text = text(&mut field).await?;
            fill(&mut intent, &name, text);
            continue;
        }
        let first = field.chunk().await?.filter(|chunk| !chunk.is_empty());
        let mut errors = Vec::new();
        if first.is_none() {
            errors.extend(size_error(0));
        }
        match (intent.checked(&store, &benchmark, &member.user).await?, first) {
            (Ok(card), Some(first)) => {
                let new = NewSubmission {
                    benchmark_id: &benchmark.document.id,
                    user_id: &member.user.id,
                    card: &card,
                    size_bytes: announced,
                    file: None,
                    confirmed: false,
                    supersedes: intent.corrects.as_deref(),
                    model: intent.model,
                };
                let begun = store.submissions().begin(new).await?;
                let taken = receive_file(&store, &begun, first, &mut field).await;
                if let Ok(Ok(())) = taken {
                    store.submissions().mark_received(&begun.id, &member.user.id).await?;
                    return Ok(Redirect::to(&address::submission(&begun.id)).into_response());
                }
                store.submissions().withdraw(&begun.id, &member.user.id).await?;
                errors.extend(taken?.err());
            }
            (checked, _) => {
                // Browsers read the answer only after sending the whole body.
                while field.chunk().await?.is_some() {}
                errors.extend(checked.err().into_iter().flatten());
            }
        }
        return page(&store, &member, benchmark, intent, errors).await;
    }
    Err(Failure::Unprocessable { message: "the form has no file".to_owned() })
}

/// Text of a field, cut beyond any valid length.
async fn text(field: &mut Part<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        let room = MAX_FIELD_BYTES - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

fn fill(intent: &mut Intent, name: &str, text: String) {
    let card: &mut CardInput = &mut intent.card;
    match name {
        "name" => card.name = text,
        "authors" => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            card.authors = lines.map(str::to_owned).collect();
        }
        "description" => card.description = text,
        "reference" => card.reference = text,
        "code" => card.code = text,
        "training" => card.training = text,
        "two_fold_declaration" => card.two_fold_declaration = true,
        "accept_terms" => intent.accepts_terms = true,
        "model" => intent.model = ModelAccess::of_word(&text),
        "corrects" => intent.corrects = Some(text).filter(|text| !text.is_empty()),
        _ => {}
    }
}

/// Writes the file as it arrives.
async fn receive_file(
    store: &PublicStore,
    begun: &Submission,
    first: Bytes,
    field: &mut Part<'_>,
) -> Result<Result<(), FieldError>, Failure> {
    let mut buffer = Vec::from(first);
    let mut offset = 0;
    loop {
        let chunk = match field.chunk().await {
            Ok(chunk) => chunk,
            Err(error) => {
                let message = format!("the upload is incomplete: {error}");
                return Ok(Err(FieldError::new("size_bytes", message)));
            }
        };
        let is_last = chunk.is_none();
        buffer.extend_from_slice(&chunk.unwrap_or_default());
        if offset + buffer.len() as u64 > begun.size_bytes {
            let message = format!("expected at most {} bytes", begun.size_bytes);
            return Ok(Err(FieldError::new("size_bytes", message)));
        }
        if is_last || buffer.len() >= WRITE_BYTES {
            let bytes = Bytes::from(std::mem::take(&mut buffer));
            offset = store.uploads().append_chunk(begun, offset, bytes).await?;
        }
        if is_last {
            store.uploads().finish(&begun.id).await?;
            return Ok(Ok(()));
        }
    }
}
