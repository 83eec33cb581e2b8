//! Who decides on what was handed in for a benchmark: all curators, or those whom the
//! operator names. Looks at no role: that is asked for before.

use scr_store::{Store, UserRow};

use crate::error::Failure;

/// Refuses a curator of other benchmarks.
pub(crate) async fn refuse_others(
    store: &Store,
    user: &UserRow,
    benchmark_id: &str,
) -> Result<(), Failure> {
    if may_review(store, user, benchmark_id).await? {
        return Ok(());
    }
    Err(Failure::NotReviewer { benchmark: benchmark_id.to_owned() })
}

/// Whether a curator reviews for a benchmark.
pub(crate) async fn may_review(
    store: &Store,
    user: &UserRow,
    benchmark_id: &str,
) -> Result<bool, Failure> {
    Ok(store.benchmark_settings(benchmark_id).await?.may_review(&user.email))
}
