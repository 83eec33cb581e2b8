//! List of the member's submissions, newest first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{PublicStore, Submission};

use super::state::state_words;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::draw::private_page;
use crate::numbers::minute;

#[derive(Template)]
#[template(path = "submissions/list.html")]
struct ListPage {
    submissions: Vec<ListRow>,
}

struct ListRow {
    name: String,
    href: String,
    benchmark_id: String,
    benchmark_href: String,
    state: &'static str,
    entry_href: Option<String>,
    begun: String,
    changed: String,
}

/// Answers `/submissions`.
pub(crate) async fn list(
    State(store): State<PublicStore>,
    member: Member,
) -> Result<Response, Failure> {
    let row = |submission: Submission| ListRow {
        href: address::submission(&submission.id),
        benchmark_href: address::benchmark(&submission.benchmark_id, ""),
        state: state_words(submission.state),
        entry_href: submission.entry_id.as_deref().map(address::entry),
        begun: minute(&submission.created_at),
        changed: minute(&submission.updated_at),
        benchmark_id: submission.benchmark_id,
        name: submission.card.name,
    };
    let submissions = store.submissions().of_user(&member.user.id).await?;
    let page = ListPage { submissions: submissions.into_iter().map(row).collect() };
    private_page(StatusCode::OK, &page)
}
