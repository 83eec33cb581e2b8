//! Outbox: mails wait here until a sender delivers them. Each is queued in the transaction of
//! the event that it reports.
//!
//! Sends nothing. A sender claims a mail, tries to send it and records the outcome. A sent
//! mail is deleted; a failed one is retried with growing pauses, [`MAX_SENDINGS`] times in
//! all. Texts of mails are in `accounts/letters.rs` and `submissions/letters.rs`.
//!
//! - [`Outbox`]: the handle. [`MailRow`]: a claimed mail.

use async_recursion::async_recursion as boxed;
use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, AnyPool};

use crate::database::Doing;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Attempts to send a mail, spread over about a day.
pub const MAX_SENDINGS: i64 = 7;
/// Pause after the first attempt; each later pause is four times as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Random identifier.
    pub id: String,
    /// Address of the recipient.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text; `{site}` stands for the site's address.
    pub body: String,
    /// Number of attempts, this one included.
    pub attempts: i64,
}

/// Subject and text of a mail.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) body: String,
}

const SIGNATURE: &str = "\n\n-- \nSegmentation in Chest Radiographs\n{site}\n";

/// A letter with the signature of the site.
pub(crate) fn letter(subject: &str, text: &str) -> Letter {
    Letter { subject: subject.to_owned(), body: format!("{text}{SIGNATURE}") }
}

/// Queues a mail in the transaction of the event that it reports.
#[boxed]
pub(crate) async fn queue(
    connection: &mut AnyConnection,
    to: &str,
    letter: Letter,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO mails (id, to_address, subject, body, created_at, attempts, next_at, error) \
         VALUES ($1, $2, $3, $4, $5, 0, $5, '')",
    )
    .bind(random_id()?)
    .bind(to)
    .bind(letter.subject)
    .bind(letter.body)
    .bind(now())
    .execute(connection)
    .await
    .doing("queue a mail")?;
    Ok(())
}

/// Handle of the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Outbox<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Outbox<'_> {
    /// Claims the mail that has waited longest. It is retried after a pause unless
    /// [`mark_sent`](Self::mark_sent) deletes it.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn claim(&self) -> Result<Option<MailRow>, StorageError> {
        let (doing, now) = ("claim a mail", Timestamp::now());
        let next: Option<(String, i64)> = sqlx::query_as(
            "SELECT id, attempts FROM mails WHERE next_at <= $1 AND attempts < $2 \
             ORDER BY next_at, id LIMIT 1",
        )
        .bind(time_text(now))
        .bind(MAX_SENDINGS)
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let Some((id, attempts)) = next else { return Ok(None) };
        let wait = FIRST_WAIT * 4_i32.saturating_pow(u32::try_from(attempts).unwrap_or(0));
        // None where another sender was faster.
        let taken: Option<(String, String, String)> = sqlx::query_as(
            "UPDATE mails SET attempts = attempts + 1, next_at = $1 \
             WHERE id = $2 AND attempts = $3 RETURNING to_address, subject, body",
        )
        .bind(time_text(now + wait))
        .bind(&id)
        .bind(attempts)
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let attempts = attempts + 1;
        Ok(taken.map(|(to, subject, body)| MailRow { id, to, subject, body, attempts }))
    }

    /// Deletes a mail that was sent.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn mark_sent(&self, id: &str) -> Result<(), StorageError> {
        let delete = sqlx::query("DELETE FROM mails WHERE id = $1").bind(id);
        delete.execute(self.pool).await.doing("delete a mail")?;
        Ok(())
    }

    /// Records why a mail could not be sent. After the last attempt its text is deleted;
    /// address and error stay.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn mark_failed(&self, mail: &MailRow, error: &str) -> Result<(), StorageError> {
        let body = if mail.attempts < MAX_SENDINGS { mail.body.as_str() } else { "" };
        sqlx::query("UPDATE mails SET error = $1, body = $2 WHERE id = $3")
            .bind(error)
            .bind(body)
            .bind(&mail.id)
            .execute(self.pool)
            .await
            .doing("note that a mail failed")?;
        Ok(())
    }

    /// Number of mails that wait, and of those that were given up.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn counts(&self) -> Result<(i64, i64), StorageError> {
        sqlx::query_as(
            "SELECT COUNT(CASE WHEN attempts < $1 THEN 1 END), \
             COUNT(CASE WHEN attempts >= $1 THEN 1 END) FROM mails",
        )
        .bind(MAX_SENDINGS)
        .fetch_one(self.pool)
        .await
        .doing("count mails")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    async fn queued(store: &Store, subject: &str) {
        let mut transaction = store.pool.begin().await.unwrap();
        let letter = Letter { subject: subject.into(), body: "body".into() };
        queue(&mut transaction, "a@x.org", letter).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn due(store: &Store) {
        let query = sqlx::query("UPDATE mails SET next_at = ''");
        query.execute(&store.pool).await.unwrap();
    }

    #[tokio::test]
    async fn a_mail_is_taken_once_and_gone_once_sent() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        queued(&store, "one").await;
        let mail = store.mail().claim().await.unwrap().unwrap();
        assert_eq!((mail.to.as_str(), mail.subject.as_str(), mail.attempts), ("a@x.org", "one", 1));
        assert_eq!(store.mail().claim().await.unwrap(), None, "it is another's for a while");
        store.mail().mark_sent(&mail.id).await.unwrap();
        due(&store).await;
        assert_eq!(store.mail().claim().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_mail_that_never_goes_is_given_up_without_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        queued(&store, "one").await;
        for attempt in 1..=MAX_SENDINGS {
            let mail = store.mail().claim().await.unwrap().unwrap();
            assert_eq!((mail.attempts, mail.body.as_str()), (attempt, "body"));
            store.mail().mark_failed(&mail, "no such host").await.unwrap();
            due(&store).await;
        }
        assert_eq!(store.mail().claim().await.unwrap(), None);
        assert_eq!(store.mail().counts().await.unwrap(), (0, 1));
        let (body, error): (String, String) =
            sqlx::query_as("SELECT body, error FROM mails").fetch_one(&store.pool).await.unwrap();
        assert_eq!((body.as_str(), error.as_str()), ("", "no such host"));
    }
}
