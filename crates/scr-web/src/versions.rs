//! Versions of entries: an entry never changes; a correction is a later entry.

use scr_store::EntryRow;

use crate::address;

/// An entry's name and page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryLink {
    /// Name of the entry.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
}

impl EntryLink {
    /// The link to an entry.
    pub(crate) fn to(entry: &EntryRow) -> Self {
        Self { name: entry.card.name.clone(), href: address::entry(&entry.id) }
    }
}

/// The entry among `entries` that `entry` corrects.
pub(crate) fn corrects(entry: &EntryRow, entries: &[EntryRow]) -> Option<EntryLink> {
    let earlier = entry.card.corrects.as_ref()?;
    entries.iter().find(|other| other.id == *earlier).map(EntryLink::to)
}

/// The last entry among `entries`, which are in order of publication, that corrects `entry`.
pub(crate) fn corrected_by(entry: &EntryRow, entries: &[EntryRow]) -> Option<EntryLink> {
    let is_later = |other: &&EntryRow| other.card.corrects.as_deref() == Some(entry.id.as_str());
    entries.iter().rfind(is_later).map(EntryLink::to)
}
