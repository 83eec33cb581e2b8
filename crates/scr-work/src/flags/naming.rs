//! Flags of names that equal or resemble those of entries.

use scr_documents::{Flag, FlagKind};
use scr_store::{ComparedEntry, Submission, look_alike};

/// Flags of a submission with the name of an entry, or with one that looks like it. A correction
/// may have the name of the entries that it corrects (`corrected`).
pub(super) fn flags(
    submission: &Submission,
    entries: &[ComparedEntry],
    corrected: &[&str],
) -> Vec<Flag> {
    let others = entries.iter().filter(|entry| !corrected.contains(&entry.head.id.as_str()));
    others.filter_map(|entry| flag(submission, entry)).collect()
}

fn flag(submission: &Submission, entry: &ComparedEntry) -> Option<Flag> {
    let (own, other) = (&submission.card.name, &entry.head.name);
    if !look_alike(own, other) {
        return None;
    }
    let whose = match &entry.user_id {
        Some(user) if *user == submission.user_id => {
            "of the same account: a new version should be submitted as its correction"
        }
        Some(_) => "of another account",
        None => "of this site",
    };
    let (kind, is) = if own == other {
        (FlagKind::SameName, "is that of an entry")
    } else {
        (FlagKind::LookAlikeName, "looks like that of an entry")
    };
    let withdrawn = if entry.head.withdrawn.is_some() { ", which is withdrawn" } else { "" };
    let message = format!("the name {is} {whose}: “{other}”{withdrawn}");
    Some(Flag { kind, message, entry: Some(entry.head.id.clone()) })
}
