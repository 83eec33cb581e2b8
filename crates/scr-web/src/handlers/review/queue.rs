//! Review queue, longest wait first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::PublicationState;
use scr_store::{PublicStore, PublicationRow, Role};

use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::draw::private_page;
use crate::numbers::minute;
use crate::reviewers::{self, review_queue};

#[derive(Template)]
#[template(path = "review/queue.html")]
struct QueuePage {
    waiting: Vec<QueueRow>,
    /// Reported publications, newest first.
    publications: Vec<PublicationRow>,
}

struct QueueRow {
    name: String,
    href: String,
    benchmark_id: String,
    benchmark_href: String,
    submitter: String,
    since: String,
}

impl QueuePage {
    fn is_shown(publication: &PublicationRow) -> bool {
        publication.state == PublicationState::Shown
    }

    fn is_hidden(publication: &PublicationRow) -> bool {
        publication.state == PublicationState::Hidden
    }
}

/// Answers `/review`.
pub(crate) async fn queue(
    State(store): State<PublicStore>,
    member: Member,
) -> Result<Response, Failure> {
    member.needs(Role::Curator)?;
    let waiting =
        review_queue(&store, &member.user, None, u32::MAX).await?.into_iter().map(row).collect();
    let publications = store.publications().list().await?;
    private_page(StatusCode::OK, &QueuePage { waiting, publications })
}

fn row(
    reviewers::QueuedSubmission { submission, submitter }: reviewers::QueuedSubmission,
) -> QueueRow {
    QueueRow {
        href: address::review(&submission.id),
        benchmark_href: address::benchmark(&submission.benchmark_id, ""),
        benchmark_id: submission.benchmark_id,
        submitter,
        since: minute(&submission.updated_at),
        name: submission.card.name,
    }
}
