//! Deciding on submissions, for curators: what waits, and all that helps to decide.

mod decide;
mod one;
mod queue;

pub(crate) use decide::{publish, send_back};
pub(crate) use one::one;
pub(crate) use queue::queue;
