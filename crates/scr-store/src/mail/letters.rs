//! What mails say. `{site}` stands for the site's address.
//!
//! A mail to an address that is not confirmed repeats nothing that a stranger typed.

use scr_documents::{CardDocument, SubmissionState};
use sqlx::AnyConnection;

use super::{Letter, queue};
use crate::StoreError;
use crate::accounts::{LINK_AGE, OtherKeys, Role};
use crate::database::failed;
use crate::entries::read_json;
use crate::settings::settings_in;

const SIGNED: &str = "\n\n-- \nSegmentation in Chest Radiographs\n{site}\n";

fn letter(subject: &str, text: &str) -> Letter {
    Letter { subject: subject.to_owned(), body: format!("{text}{SIGNED}") }
}

/// That an address is to be confirmed.
pub(crate) fn confirm(secret: &str) -> Letter {
    letter(
        "Confirm your address",
        &format!(
            "Someone, probably you, made an account with this address.\n\n\
             To confirm it, open this link within {} hours:\n\n\
             {{site}}/account/confirm?link={secret}\n\n\
             If it was not you, do nothing: the account cannot be used.",
            LINK_AGE.as_hours()
        ),
    )
}

/// That an address is to be confirmed, by whoever is known to a provider of identities;
/// `provider` is its name in addresses of this site.
pub(crate) fn confirm_with(provider: &str, secret: &str) -> Letter {
    confirm(&format!("{secret}&with={provider}"))
}

/// That an address that somebody wants an account for has one.
pub(crate) fn address_taken() -> Letter {
    letter(
        "You have an account already",
        "Someone, probably you, wanted to make an account with this address, which has one.\n\n\
         Sign in with it: {site}/account/sign-in\n\
         If the password is lost, set another: {site}/account/reset\n\n\
         If it was not you, do nothing: nothing has changed.",
    )
}

/// How another password can be set.
pub(crate) fn reset(secret: &str) -> Letter {
    letter(
        "Set another password",
        &format!(
            "Someone, probably you, asked to set another password for the account with this \
             address.\n\nTo set it, open this link within {} hours:\n\n\
             {{site}}/account/new-password?link={secret}\n\n\
             If it was not you, do nothing: the password stays as it is.",
            LINK_AGE.as_hours()
        ),
    )
}

/// That an account has a new password, and what ended with the old one.
pub(crate) fn password_changed(other_keys: OtherKeys) -> Letter {
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

/// That a token was made for an account.
pub(crate) fn token_made(note: &str, scopes: &str, expires_at: Option<&str>) -> Letter {
    let called =
        if note.is_empty() { String::new() } else { format!(" It is called “{note}”.") };
    let expiry = match expires_at.and_then(|time| time.split('T').next()) {
        Some(date) => format!("It expires on {date}."),
        None => "It does not expire.".to_owned(),
    };
    let text = format!("A token was made for your account, good for: {scopes}.{called} {expiry}");
    security("A new token for your account", &text)
}

/// That an identity opens an account from now on.
pub(crate) fn identity_connected(issuer: &str, subject: &str) -> Letter {
    let text = format!("{subject} of {issuer} opens your account from now on.");
    security("A new identity opens your account", &text)
}

/// A change of what opens an account, and what to do if it was somebody else's.
fn security(subject: &str, text: &str) -> Letter {
    letter(
        subject,
        &format!(
            "{text}\n\nIf it was not you: set another password at {{site}}/account/reset, which \
             ends whatever else opens the account, and tell the operator."
        ),
    )
}

/// A submitter's address, the benchmark, the card, a curator's message and the entry.
type Concerned = (String, String, String, Option<String>, Option<String>);

/// Tells a submission's change of state to whom it concerns, in its transaction.
pub(crate) async fn tell_of_change(
    connection: &mut AnyConnection,
    submission_id: &str,
    to: SubmissionState,
) -> Result<(), StoreError> {
    use SubmissionState as S;
    if !matches!(to, S::AwaitingReview | S::Published | S::Rejected) {
        return Ok(());
    }
    let doing = "read whom a submission concerns";
    let row: Option<Concerned> = sqlx::query_as(
        "SELECT email, benchmark_id, card, message, entry_id FROM submissions \
         JOIN users ON users.id = user_id WHERE submissions.id = $1 AND removed_at IS NULL",
    )
    .bind(submission_id)
    .fetch_optional(&mut *connection)
    .await
    .map_err(failed(doing))?;
    // Who was removed is told nothing, and has no address.
    let Some((email, benchmark, card, message, entry)) = row else { return Ok(()) };
    let card: CardDocument = read_json(submission_id, "card", &card)?;
    let what = format!("“{}” for the benchmark `{benchmark}`", card.name);
    let page = format!("{{site}}/submissions/{submission_id}");
    let letter = match (to, message, entry) {
        (S::AwaitingReview, ..) => letter(
            "Your submission is scored",
            &format!("{what} is scored. You alone see it until a curator has looked:\n\n{page}"),
        ),
        (S::Published, _, Some(entry)) => letter(
            "Your submission is published",
            &format!("{what} is published. Its address stays:\n\n{{site}}/entries/{entry}"),
        ),
        (S::Rejected, Some(message), _) => letter(
            "Your submission is returned",
            &format!("A curator has returned {what}:\n\n{message}\n\n{page}"),
        ),
        _ => letter(
            "Your submission has problems",
            &format!(
                "The check of {what} found problems. All of them are listed here, by file:\n\n\
                 {page}\n\nA failed check costs nothing."
            ),
        ),
    };
    queue(connection, &email, letter).await?;
    if to == S::AwaitingReview {
        tell_reviewers(connection, &benchmark, &what, &page).await?;
    }
    Ok(())
}

/// Tells a reader's message to every operator, in the transaction that keeps it.
pub(crate) async fn tell_operators(
    connection: &mut AnyConnection,
    message: &str,
    reply_to: &str,
) -> Result<(), StoreError> {
    let from = if reply_to.is_empty() { "Someone who wants no answer" } else { reply_to };
    let text = format!("{from} writes:\n\n{message}\n\nAll messages: {{site}}/operate");
    for email in people(connection, Role::Operator).await? {
        queue(connection, &email, letter("A message from a reader", &text)).await?;
    }
    Ok(())
}

/// Addresses of all people with a role or one above it, in order.
async fn people(connection: &mut AnyConnection, least: Role) -> Result<Vec<String>, StoreError> {
    let roles = Role::ALL.into_iter().filter(|role| *role >= least);
    let roles: Vec<String> = roles.map(|role| format!("'{}'", role.as_str())).collect();
    let query = format!(
        "SELECT email FROM users WHERE role IN ({}) AND confirmed_at IS NOT NULL \
         AND removed_at IS NULL ORDER BY email",
        roles.join(", ")
    );
    let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .fetch_all(connection)
        .await
        .map_err(failed("list people"))?;
    Ok(rows.into_iter().map(|(email,)| email).collect())
}

async fn tell_reviewers(
    connection: &mut AnyConnection,
    benchmark: &str,
    what: &str,
    page: &str,
) -> Result<(), StoreError> {
    let settings = settings_in(connection, benchmark).await?;
    let reviewers = people(connection, Role::Curator).await?;
    for email in reviewers.into_iter().filter(|email| settings.may_review(email)) {
        let letter =
            letter("A submission awaits review", &format!("{what} awaits review:\n\n{page}"));
        queue(connection, &email, letter).await?;
    }
    Ok(())
}
