//! What the operator says of a benchmark, beside what its file says.
//!
//! Settings may change at any time and move no score. What they hide is taken out
//! where documents leave the store for the site ([`PublicStore`](crate::PublicStore)), so that no page
//! can show it.
//!
//! - [`BenchmarkSettings`]: one benchmark's, the defaults where nobody said otherwise.

use scr_data::Permission;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use crate::database::{begin_writing, failed};
use crate::entries::{now, read_json, write_json};
use crate::record::{self, RecordEvent};
use crate::{LadderStep, StoreCore, StoreError, benchmarks};

/// Decimals of scores against a hidden reference, where nobody said otherwise.
const DECIMALS_OF_HIDDEN: u8 = 3;

/// How a benchmark is run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BenchmarkSettings {
    /// Text that is to be accepted before a download or submission, beside the terms in
    /// the benchmark's file; empty where those are all.
    pub terms: String,
    /// How many submissions a person may begin.
    pub submissions: Quota,
    /// Addresses of the curators that review; all curators where it is empty.
    pub reviewers: Vec<String>,
    /// Permission to offer files for download; what the benchmark's file says where
    /// nobody said otherwise.
    pub downloads: Option<Permission>,
    /// Whether the reference is to be seen.
    pub reference: Reference,
    /// Whether the other observers are to be seen although the reference is hidden; they
    /// drew the same structures, and are hidden with it unless the operator says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub show_observers: bool,
    /// The step by which a score must be better to be shown, against a hidden reference;
    /// see [`LadderStep`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderStep>,
    /// Whether curators may decide on what they handed in themselves: for a site of one
    /// person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own_reviews: bool,
    /// When the operator ended the benchmark, RFC 3339 in UTC: nothing more is handed in,
    /// and entries show means on full precision, also against a hidden reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How every image's values are given; public where nobody said otherwise. They are
    /// hidden with the reference, whatever is said here; decimals count there too.
    pub image_results: Option<ImageResults>,
}

/// At most so many submissions in so many days. Those that failed their check do not
/// count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// How many.
    pub count: u32,
    /// In how many days.
    pub days: u32,
}

/// Whether the reference is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// As the terms in the benchmark's file allow.
    #[default]
    Shown,
    /// By nobody on the site.
    Hidden,
}

/// How every image's values are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageResults {
    /// As they are.
    Public,
    /// Not at all.
    Hidden,
    /// Rounded to so many decimals, and summaries with them.
    Decimals(u8),
}

impl Default for Quota {
    fn default() -> Self {
        Self { count: 20, days: 7 }
    }
}

impl BenchmarkSettings {
    /// Whether the reference is hidden.
    #[must_use]
    pub const fn hides_reference(&self) -> bool {
        matches!(self.reference, Reference::Hidden)
    }

    /// The step of the ladder, which is for hidden references.
    #[must_use]
    pub fn ladder(&self) -> Option<LadderStep> {
        self.ladder.filter(|_| self.hides_reference())
    }

    /// Whether every image's values are given.
    #[must_use]
    pub const fn shows_images(&self) -> bool {
        let is_hidden = matches!(self.image_results, Some(ImageResults::Hidden));
        !is_hidden && !self.hides_reference()
    }

    /// Decimals of all scores; none where they are given as they are.
    #[must_use]
    pub const fn decimals(&self) -> Option<u8> {
        match self.image_results {
            Some(ImageResults::Decimals(decimals)) => Some(decimals),
            _ if self.hides_reference() => Some(DECIMALS_OF_HIDDEN),
            _ => None,
        }
    }

    /// The settings as the record states them: without addresses of people, and the terms
    /// as their digest.
    pub(crate) fn stated(&self) -> serde_json::Value {
        let mut stated = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = stated.as_object_mut() {
            fields.remove("reviewers");
            fields.insert("terms".into(), record::text_digest(&self.terms).into());
        }
        stated
    }

    /// Whether a curator with this address may decide on submissions.
    #[must_use]
    pub fn may_review(&self, email: &str) -> bool {
        self.reviewers.is_empty() || self.reviewers.iter().any(|one| one == email)
    }
}

impl StoreCore {
    /// The settings of a benchmark; the defaults where nobody said otherwise.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Document`] when they cannot be read.
    pub async fn benchmark_settings(&self, id: &str) -> Result<BenchmarkSettings, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed("read settings"))?;
        settings_in(&mut connection, id).await
    }

    /// Refuses what is handed in for a benchmark that its operator has ended.
    pub(crate) async fn needs_open(&self, benchmark_id: &str) -> Result<(), StoreError> {
        match self.benchmark_settings(benchmark_id).await?.ended_at {
            Some(at) => Err(StoreError::Ended { id: benchmark_id.to_owned(), at }),
            None => Ok(()),
        }
    }

    /// Puts settings in place of those that were there.
    ///
    /// # Errors
    /// [`StoreError::UnknownBenchmark`], [`StoreError::Database`].
    pub async fn set_benchmark_settings(
        &self,
        id: &str,
        settings: &BenchmarkSettings,
    ) -> Result<(), StoreError> {
        if benchmarks::get(&self.pool, id).await?.is_none() {
            return Err(StoreError::UnknownBenchmark { id: id.to_owned() });
        }
        let mut transaction = begin_writing(&self.pool).await?;
        let stated = settings.stated();
        if settings_in(&mut transaction, id).await?.stated() != stated {
            let (benchmark, settings) = (id.to_owned(), stated);
            let event = RecordEvent::SettingsChanged { benchmark, settings };
            record::append(&mut transaction, event).await?;
        }
        sqlx::query(
            "INSERT INTO benchmark_settings (benchmark_id, document, changed_at) \
             VALUES ($1, $2, $3) ON CONFLICT (benchmark_id) DO UPDATE \
             SET document = excluded.document, changed_at = excluded.changed_at",
        )
        .bind(id)
        .bind(write_json(id, "settings", settings)?)
        .bind(now())
        .execute(&mut *transaction)
        .await
        .map_err(failed("write settings"))?;
        transaction.commit().await.map_err(failed("write settings"))
    }
}

/// As [`StoreCore::benchmark_settings`], within a transaction.
pub(crate) async fn settings_in(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<BenchmarkSettings, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT document FROM benchmark_settings WHERE benchmark_id = $1")
            .bind(id)
            .fetch_optional(connection)
            .await
            .map_err(failed("read settings"))?;
    row.map_or_else(|| Ok(BenchmarkSettings::default()), |(text,)| read_json(id, "settings", &text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_reference_hides_images_and_rounds_whatever_else_is_said() {
        let shown = BenchmarkSettings::default();
        assert!(shown.shows_images() && shown.decimals().is_none());
        let hidden = BenchmarkSettings { reference: Reference::Hidden, ..shown.clone() };
        assert!(!hidden.shows_images() && hidden.decimals() == Some(3));
        let image_results = Some(ImageResults::Decimals(2));
        let told = BenchmarkSettings { image_results, ..hidden };
        assert!(!told.shows_images() && told.decimals() == Some(2));
        let public = BenchmarkSettings { image_results: Some(ImageResults::Public), ..told };
        assert!(!public.shows_images() && public.decimals() == Some(3));
    }
}
