//! Answers of curators to the flags of a submission: the reason to publish it nevertheless.
//!
//! The submission's log has the answer with the decision, and the record commits to it. Judges
//! no answer: decides which flags need one, and validates the text.

use async_recursion::async_recursion as boxed;
use scr_data::terminal::is_printable;
use scr_data::{Problem, Problems};
use scr_documents::FindingsDocument;
use sqlx::AnyConnection;

use super::error::SubmissionError;
use crate::database::Doing;
use crate::json::read_json;
use crate::storage_error::StorageError;

/// Length limit of an answer, in characters.
pub const MAX_ANSWER_CHARS: usize = 2000;

/// Normal form of an answer: trimmed, with Unix line ends. Empty where none was given.
pub(super) fn checked(answer: &str) -> Result<String, SubmissionError> {
    let answer = answer.trim().replace("\r\n", "\n");
    let mut problems = Problems::default();
    let mut wrong = |expected: String, found: String| {
        problems.push(Problem::new("answer", expected, found, "say it in short, plain text"));
    };
    let n_chars = answer.chars().count();
    if n_chars > MAX_ANSWER_CHARS {
        wrong(format!("at most {MAX_ANSWER_CHARS} characters"), n_chars.to_string());
    }
    if let Some(sign) = answer.chars().find(|sign| *sign != '\n' && !is_printable(*sign)) {
        let expected = "no control, format or bidirectional characters".to_owned();
        wrong(expected, sign.escape_debug().to_string());
    }
    if problems.list().is_empty() { Ok(answer) } else { Err(SubmissionError::Answer { problems }) }
}

/// Messages of the flags that need an answer, in a transaction.
#[boxed]
pub(super) async fn flags_to_answer(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<Vec<String>, StorageError> {
    let (findings,): (Option<String>,) =
        sqlx::query_as("SELECT findings FROM submissions WHERE id = $1")
            .bind(id)
            .fetch_one(connection)
            .await
            .doing("read the flags of a submission")?;
    let Some(findings) = findings else { return Ok(Vec::new()) };
    let findings: FindingsDocument = read_json(id, "findings", &findings)?;
    Ok(findings.to_answer().map(|flag| flag.message.clone()).collect())
}

/// Answer with which the submission of an entry was published; none where nothing was
/// flagged, and for entries of the operator.
#[boxed]
pub(crate) async fn answer_in(
    connection: &mut AnyConnection,
    entry_id: &str,
) -> Result<Option<String>, StorageError> {
    let found: Option<(String,)> = sqlx::query_as(
        "SELECT submission_log.message FROM submission_log \
         JOIN submissions ON submissions.id = submission_id \
         WHERE entry_id = $1 AND submission_log.state = 'publishing' \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(entry_id)
    .fetch_optional(connection)
    .await
    .doing("read a curator's answer")?;
    Ok(found.map(|(answer,)| answer).filter(|answer| !answer.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_bounded_and_plain() {
        assert_eq!(checked(" The same group,\r\nas the card says. ").unwrap().lines().count(), 2);
        assert_eq!(checked(" \n ").unwrap(), "");
        let long = "a".repeat(MAX_ANSWER_CHARS);
        checked(&long).unwrap();
        let SubmissionError::Answer { problems } = checked(&format!("{long}\u{202e}")).unwrap_err()
        else {
            panic!("expected the answer's faults")
        };
        assert_eq!(problems.list().len(), 2, "all at once: {problems}");
    }
}
