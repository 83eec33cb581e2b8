//! Blocking work (files, hashes, images) on threads apart from the runtime's.

use crate::storage_error::StorageError;

/// Runs `work` on a thread that may block.
pub(crate) async fn run_blocking<T: Send + 'static, E: From<StorageError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    // The caller's span is that of `work`, too.
    let span = tracing::Span::current();
    let work = move || span.in_scope(work);
    tokio::task::spawn_blocking(work).await.map_err(|source| StorageError::Task { source })?
}
