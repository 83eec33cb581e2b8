//! Review pages, for curators: the queue and the decision.

mod access;
mod decide;
mod one;
mod queue;

pub(crate) use decide::{publish, send_back};
pub(crate) use one::one;
pub(crate) use queue::queue;
