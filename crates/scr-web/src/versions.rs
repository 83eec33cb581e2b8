//! Versions of entries: an entry never changes; a correction is a later entry.

use scr_store::NamedEntry;

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
    pub(crate) fn to(entry: &NamedEntry) -> Self {
        Self { name: entry.name.clone(), href: address::entry(&entry.id) }
    }
}
