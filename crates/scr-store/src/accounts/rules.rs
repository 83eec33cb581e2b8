//! Rules for addresses, names, passwords and notes. All problems of an account are reported
//! at once, and none of them repeats a password.

use scr_data::{Problem, Problems};

use super::error::AccountError;
use crate::names::{NAME_RULE, is_plain_name};

const MAX_EMAIL_BYTES: usize = 254;
const MAX_NAME_CHARS: usize = 200;
const MIN_PASSWORD_CHARS: usize = 12;
/// Upper limit, so that the cost of hashing is bounded.
pub(super) const MAX_PASSWORD_BYTES: usize = 1024;
const MAX_NOTE_CHARS: usize = 200;
/// Length of the excerpt of an input in a problem.
const SHOWN_CHARS: usize = 60;

/// An address in the form in which it is stored and looked up.
pub(super) fn stored_email(email: &str) -> String {
    email.to_lowercase()
}

/// Problem of an address in its stored form.
pub(super) fn email(email: &str) -> Option<Problem> {
    let has_one_at = email
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let expected = format!(
        "an address such as a@example.org, one @ and no spaces, at most {MAX_EMAIL_BYTES} bytes"
    );
    let fits = email.len() <= MAX_EMAIL_BYTES;
    (!(has_one_at && is_plain && fits))
        .then(|| Problem::new("email", expected, shown(email, email.len(), "bytes"), ""))
}

/// Problem of a person's name.
pub(super) fn name(name: &str) -> Option<Problem> {
    let expected = format!("1 to {MAX_NAME_CHARS} characters {NAME_RULE}");
    let count = name.chars().count();
    let is_good = !name.trim().is_empty() && count <= MAX_NAME_CHARS && is_plain_name(name);
    (!is_good).then(|| Problem::new("name", expected, shown(name, count, "characters"), ""))
}

/// Problem of a new password; states its length only.
pub(super) fn password(password: &str) -> Option<Problem> {
    let (count, bytes) = (password.chars().count(), password.len());
    let is_good = count >= MIN_PASSWORD_CHARS && bytes <= MAX_PASSWORD_BYTES;
    let expected =
        format!("at least {MIN_PASSWORD_CHARS} characters, at most {MAX_PASSWORD_BYTES} bytes");
    let found = format!("{count} characters, {bytes} bytes");
    (!is_good).then(|| Problem::new("password", expected, found, "several words do well"))
}

/// Problem of a token's note.
pub(super) fn note(note: &str) -> Option<Problem> {
    let expected = format!("at most {MAX_NOTE_CHARS} characters {NAME_RULE}");
    let count = note.chars().count();
    let is_good = count <= MAX_NOTE_CHARS && is_plain_name(note);
    (!is_good).then(|| Problem::new("note", expected, shown(note, count, "characters"), ""))
}

/// An error with all problems, or success.
pub(super) fn check(found: impl IntoIterator<Item = Option<Problem>>) -> Result<(), AccountError> {
    let mut problems = Problems::default();
    problems.extend(found.into_iter().flatten());
    if problems.list().is_empty() { Ok(()) } else { Err(AccountError::Invalid { problems }) }
}

fn shown(text: &str, length: usize, unit: &str) -> String {
    let start: String = text.chars().take(SHOWN_CHARS).collect();
    if start.len() < text.len() {
        format!("{start:?}..., {length} {unit}")
    } else {
        format!("{text:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_at_and_no_blanks() {
        let long = format!("{}@b", "a".repeat(252));
        for good in ["a@b", "ä.b+c@example.org", &long] {
            assert_eq!(email(good), None, "{good}");
        }
        let longer = format!("a{long}");
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "a@b\u{a0}c", &longer] {
            assert!(email(bad).is_some(), "{bad:?}");
        }
        assert!(email(&longer).unwrap().found.ends_with("..., 255 bytes"));
    }

    #[test]
    fn names_are_counted_in_characters() {
        assert_eq!(name(&"é".repeat(200)), None);
        for bad in ["", "  ", "a\u{7}", &"é".repeat(201)] {
            assert!(name(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_are_long_and_bounded_and_never_repeated() {
        assert_eq!(password("twelve chars"), None);
        assert_eq!(password(&"x".repeat(1024)), None);
        assert!(password(&"x".repeat(1025)).is_some());
        let problem = password("hunter2").unwrap();
        assert!(!format!("{problem} {problem:?}").contains("hunter2"));
    }
}
