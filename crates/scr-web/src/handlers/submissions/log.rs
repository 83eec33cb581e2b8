//! Log of a submission: time, state, actor and reason of each change.
//!
//! Submitters see roles; curators, and the actors themselves, see names.

use scr_documents::SubmissionState;
use scr_store::{PublicStore, Role, Submission};

use crate::error::Failure;
use crate::extractors::Member;
use crate::numbers::{capitalised, minute};

/// Change of state.
pub(crate) struct LogRow {
    pub(crate) at: String,
    pub(crate) state: String,
    pub(crate) who: String,
    pub(crate) message: String,
}

/// All changes, oldest first.
pub(crate) async fn log_rows(
    store: &PublicStore,
    submission: &Submission,
    reader: &Member,
) -> Result<Vec<LogRow>, Failure> {
    let mut rows = Vec::new();
    for line in store.submissions().log(&submission.id).await? {
        let who = match store.accounts().get(&line.actor).await? {
            Some(user) if user.id == reader.user.id => "you".to_owned(),
            Some(user) if reader.user.role >= Role::Curator => {
                format!("{} ({})", user.name, user.role)
            }
            Some(user) => user.role.to_string(),
            None => "this site".to_owned(),
        };
        rows.push(LogRow {
            at: minute(&line.at),
            state: capitalised(&words(line.state)),
            who,
            message: line.message,
        });
    }
    Ok(rows)
}

/// State as an event.
fn words(state: SubmissionState) -> String {
    match state {
        SubmissionState::Receiving => "begun".to_owned(),
        SubmissionState::Publishing => "accepted".to_owned(),
        other => other.name(),
    }
}
