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
use crate::list_pages::{ListLinks, ROWS_A_PAGE, cut, place_text, read_place};
use crate::numbers::minute;
use crate::options::Options;

/// Query option of the place in the list.
const AFTER: &str = "after";

#[derive(Template)]
#[template(path = "submissions/list.html")]
struct ListPage {
    submissions: Vec<ListRow>,
    links: ListLinks,
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
    options: Options,
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
    let place = options.first(AFTER).and_then(read_place);
    let handle = store.submissions();
    let mut found = handle.of_user_after(&member.user.id, place, ROWS_A_PAGE + 1).await?;
    let next = cut(&mut found, ROWS_A_PAGE).map(|last| place_text(&last.created_at, &last.id));
    let links = ListLinks::new("/submissions", &options, AFTER, next);
    let page = ListPage { submissions: found.into_iter().map(row).collect(), links };
    private_page(StatusCode::OK, &page)
}
