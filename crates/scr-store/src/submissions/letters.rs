//! Mails about a submission: to its submitter, and to the curators who may review it.

use crate::accounts::roles::Role;
use crate::accounts::users::addresses;
use crate::database::Doing;
use crate::json::read_json;
use crate::mail::{letter, queue};
use crate::settings_row::settings_in;
use crate::storage_error::StorageError;
use async_recursion::async_recursion as boxed;
use scr_documents::{CardDocument, SubmissionState};
use sqlx::AnyConnection;

/// Submitter of a mail, and the mail's words about the submission.
struct Recipient {
    email: String,
    benchmark: String,
    /// The submission in words.
    what: String,
    /// Its address.
    page: String,
    /// Message of a curator.
    message: Option<String>,
    entry: Option<String>,
}

/// Columns for a mail: the submitter's address, the benchmark, the card, a curator's message
/// and the entry.
type Columns = (String, String, String, Option<String>, Option<String>);

impl Recipient {
    /// None for a removed account, which has no address.
    async fn read(
        connection: &mut AnyConnection,
        submission_id: &str,
    ) -> Result<Option<Self>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(
            "SELECT email, benchmark_id, card, message, entry_id FROM submissions \
             JOIN users ON users.id = user_id WHERE submissions.id = $1 AND removed_at IS NULL",
        )
        .bind(submission_id)
        .fetch_optional(connection)
        .await
        .doing("read the recipients of a mail")?;
        let Some((email, benchmark, card, message, entry)) = row else { return Ok(None) };
        let card: CardDocument = read_json(submission_id, "card", &card)?;
        let what = format!("“{}” for the benchmark `{benchmark}`", card.name);
        let page = format!("{{site}}/submissions/{submission_id}");
        Ok(Some(Self { email, benchmark, what, page, message, entry }))
    }
}

/// Queues a mail to the submitter of a submission whose job failed for a fault of the site.
#[boxed]
pub(super) async fn mail_site_fault(
    connection: &mut AnyConnection,
    submission_id: &str,
) -> Result<(), StorageError> {
    let Some(about) = Recipient::read(connection, submission_id).await? else { return Ok(()) };
    let Recipient { email, what, page, .. } = about;
    let text = format!(
        "This site failed to score {what}. The fault is the site's, not that of your masks. The \
         upload is kept, and the operator may try again; you need not do anything. It does not \
         count towards your quota:\n\n{page}"
    );
    queue(connection, &email, letter("Your submission could not be scored", &text)).await
}

/// Queues a mail to the submitter of a submission whose failed job was dropped.
#[boxed]
pub(super) async fn mail_dropped(
    connection: &mut AnyConnection,
    submission_id: &str,
) -> Result<(), StorageError> {
    let Some(about) = Recipient::read(connection, submission_id).await? else { return Ok(()) };
    let Recipient { email, what, page, .. } = about;
    let text = format!(
        "This site could not score {what}, and will not try again. The fault is the site's, not \
         that of your masks. The upload is deleted; hand the masks in again to have them \
         scored:\n\n{page}"
    );
    queue(connection, &email, letter("Your submission is not scored", &text)).await
}

/// Queues mails about a change of state, in its transaction.
#[boxed]
pub(super) async fn mail_change(
    connection: &mut AnyConnection,
    submission_id: &str,
    to: SubmissionState,
) -> Result<(), StorageError> {
    use SubmissionState as S;
    if !matches!(to, S::AwaitingReview | S::Published | S::Rejected) {
        return Ok(());
    }
    let Some(about) = Recipient::read(connection, submission_id).await? else { return Ok(()) };
    let Recipient { email, benchmark, what, page, message, entry } = about;
    let letter = match (to, message, entry) {
        (S::AwaitingReview, ..) => letter(
            "Your submission is scored",
            &format!("{what} is scored. You alone see it until a curator has looked:\n\n{page}"),
        ),
        (S::Published, _, Some(entry)) => letter(
            "Your submission is published",
            &format!("{what} is published. Its address stays:\n\n{{site}}/entries/{entry}"),
        ),
        (S::Rejected, Some(message), _) => letter(
            "Your submission is returned",
            &format!("A curator has returned {what}:\n\n{message}\n\n{page}"),
        ),
        _ => letter(
            "Your submission has problems",
            &format!(
                "The check of {what} found problems. All of them are listed here, by file:\n\n\
                 {page}\n\nA failed check costs nothing."
            ),
        ),
    };
    queue(connection, &email, letter).await?;
    if to == S::AwaitingReview {
        mail_reviewers(connection, &benchmark, &what, &page).await?;
    }
    Ok(())
}

/// Queues a mail for every curator who may review submissions of the benchmark.
async fn mail_reviewers(
    connection: &mut AnyConnection,
    benchmark: &str,
    what: &str,
    page: &str,
) -> Result<(), StorageError> {
    let settings = settings_in(connection, benchmark).await?;
    let reviewers = addresses(connection, Role::Curator).await?;
    for email in reviewers.into_iter().filter(|email| settings.may_review(email)) {
        let letter =
            letter("A submission awaits review", &format!("{what} awaits review:\n\n{page}"));
        queue(connection, &email, letter).await?;
    }
    Ok(())
}
