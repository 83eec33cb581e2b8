//! Entries, object and measure in the address of a comparison; what makes no sense is said.

use scr_documents::BenchmarkDocument;
use scr_store::{EntryRow, ListedEntry, PublicStore};

use crate::address;
use crate::error::Failure;
use crate::numbers::{MeasureFormat, has_column};
use crate::options::Options;
use crate::results_table::reference_mark;

/// Most entries that one page compares.
const MAX_ENTRIES: usize = 8;
/// Key of whole images among objects.
pub(super) const WHOLE_IMAGE: &str = "all";

/// Entries of the address, with every image's values where these are public.
pub(super) struct Choice {
    pub(super) entries: Vec<EntryRow>,
    pub(super) notes: Vec<String>,
}

/// Entry of the form.
pub(super) struct EntryChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) mark: &'static str,
    pub(super) is_chosen: bool,
}

/// Entry that is compared.
pub(super) struct Chosen {
    /// `A`, `B` and so on.
    pub(super) letter: char,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) mark: &'static str,
}

/// Object and measure in view, and the links to others.
pub(super) struct Selection {
    /// Identifier of the object; none for whole images.
    pub(super) object: Option<String>,
    /// Key of the measure; empty without a common one.
    pub(super) key: String,
    pub(super) object_name: String,
    pub(super) objects: Vec<Chip>,
    pub(super) measures: Vec<Chip>,
}

/// Link to another object or measure.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) is_current: bool,
}

impl Choice {
    pub(super) async fn read(
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
        options: &Options,
    ) -> Result<Self, Failure> {
        let mut asked: Vec<&str> = Vec::new();
        let mut notes = Vec::new();
        for id in options.list("entries").unwrap_or_default() {
            if asked.contains(&id) {
                notes.push(format!("The entry {id} is named twice; it is compared once."));
            } else {
                asked.push(id);
            }
        }
        if asked.len() > MAX_ENTRIES {
            let n = asked.len();
            notes.push(format!(
                "A page compares at most {MAX_ENTRIES} entries; the first of {n} are shown."
            ));
            asked.truncate(MAX_ENTRIES);
        }
        let mut entries = Vec::new();
        for id in asked {
            match store.entries().get(id).await? {
                Some(entry) if entry.withdrawn.is_some() => {
                    notes.push(format!("The entry {id} was withdrawn."));
                }
                Some(entry) if entry.benchmark_id != benchmark.id => {
                    let other = &entry.benchmark_id;
                    notes.push(format!(
                        "The entry {id} is one of the benchmark {other}, not of this one."
                    ));
                }
                Some(entry) => entries.push(entry),
                None => notes.push(format!("This benchmark has no entry {id}.")),
            }
        }
        Ok(Self { entries, notes })
    }
}

impl Selection {
    /// The object and measure of the address, or else the first that all entries have.
    pub(super) fn read(
        benchmark: &BenchmarkDocument,
        entries: &[EntryRow],
        options: &Options,
        notes: &mut Vec<String>,
    ) -> Self {
        let subjects = subjects(entries);
        let asked = options.first("object");
        let found = asked.and_then(|id| subjects.iter().find(|(found, _)| found == id));
        if let (Some(id), None, false) = (asked, found, subjects.is_empty()) {
            notes.push(format!("There is no object {id}; the first is shown."));
        }
        let Some((object, keys)) = found.or_else(|| subjects.first()) else {
            return Self::none();
        };
        let asked_key = options.first("measure");
        let key = asked_key.filter(|asked| keys.iter().any(|key| key == asked));
        let is_of_another = asked_key.is_some_and(|asked| {
            subjects.iter().any(|(_, keys)| keys.iter().any(|key| key == asked))
        });
        if let (Some(asked), None, false) = (asked_key, key, is_of_another) {
            notes.push(format!("There is no measure {asked} of this object; the first is shown."));
        }
        let key = key.map_or_else(|| keys[0].clone(), str::to_owned);
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let objects = subjects.iter().map(|(id, keys)| {
            let same = keys.iter().find(|found| **found == key).or_else(|| keys.first());
            Chip {
                label: object_name(benchmark, id),
                href: address::compare(&benchmark.id, &ids, id, same.map_or("", |key| key)),
                is_current: id == object,
            }
        });
        let measures = keys.iter().map(|found| Chip {
            label: MeasureFormat::page(found).title(),
            href: address::compare(&benchmark.id, &ids, object, found),
            is_current: *found == key,
        });
        Self {
            object_name: object_name(benchmark, object),
            objects: objects.collect(),
            measures: measures.collect(),
            object: Some(object.clone()).filter(|id| id != WHOLE_IMAGE),
            key,
        }
    }

    fn none() -> Self {
        Self {
            object: None,
            key: String::new(),
            object_name: String::new(),
            objects: Vec::new(),
            measures: Vec::new(),
        }
    }

    /// Key of the object in addresses.
    pub(super) fn object_key(&self) -> &str {
        self.object.as_deref().unwrap_or(WHOLE_IMAGE)
    }
}

/// Objects with the keys of the measures that all entries have, whole images last.
fn subjects(entries: &[EntryRow]) -> Vec<(String, Vec<String>)> {
    let Some(first) = entries.first() else { return Vec::new() };
    let is_shown = |key: &&String| {
        has_column(key, &Options::default()) && MeasureFormat::page(key).better.is_some()
    };
    let objects = first.result.objects.iter().map(|(object, measures)| {
        let is_common = |key: &&String| {
            entries.iter().all(|entry| {
                entry.result.objects.get(object).is_some_and(|found| found.contains_key(*key))
            })
        };
        let keys = measures.keys().filter(is_shown).filter(is_common).cloned().collect();
        (object.clone(), keys)
    });
    let is_common =
        |key: &&String| entries.iter().all(|entry| entry.result.image_measures.contains_key(*key));
    let keys = first.result.image_measures.keys().filter(is_shown).filter(is_common);
    let whole = (WHOLE_IMAGE.to_owned(), keys.cloned().collect::<Vec<_>>());
    objects.chain([whole]).filter(|(_, keys): &(String, Vec<String>)| !keys.is_empty()).collect()
}

/// Name of an object, or of whole images.
pub(super) fn object_name(benchmark: &BenchmarkDocument, id: &str) -> String {
    let object = benchmark.objects.iter().find(|object| object.id == id);
    match object {
        Some(object) => object.name.clone(),
        None if id == WHOLE_IMAGE => "Whole image".to_owned(),
        None => id.to_owned(),
    }
}

/// Entries of the form.
pub(super) fn choices(all: &[ListedEntry], chosen: &[EntryRow]) -> Vec<EntryChoice> {
    let choice = |entry: &ListedEntry| EntryChoice {
        is_chosen: chosen.iter().any(|one| one.id == entry.id),
        id: entry.id.clone(),
        name: entry.name.clone(),
        mark: reference_mark(entry.role),
    };
    all.iter().map(choice).collect()
}

/// Entries with their letters.
pub(super) fn chosen(entries: &[EntryRow]) -> Vec<Chosen> {
    let one = |(letter, entry): (char, &EntryRow)| Chosen {
        letter,
        name: entry.card.name.clone(),
        href: address::entry(&entry.id),
        mark: reference_mark(entry.role),
    };
    ('A'..='Z').zip(entries).map(one).collect()
}
