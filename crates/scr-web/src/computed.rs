//! Cache of what pages compute from many results: comparisons, ranks, plots.
//!
//! A key names the content that a value was computed from, so that a value is never out of
//! date. Each value is computed once, also for requests at the same time; the oldest are
//! forgotten.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use scr_data::Problem;
use scr_documents::ComparisonDocument;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::error::Failure;

/// Values kept of one kind.
const MAX_KEPT: usize = 64;

/// Comparison of entries, or all reasons why they are not comparable.
pub(crate) type Compared = Result<ComparisonDocument, Vec<Problem>>;

/// Cache of values of one kind.
pub(crate) struct Computed<T> {
    kept: Mutex<VecDeque<(String, Place<T>)>>,
}

type Place<T> = Arc<OnceCell<Arc<T>>>;

impl<T> Default for Computed<T> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<T: Send + Sync + 'static> Computed<T> {
    /// The value of a key; if it is not kept, it is computed from what `read` gives, on a
    /// thread of its own.
    pub(crate) async fn get<I: Send + 'static>(
        &self,
        key: String,
        read: impl Future<Output = Result<I, Failure>> + Send,
        compute: impl FnOnce(I) -> T + Send + 'static,
    ) -> Result<Arc<T>, Failure> {
        let place = self.place(key);
        let computed = async {
            let input = read.await?;
            let computed = tokio::task::spawn_blocking(move || compute(input)).await;
            computed.map(Arc::new).map_err(|error| {
                tracing::error!(%error, "a computation of a page failed");
                Failure::Internal
            })
        };
        place.get_or_try_init(|| computed).await.map(Arc::clone)
    }

    fn place(&self, key: String) -> Place<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, place)) = kept.iter().find(|(found, _)| *found == key) {
            return Arc::clone(place);
        }
        if kept.len() == MAX_KEPT {
            kept.pop_front();
        }
        let place = Place::default();
        kept.push_back((key, Arc::clone(&place)));
        place
    }
}

/// Key of a value by the content that it is computed from.
pub(crate) fn key(content: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_vec(content).map_err(|error| {
        tracing::error!(%error, "content cannot be written as JSON");
        Failure::Internal
    })?;
    Ok(Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn given(number: usize) -> Result<usize, Failure> {
        Ok(number)
    }

    #[tokio::test]
    async fn a_value_is_computed_once_a_key_and_the_oldest_is_forgotten() {
        let computed = Computed::default();
        for round in 0..2 {
            let value = computed.get("a".to_owned(), given(round), |round| round).await.unwrap();
            assert_eq!(*value, 0, "the first value stays");
        }
        for index in 0..MAX_KEPT {
            computed.get(index.to_string(), given(9), |nine| nine).await.unwrap();
        }
        assert_eq!(
            *computed.get("a".to_owned(), given(5), |n| n).await.unwrap(),
            5,
            "it is forgotten"
        );
        assert_eq!(*computed.get("63".to_owned(), given(5), |n| n).await.unwrap(), 9, "it is kept");
        assert_ne!(key(&"a").unwrap(), key(&"b").unwrap());
    }
}
