//! Name of a submission beside those of entries.

use scr_documents::{Flag, FlagKind};
use scr_store::{ComparedEntry, Submission, look_alike};

/// Flags where a submission has the name of an entry, or one that looks like it. A
/// correction may have the name of what it corrects, and of what that corrected.
pub(super) fn flags(submission: &Submission, entries: &[ComparedEntry]) -> Vec<Flag> {
    let corrected = corrected(submission, entries);
    let others = entries.iter().filter(|entry| !corrected.contains(&entry.row.id.as_str()));
    others.filter_map(|entry| flag(submission, entry)).collect()
}

/// Identifiers of the entry that a submission corrects, of the one that it corrected, and
/// so on.
fn corrected<'a>(submission: &'a Submission, entries: &'a [ComparedEntry]) -> Vec<&'a str> {
    let mut corrected: Vec<&str> = Vec::new();
    let mut next = submission.supersedes.as_deref();
    while let Some(id) = next.filter(|id| !corrected.contains(id)) {
        corrected.push(id);
        let entry = entries.iter().find(|entry| entry.row.id == id);
        next = entry.and_then(|entry| entry.row.card.corrects.as_deref());
    }
    corrected
}

fn flag(submission: &Submission, entry: &ComparedEntry) -> Option<Flag> {
    let (own, other) = (&submission.card.name, &entry.row.card.name);
    if !look_alike(own, other) {
        return None;
    }
    let whose = match &entry.user_id {
        Some(user) if *user == submission.user_id => {
            "of the same account: a new version is handed in as its correction"
        }
        Some(_) => "of another account",
        None => "of this site",
    };
    let (kind, is) = if own == other {
        (FlagKind::SameName, "is that of an entry")
    } else {
        (FlagKind::LookAlikeName, "looks like that of an entry")
    };
    let withdrawn = if entry.row.withdrawn.is_some() { ", which is withdrawn" } else { "" };
    let message = format!("the name {is} {whose}: “{other}”{withdrawn}");
    Some(Flag { kind, message, entry: Some(entry.row.id.clone()) })
}
