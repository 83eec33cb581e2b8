//! Submissions: masks that someone handed in, on their way to an entry.
//!
//! Checks and scores nothing: workers do, and come here to say what they found.
//!
//! - `rows.rs`: one submission, and every change of its state with a line in its log.
//! - `lists.rs`: many.
//! - `outlines.rs`: what their masks look like.
//! - `compared.rs`: entries beside a submission.
//! - `answers.rs`: a curator's answer to flags.
//! - `jobs.rs`: what is to be done, and whose work it is.
//! - `queue.rs`: the jobs as an operator sees and cancels them.
//! - `uploads.rs`: the files as they come in, piece by piece. - `pieces.rs`: a piece.
//! - `quota.rs`: how much one account may have under way.
//! - `retention.rs`: how long these files are kept.
//!
//! **Every change of state is one transaction with its line in the log and with the
//! job that it asks for**, so that whatever kills the process, a submission is in a
//! state from which it goes on.

mod answers;
mod compared;
mod jobs;
mod lists;
mod outlines;
mod pieces;
mod queue;
mod quota;
mod retention;
mod rows;
mod uploads;

pub use answers::MAX_ANSWER_CHARS;
pub(crate) use answers::answer_in;
pub use compared::ComparedEntry;
pub(crate) use jobs::GIVEN_UP;
pub use jobs::{Job, JobKind, JobProgress, MAX_ATTEMPTS};
pub use pieces::Piece;
pub use queue::{Cancelled, JobRow};
pub use retention::{Retention, Tidied};
pub(crate) use rows::published_in;
pub use rows::{NewSubmission, Submission};
pub use uploads::MAX_CHUNK_BYTES;
