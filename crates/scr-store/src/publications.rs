//! Publications that use a benchmark, reported by readers and approved by curators.
//!
//! Looks no DOI up: the reader's report is stored as it is.

use async_recursion::async_recursion as boxed;
use scr_data::{Problem, Problems};
use scr_documents::{PublicationDocument, PublicationState};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, FromRow, Row};

use crate::benchmarks::is_published;
use crate::database::Doing;
use crate::entries;
use crate::json::{read_json, write_json};
use crate::report_error::ReportError;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::{LATEST, now};

/// Columns of a publication.
const COLUMNS: &str =
    "id, benchmark_id, doi, title, authors, entry_ids, year, venue, state, proposed_at";
/// Operation in errors.
const LISTING: &str = "list publications";
const MAX_DOI_BYTES: usize = 200;
const MAX_WORDS_CHARS: usize = 500;
const MAX_AUTHORS: usize = 200;
/// The first radiograph is of 1895.
const YEARS: std::ops::RangeInclusive<u16> = 1895..=2200;

/// A publication that uses a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicationRow {
    /// Identifier.
    pub id: String,
    /// The benchmark.
    pub benchmark_id: String,
    /// Bibliographic data.
    #[serde(flatten)]
    pub document: PublicationDocument,
    /// Visibility.
    pub state: PublicationState,
    /// Time of the report, RFC 3339 in UTC.
    pub proposed_at: String,
}

/// State that a word in the database names.
fn read_state(word: &str) -> Result<PublicationState, StorageError> {
    PublicationState::of_word(word).ok_or_else(|| StorageError::Word {
        what: "state of a publication",
        expected: "proposed, shown or hidden",
        found: word.into(),
    })
}

impl FromRow<'_, AnyRow> for PublicationRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let decoded = |error: StorageError| sqlx::Error::Decode(Box::new(error));
        let id: String = row.try_get("id")?;
        let text = |column| row.try_get::<String, _>(column);
        let document = PublicationDocument {
            doi: text("doi")?,
            title: text("title")?,
            authors: read_json(&id, "authors", &text("authors")?).map_err(decoded)?,
            year: row.try_get::<i64, _>("year")?.try_into().unwrap_or_default(),
            venue: text("venue")?,
            entry_ids: read_json(&id, "entries", &text("entry_ids")?).map_err(decoded)?,
        };
        Ok(Self {
            benchmark_id: text("benchmark_id")?,
            document,
            state: read_state(&text("state")?).map_err(decoded)?,
            proposed_at: text("proposed_at")?,
            id,
        })
    }
}

/// Handle of publications.
#[derive(Debug, Clone, Copy)]
pub struct Publications<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Publications<'_> {
    /// Stores a reader's report, for a curator to review. A DOI that is known for this
    /// benchmark changes nothing.
    ///
    /// # Errors
    /// [`ReportError::Invalid`] with all problems, such as entries of other benchmarks; [`ReportError::UnknownBenchmark`], [`StorageError::Database`].
    #[boxed]
    pub async fn propose(
        &self,
        benchmark_id: &str,
        mut document: PublicationDocument,
    ) -> Result<(), ReportError> {
        if !is_published(self.pool, benchmark_id).await? {
            return Err(ReportError::UnknownBenchmark { id: benchmark_id.to_owned() });
        }
        document.doi = normal_doi(&document.doi);
        let mut problems = problems(&document);
        for id in &document.entry_ids {
            let entry = entries::get(self.pool, id).await?;
            if entry.is_none_or(|entry| entry.benchmark_id != benchmark_id) {
                let expected = "identifiers of entries on this benchmark";
                problems.push(Problem::new("entries", expected, format!("`{id}`"), ""));
            }
        }
        if !problems.list().is_empty() {
            return Err(ReportError::Invalid { problems });
        }
        let id = random_id()?;
        sqlx::query(
            "INSERT INTO publications (id, benchmark_id, doi, title, authors, entry_ids, year, \
             venue, state, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (benchmark_id, doi) DO NOTHING",
        )
        .bind(&id)
        .bind(benchmark_id)
        .bind(&document.doi)
        .bind(&document.title)
        .bind(write_json(&id, "authors", &document.authors)?)
        .bind(write_json(&id, "entries", &document.entry_ids)?)
        .bind(i64::from(document.year))
        .bind(&document.venue)
        .bind(PublicationState::Proposed.as_str())
        .bind(now())
        .execute(self.pool)
        .await
        .doing("store a publication")?;
        Ok(())
    }

    /// At most `count` publications of a benchmark in a state after another one, or from the first
    /// on; the latest year first, then by title.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn in_state_after(
        &self,
        benchmark_id: &str,
        state: PublicationState,
        after: Option<&PublicationRow>,
        count: u32,
    ) -> Result<Vec<PublicationRow>, StorageError> {
        let first = (i64::MAX, "", "");
        let (year, title, id) = after.map_or(first, |after| {
            (i64::from(after.document.year), after.document.title.as_str(), after.id.as_str())
        });
        let query = format!(
            "SELECT {COLUMNS} FROM publications WHERE benchmark_id = $1 AND state = $2 \
             AND (year < $3 OR (year = $3 AND (title, id) > ($4, $5))) \
             ORDER BY year DESC, title, id LIMIT $6"
        );
        sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(benchmark_id)
            .bind(state.as_str())
            .bind(year)
            .bind(title)
            .bind(id)
            .bind(i64::from(count))
            .fetch_all(self.pool)
            .await
            .doing(LISTING)
    }

    /// At most `count` publications of all benchmarks in every state after a place, the time of the
    /// report and the identifier of one, or from the newest on; the last reported first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn list(
        &self,
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<PublicationRow>, StorageError> {
        let (time, id) = after.unwrap_or(LATEST);
        let query = format!(
            "SELECT {COLUMNS} FROM publications WHERE (proposed_at, id) < ($1, $2) \
             ORDER BY proposed_at DESC, id DESC LIMIT $3"
        );
        sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(time)
            .bind(id)
            .bind(i64::from(count))
            .fetch_all(self.pool)
            .await
            .doing(LISTING)
    }

    /// The publication with this identifier; none when there is none.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<PublicationRow>, StorageError> {
        let query = format!("SELECT {COLUMNS} FROM publications WHERE id = $1");
        sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(id)
            .fetch_optional(self.pool)
            .await
            .doing(LISTING)
    }

    /// Changes the visibility of a publication.
    ///
    /// # Errors
    /// [`ReportError::UnknownPublication`], [`StorageError::Database`].
    #[boxed]
    pub async fn set_state(&self, id: &str, state: PublicationState) -> Result<(), ReportError> {
        let changed = sqlx::query("UPDATE publications SET state = $1 WHERE id = $2")
            .bind(state.as_str())
            .bind(id)
            .execute(self.pool)
            .await
            .doing("change a publication")?;
        let is_there = changed.rows_affected() == 1;
        is_there.then_some(()).ok_or_else(|| ReportError::UnknownPublication { id: id.to_owned() })
    }
}

/// Normal form of a DOI, the same for all ways of writing it.
fn normal_doi(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:"]
        .into_iter()
        .find_map(|start| lower.strip_prefix(start));
    bare.unwrap_or(&lower).trim().to_owned()
}

fn problems(document: &PublicationDocument) -> Problems {
    let mut problems = Problems::default();
    let mut expect = |holds: bool, field: &str, expected: String, found: String| {
        if !holds {
            let found = found.chars().take(60).collect::<String>();
            problems.push(Problem::new(field, expected, format!("`{found}`"), ""));
        }
    };
    let PublicationDocument { doi, title, authors, year, venue, entry_ids } = document;
    let is_doi = doi.len() <= MAX_DOI_BYTES
        && doi.strip_prefix("10.").is_some_and(|rest| rest.contains('/') && !rest.ends_with('/'))
        && doi.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\{}<>".contains(&byte));
    expect(is_doi, "doi", "a DOI such as 10.1016/j.media.2005.02.002".into(), doi.clone());
    let is_words =
        |text: &str| text.chars().count() <= MAX_WORDS_CHARS && !text.chars().any(char::is_control);
    let words = format!("1 to {MAX_WORDS_CHARS} characters on one line");
    expect(is_words(title) && !title.trim().is_empty(), "title", words.clone(), title.clone());
    expect(
        is_words(venue),
        "venue",
        format!("at most {MAX_WORDS_CHARS} characters"),
        venue.clone(),
    );
    let is_list = (1..=MAX_AUTHORS).contains(&authors.len());
    expect(is_list, "authors", format!("1 to {MAX_AUTHORS}"), authors.len().to_string());
    for author in authors {
        let is_name = is_words(author) && !author.trim().is_empty();
        expect(is_name, "authors", words.clone(), author.clone());
    }
    let years = format!("a year from {} to {}", YEARS.start(), YEARS.end());
    expect(YEARS.contains(year), "year", years, year.to_string());
    let count = entry_ids.len();
    expect(count <= MAX_AUTHORS, "entries", format!("at most {MAX_AUTHORS}"), count.to_string());
    problems
}
