//! Name of a submission beside those of entries.

use scr_store::{ComparedEntry, Flag, FlagKind, Submission, look_alike};

/// Flag where a submission has the name of an entry, or one that looks like it. A
/// correction may have the name of what it corrects.
pub(super) fn flag(submission: &Submission, entry: &ComparedEntry) -> Option<Flag> {
    let (own, other) = (&submission.card.name, &entry.row.card.name);
    let is_correction = submission.supersedes.as_ref() == Some(&entry.row.id);
    if is_correction || !look_alike(own, other) {
        return None;
    }
    let whose = if entry.user_id.as_ref() == Some(&submission.user_id) {
        "of the same account: a new version is handed in as its correction"
    } else {
        "of another account"
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
