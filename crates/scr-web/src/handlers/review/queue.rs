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
use crate::list_pages::{ListLinks, ROWS_A_PAGE, cut, place_text, read_place};
use crate::numbers::minute;
use crate::options::Options;
use crate::reviewers::{self, review_queue};

/// Query option of the place in the queue.
const WAITING: &str = "after";
/// Query option of the place in the list of publications.
const REPORTED: &str = "reported-after";

#[derive(Template)]
#[template(path = "review/queue.html")]
struct QueuePage {
    waiting: Vec<QueueRow>,
    waiting_links: ListLinks,
    /// Reported publications, newest first.
    publications: Vec<PublicationRow>,
    publication_links: ListLinks,
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
    options: Options,
) -> Result<Response, Failure> {
    member.needs(Role::Curator)?;
    let place = options.first(WAITING).and_then(read_place);
    let mut waiting = review_queue(&store, &member.user, place, ROWS_A_PAGE + 1).await?;
    let next = cut(&mut waiting, ROWS_A_PAGE)
        .map(|last| place_text(&last.submission.updated_at, &last.submission.id));
    let waiting_links = ListLinks::new("/review", &options, WAITING, next);
    let place = options.first(REPORTED).and_then(read_place);
    let mut publications = store.publications().list(place, ROWS_A_PAGE + 1).await?;
    let next =
        cut(&mut publications, ROWS_A_PAGE).map(|last| place_text(&last.proposed_at, &last.id));
    let publication_links = ListLinks::new("/review#publications", &options, REPORTED, next);
    let waiting = waiting.into_iter().map(row).collect();
    let page = QueuePage { waiting, waiting_links, publications, publication_links };
    private_page(StatusCode::OK, &page)
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
