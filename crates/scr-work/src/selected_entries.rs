//! Selection of published entries to score again: those of a benchmark, or one.

use scr_store::{EntryRow, EntrySelection, Store};

use crate::error::WorkError;

/// Entries that are read at a time.
const PAGE: u32 = 50;

/// Choice of entries by benchmark and identifier; none of both chooses all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryChoice {
    /// Only entries of this benchmark.
    pub benchmark: Option<String>,
    /// Only this entry.
    pub entry: Option<String>,
}

/// A chosen entry.
pub(crate) struct ChosenEntry {
    pub(crate) id: String,
    pub(crate) benchmark_id: String,
}

impl EntryChoice {
    /// Chosen entries that are not withdrawn and are `wanted`, by benchmark, the first published
    /// first.
    ///
    /// # Errors
    /// [`WorkError::NoSuch`] when there is no such benchmark or entry; [`WorkError::Store`].
    pub(crate) async fn entries(
        &self,
        store: &Store,
        mut wanted: impl FnMut(&EntryRow) -> bool,
    ) -> Result<Vec<ChosenEntry>, WorkError> {
        let Self { benchmark, entry } = self;
        let none = |what, id: &str| WorkError::NoSuch { what, id: id.to_owned() };
        if let Some(id) = benchmark
            && store.benchmarks().get(id).await?.is_none()
        {
            return Err(none("benchmark", id));
        }
        let is_of = |id: &String| benchmark.as_ref().is_none_or(|wanted| wanted == id);
        let mut found = Vec::new();
        let mut add = |row: EntryRow| {
            if wanted(&row) {
                found.push(ChosenEntry { id: row.id, benchmark_id: row.benchmark_id });
            }
        };
        if let Some(id) = entry {
            let row = store.entries().summary(id).await?;
            let row = row.filter(|row| row.withdrawn.is_none() && is_of(&row.benchmark_id));
            add(row.ok_or_else(|| none("entry", id))?);
            return Ok(found);
        }
        for row in store.benchmarks().list().await? {
            let id = row.document.id;
            let mut after: Option<String> = None;
            while is_of(&id) {
                let (entries, all) = (store.entries(), EntrySelection::All);
                let page = entries.summaries_after(&id, all, after.as_deref(), PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id.clone());
                page.into_iter().for_each(&mut add);
            }
        }
        Ok(found)
    }
}
