//! Mails about accounts. A mail to an unconfirmed address repeats nothing that a stranger
//! typed.

use jiff::SignedDuration;

use super::keys::OtherKeys;
use crate::mail::{Letter, letter};

/// Confirmation of an address.
pub(super) fn confirm(secret: &str, valid: SignedDuration) -> Letter {
    letter(
        "Confirm your address",
        &format!(
            "Someone, probably you, made an account with this address.\n\n\
             To confirm it, open this link within {} hours:\n\n\
             {{site}}/account/confirm?link={secret}\n\n\
             If it was not you, do nothing: the account cannot be used.",
            valid.as_hours()
        ),
    )
}

/// Confirmation of an address with an identity provider; `provider` is its name in
/// addresses of this site.
pub(super) fn confirm_with(provider: &str, secret: &str, valid: SignedDuration) -> Letter {
    confirm(&format!("{secret}&with={provider}"), valid)
}

/// Notice that an address already has an account.
pub(super) fn address_taken() -> Letter {
    letter(
        "You have an account already",
        "Someone, probably you, wanted to make an account with this address, which has one.\n\n\
         Sign in with it: {site}/account/sign-in\n\
         If the password is lost, set another: {site}/account/reset\n\n\
         If it was not you, do nothing: nothing has changed.",
    )
}

/// Link to set a new password.
pub(super) fn reset(secret: &str, valid: SignedDuration) -> Letter {
    letter(
        "Set another password",
        &format!(
            "Someone, probably you, asked to set another password for the account with this \
             address.\n\nTo set it, open this link within {} hours:\n\n\
             {{site}}/account/new-password?link={secret}\n\n\
             If it was not you, do nothing: the password stays as it is.",
            valid.as_hours()
        ),
    )
}

/// Notice of a new password, and of the keys that ended with the old one.
pub(super) fn password_changed(other_keys: OtherKeys) -> Letter {
    let kept = match other_keys {
        OtherKeys::Ended => {
            "All browsers are signed out, all tokens are void, and no identity \
                             from elsewhere opens the account any more."
        }
        OtherKeys::Kept => {
            "All browsers are signed out. Tokens and identities from elsewhere \
                            go on opening the account."
        }
    };
    security("Your password was changed", &format!("Your account has a new password. {kept}"))
}

/// Notice of a new token.
pub(super) fn token_made(note: &str, scopes: &str, expires_at: Option<&str>) -> Letter {
    let called =
        if note.is_empty() { String::new() } else { format!(" It is called “{note}”.") };
    let expiry = match expires_at.and_then(|time| time.split('T').next()) {
        Some(date) => format!("It expires on {date}."),
        None => "It does not expire.".to_owned(),
    };
    let text = format!("A token was made for your account, good for: {scopes}.{called} {expiry}");
    security("A new token for your account", &text)
}

/// Notice of a new identity.
pub(super) fn identity_connected(issuer: &str, subject: &str) -> Letter {
    let text = format!("{subject} of {issuer} opens your account from now on.");
    security("A new identity opens your account", &text)
}

/// Notice of a new key of an account, with advice in case a stranger made it.
fn security(subject: &str, text: &str) -> Letter {
    letter(
        subject,
        &format!(
            "{text}\n\nIf it was not you: set another password at {{site}}/account/reset, which \
             ends whatever else opens the account, and tell the operator."
        ),
    )
}
