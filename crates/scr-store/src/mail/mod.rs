//! The outbox: mails that are to be sent, queued in the transaction of what they tell.
//!
//! Sends nothing: whoever does takes one, tries, and says how it went. A mail that is
//! sent is deleted; one that fails is tried again, later each time, [`MAX_SENDINGS`]
//! times in all. `letters.rs` holds what mails say.
//!
//! - [`MailRow`]: a mail that is this sender's to send.

pub(crate) mod letters;

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;

use crate::database::{failed, time_text};
use crate::{StoreCore, StoreError};

/// How often a mail is tried, over about a day.
pub const MAX_SENDINGS: i64 = 7;
/// How long after the first attempt the second comes; each wait is four times the last.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Identifier, random.
    pub id: String,
    /// Whom it is for.
    pub to: String,
    /// What it is about, one line.
    pub subject: String,
    /// What it says; `{site}` stands for the site's address.
    pub body: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// What a mail is about and what it says.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// Queues a mail in the transaction of what it tells.
pub(crate) async fn queue(
    connection: &mut AnyConnection,
    to: &str,
    letter: Letter,
) -> Result<(), StoreError> {
    let now = time_text(Timestamp::now());
    sqlx::query(
        "INSERT INTO mails (id, to_address, subject, body, created_at, attempts, next_at, error) \
         VALUES ($1, $2, $3, $4, $5, 0, $5, '')",
    )
    .bind(crate::accounts::random_id()?)
    .bind(to)
    .bind(letter.subject)
    .bind(letter.body)
    .bind(now)
    .execute(connection)
    .await
    .map_err(failed("queue a mail"))?;
    Ok(())
}

impl StoreCore {
    /// Takes the mail that has waited longest. It comes again by itself, later each
    /// time, unless [`mail_sent`](Self::mail_sent) says that it went.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take_mail(&self) -> Result<Option<MailRow>, StoreError> {
        let (doing, now) = ("take a mail", Timestamp::now());
        let next: Option<(String, i64)> = sqlx::query_as(
            "SELECT id, attempts FROM mails WHERE next_at <= $1 AND attempts < $2 \
             ORDER BY next_at, id LIMIT 1",
        )
        .bind(time_text(now))
        .bind(MAX_SENDINGS)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
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
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
        let attempts = attempts + 1;
        Ok(taken.map(|(to, subject, body)| MailRow { id, to, subject, body, attempts }))
    }

    /// A mail has gone: it is deleted.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mail_sent(&self, id: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM mails WHERE id = $1").bind(id);
        delete.execute(&self.pool).await.map_err(failed("delete a mail"))?;
        Ok(())
    }

    /// A mail has not gone. After the last attempt it is given up: that it was, and
    /// why, stays; what it said does not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mail_failed(&self, mail: &MailRow, error: &str) -> Result<(), StoreError> {
        let body = if mail.attempts < MAX_SENDINGS { mail.body.as_str() } else { "" };
        sqlx::query("UPDATE mails SET error = $1, body = $2 WHERE id = $3")
            .bind(error)
            .bind(body)
            .bind(&mail.id)
            .execute(&self.pool)
            .await
            .map_err(failed("note that a mail failed"))?;
        Ok(())
    }

    /// How many mails wait, and how many were given up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mail_counts(&self) -> Result<(i64, i64), StoreError> {
        sqlx::query_as(
            "SELECT COUNT(CASE WHEN attempts < $1 THEN 1 END), \
             COUNT(CASE WHEN attempts >= $1 THEN 1 END) FROM mails",
        )
        .bind(MAX_SENDINGS)
        .fetch_one(&self.pool)
        .await
        .map_err(failed("count mails"))
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
        let mail = store.take_mail().await.unwrap().unwrap();
        assert_eq!((mail.to.as_str(), mail.subject.as_str(), mail.attempts), ("a@x.org", "one", 1));
        assert_eq!(store.take_mail().await.unwrap(), None, "it is another's for a while");
        store.mail_sent(&mail.id).await.unwrap();
        due(&store).await;
        assert_eq!(store.take_mail().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_mail_that_never_goes_is_given_up_without_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        queued(&store, "one").await;
        for attempt in 1..=MAX_SENDINGS {
            let mail = store.take_mail().await.unwrap().unwrap();
            assert_eq!((mail.attempts, mail.body.as_str()), (attempt, "body"));
            store.mail_failed(&mail, "no such host").await.unwrap();
            due(&store).await;
        }
        assert_eq!(store.take_mail().await.unwrap(), None);
        assert_eq!(store.mail_counts().await.unwrap(), (0, 1));
        let (body, error): (String, String) =
            sqlx::query_as("SELECT body, error FROM mails").fetch_one(&store.pool).await.unwrap();
        assert_eq!((body.as_str(), error.as_str()), ("", "no such host"));
    }
}
