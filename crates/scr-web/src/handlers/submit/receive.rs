//! The form as a browser without script sends it: fields, and last the file, which goes
//! to the disk as it comes in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{NewSubmission, PublicStore, Submission};

use super::page;
use super::parts::{Part, Parts};
use crate::address;
use crate::bodies::Unread;
use crate::card_input::{CardInput, Fault, Intent, MAX_FILE_BYTES, MAX_TEXT, size_fault};
use crate::error::Failure;
use crate::extractors::{Member, Published};
use crate::places::Seated;
use crate::under_way::UnderWay;

/// Bytes that are written at once.
const PIECE_BYTES: usize = 1 << 20;
/// The most bytes of a field of text that are kept: more than a good one may have.
const MAX_FIELD_BYTES: usize = 4 * (MAX_TEXT + 1);

/// Takes the form: the submission's page, or the form again with all that is wrong.
pub(crate) async fn submit(
    State(store): State<PublicStore>,
    State(under_way): State<Arc<UnderWay>>,
    member: Member,
    Published(benchmark): Published,
    Seated(seat): Seated,
    body: Unread,
) -> Result<Response, Failure> {
    store.may_begin(&member.user.id, &benchmark.document.id).await?;
    let announced = body.announced().unwrap_or(MAX_FILE_BYTES).min(MAX_FILE_BYTES);
    store.has_room_for(announced)?;
    let _place = under_way.upload(&member.user, seat);
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
        let mut faults = Vec::new();
        if first.is_none() {
            faults.extend(size_fault(0));
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
                };
                let begun = store.begin_submission(new).await?;
                let taken = take(&store, &begun, first, &mut field).await;
                if let Ok(Ok(())) = taken {
                    store.submission_received(&begun.id, &member.user.id).await?;
                    return Ok(Redirect::to(&address::submission(&begun.id)).into_response());
                }
                store.submission_withdrawn(&begun.id, &member.user.id).await?;
                faults.extend(taken?.err());
            }
            (checked, _) => {
                // The browser hears the answer only when it has sent all.
                while field.chunk().await?.is_some() {}
                faults.extend(checked.err().into_iter().flatten());
            }
        }
        return page(&store, &member, benchmark, intent, faults).await;
    }
    Err(Failure::Wrong { what: "the form has no file".to_owned() })
}

/// A field of text; what is too long to be good is cut.
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
        "corrects" => intent.corrects = Some(text).filter(|text| !text.is_empty()),
        _ => {}
    }
}

/// Writes the file as it comes, and says what is wrong with it.
async fn take(
    store: &PublicStore,
    begun: &Submission,
    first: Bytes,
    field: &mut Part<'_>,
) -> Result<Result<(), Fault>, Failure> {
    let (mut piece, mut offset) = (Vec::from(first), 0);
    loop {
        let chunk = match field.chunk().await {
            Ok(chunk) => chunk,
            Err(error) => {
                let message = format!("the file did not come in whole: {error}");
                return Ok(Err(Fault::new("size_bytes", message)));
            }
        };
        let is_last = chunk.is_none();
        piece.extend_from_slice(&chunk.unwrap_or_default());
        if offset + piece.len() as u64 > begun.size_bytes {
            let message = format!("expected at most {MAX_FILE_BYTES} bytes");
            return Ok(Err(Fault::new("size_bytes", message)));
        }
        if is_last || piece.len() >= PIECE_BYTES {
            let bytes = Bytes::from(std::mem::take(&mut piece));
            offset = store.add_piece(begun, offset, bytes).await?;
        }
        if is_last {
            store.end_upload(&begun.id).await?;
            return Ok(Ok(()));
        }
    }
}
