//! Who people are at identity providers: what opens an account beside a password.
//!
//! Speaks to no provider; that the person is who they say is known before.
//!
//! An identity that was shown and has no account waits for [`SHOWN_AGE`], kept by the
//! digest of a secret of the browser's. Then it is connected to an account by who knows
//! the account's password, or a new account is made with it. **A mailed link alone does
//! not open that account**, the same identity shown once more does with it: who signs
//! up with another's address cannot have its owner confirm the stranger's identity.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AnyConnection, Row};

use super::links::{self, Purpose};
use super::{UserRow, rules, secret_digest};
use crate::database::{failed, time_text};
use crate::entries::now;
use crate::mail::{self, letters};
use crate::{StoreCore, StoreError};

/// How long an identity that was shown waits for its owner's answer.
pub const SHOWN_AGE: Duration = Duration::from_secs(30 * 60);

/// Who a person is at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's own address, such as `https://orcid.org`.
    pub issuer: String,
    /// What the provider calls the person, for good: of ORCID the iD.
    pub subject: String,
}

impl StoreCore {
    /// Whose confirmed account an identity opens.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn user_of_identity(&self, shown: &Identity) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at \
             FROM identities JOIN users ON users.id = user_id \
             WHERE issuer = $1 AND subject = $2 \
             AND confirmed_at IS NOT NULL AND removed_at IS NULL",
        )
        .bind(&shown.issuer)
        .bind(&shown.subject)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("look up an identity"))?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// Keeps an identity that a browser showed, in place of what it showed before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_shown(&self, secret: &str, shown: &Identity) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO shown_identities (digest, issuer, subject, ends_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO UPDATE \
             SET issuer = excluded.issuer, subject = excluded.subject, ends_at = excluded.ends_at",
        )
        .bind(secret_digest(secret))
        .bind(&shown.issuer)
        .bind(&shown.subject)
        .bind(time_text(Timestamp::now() + SHOWN_AGE))
        .execute(&self.pool)
        .await
        .map_err(failed("keep an identity"))?;
        Ok(())
    }

    /// The identity that a browser showed; none when that is too long ago.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn shown(&self, secret: &str) -> Result<Option<Identity>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT issuer, subject FROM shown_identities WHERE digest = $1 AND ends_at > $2",
        )
        .bind(secret_digest(secret))
        .bind(now())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("look up what was shown"))?;
        Ok(row.map(|(issuer, subject)| Identity { issuer, subject }))
    }

    /// Makes an account that an identity opens once its address is confirmed, and mails
    /// the link, to be opened with `provider`. Whether the address has an account
    /// already nobody learns but its owner, by mail.
    ///
    /// # Errors
    /// [`StoreError::Account`] with everything that is wrong with address and name;
    /// [`StoreError::Database`].
    pub async fn sign_up_with(
        &self,
        shown: &Identity,
        provider: &str,
        email: &str,
        name: &str,
    ) -> Result<(), StoreError> {
        let (doing, email, name) = ("sign a person up", rules::kept_email(email), name.trim());
        rules::check([rules::email(&email), rules::name(name)])?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let letter = match links::waiting(&mut transaction, &email, name, None).await? {
            Some(id) => {
                connect(&mut transaction, &id, shown).await?;
                let secret = links::link(&mut transaction, &id, Purpose::Confirm).await?;
                letters::confirm_with(provider, &secret)
            }
            None => letters::address_taken(),
        };
        mail::queue(&mut transaction, &email, letter).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// Confirms an address with the secret of its link and the identity of its sign-up;
    /// none where they are not of one account that waits, or the link is over.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn confirm_with(
        &self,
        secret: &str,
        shown: &Identity,
    ) -> Result<Option<UserRow>, StoreError> {
        let doing = "confirm an address";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let Some(id) = links::used(&mut transaction, secret, Purpose::Confirm).await? else {
            return Ok(None);
        };
        let updated = sqlx::query(
            "UPDATE users SET confirmed_at = $1 WHERE id = $2 AND removed_at IS NULL AND EXISTS \
             (SELECT 1 FROM identities WHERE user_id = users.id AND issuer = $3 AND subject = $4)",
        )
        .bind(now())
        .bind(&id)
        .bind(&shown.issuer)
        .bind(&shown.subject)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        if updated.rows_affected() == 0 {
            // Rolled back: the link stays good for who it is for.
            return Ok(None);
        }
        transaction.commit().await.map_err(failed(doing))?;
        self.user(&id).await
    }

    /// Has an identity open an account from now on, and tells its owner by mail. False when
    /// it opens another's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn connect(&self, user_id: &str, shown: &Identity) -> Result<bool, StoreError> {
        let doing = "connect an identity";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let is_theirs = connect(&mut transaction, user_id, shown).await?;
        if is_theirs {
            let email: Option<(String,)> =
                sqlx::query_as("SELECT email FROM users WHERE id = $1 AND removed_at IS NULL")
                    .bind(user_id)
                    .fetch_optional(&mut *transaction)
                    .await
                    .map_err(failed(doing))?;
            let letter = letters::identity_connected(&shown.issuer, &shown.subject);
            if let Some((email,)) = email {
                mail::queue(&mut transaction, &email, letter).await?;
            }
        }
        transaction.commit().await.map_err(failed(doing))?;
        Ok(is_theirs)
    }

    /// Has an identity open an account no more; another's is as good as none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn disconnect(&self, user_id: &str, identity: &Identity) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM identities WHERE user_id = $1 AND issuer = $2 AND subject = $3")
            .bind(user_id)
            .bind(&identity.issuer)
            .bind(&identity.subject)
            .execute(&self.pool)
            .await
            .map_err(failed("disconnect an identity"))?;
        Ok(())
    }

    /// The identities that open a person's account, the first connected first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn identities(&self, user_id: &str) -> Result<Vec<Identity>, StoreError> {
        let doing = "list identities";
        let rows = sqlx::query(
            "SELECT issuer, subject FROM identities WHERE user_id = $1 \
             ORDER BY connected_at, issuer, subject",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed(doing))?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Identity { issuer: row.try_get("issuer")?, subject: row.try_get("subject")? })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// Deletes identities that were shown and whose owners did not answer.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep_shown(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM shown_identities WHERE ends_at <= $1")
            .bind(now())
            .execute(&self.pool)
            .await
            .map_err(failed("sweep identities"))?;
        Ok(())
    }
}

/// Connects an identity to an account, and takes it from one that was never confirmed:
/// whether it is the account's now.
async fn connect(
    connection: &mut AnyConnection,
    user_id: &str,
    shown: &Identity,
) -> Result<bool, StoreError> {
    let connected = sqlx::query(
        "INSERT INTO identities (issuer, subject, user_id, connected_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO UPDATE \
         SET user_id = excluded.user_id, connected_at = excluded.connected_at \
         WHERE identities.user_id = excluded.user_id OR EXISTS \
         (SELECT 1 FROM users WHERE users.id = identities.user_id AND confirmed_at IS NULL)",
    )
    .bind(&shown.issuer)
    .bind(&shown.subject)
    .bind(user_id)
    .bind(now())
    .execute(connection)
    .await
    .map_err(failed("connect an identity"))?;
    Ok(connected.rows_affected() > 0)
}

/// Takes all identities from an account.
pub(super) async fn disconnect_all(
    connection: &mut AnyConnection,
    user_id: &str,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1")
        .bind(user_id)
        .execute(connection)
        .await
        .map_err(failed("disconnect identities"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::accounts::{Confirmed, OtherKeys, Role};

    const PASSWORD: &str = "correct horse battery";

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        (folder, store)
    }

    fn ann() -> Identity {
        Identity { issuer: "https://orcid.org".into(), subject: "0000-0001".into() }
    }

    fn eve() -> Identity {
        Identity { subject: "0000-0002".into(), ..ann() }
    }

    /// The secret of the link in the only mail.
    async fn mailed(store: &Store) -> String {
        let mail = store.take_mail().await.unwrap().unwrap();
        store.mail_sent(&mail.id).await.unwrap();
        let link = mail.body.split("?link=").nth(1).unwrap_or_default();
        link.chars().take_while(char::is_ascii_hexdigit).collect()
    }

    #[tokio::test]
    async fn an_account_opens_once_its_address_is_confirmed_with_link_and_identity() {
        let (_folder, store) = store().await;
        store.sign_up_with(&ann(), "orcid", "a@x.org", "Ann").await.unwrap();
        assert_eq!(store.user_of_identity(&ann()).await.unwrap(), None);
        let link = mailed(&store).await;
        assert_eq!(store.confirm_with(&link, &eve()).await.unwrap(), None);
        assert_eq!(store.confirm(&link, PASSWORD).await.unwrap(), Confirmed::OtherPassword);
        let user = store.confirm_with(&link, &ann()).await.unwrap().unwrap();
        assert_eq!(store.user_of_identity(&ann()).await.unwrap(), Some(user.clone()));
        assert_eq!(store.identities(&user.id).await.unwrap(), [ann()]);
        assert_eq!(store.confirm_with(&link, &ann()).await.unwrap(), None, "a link is good once");
        store.remove_user(&user.id).await.unwrap();
        assert_eq!(store.user_of_identity(&ann()).await.unwrap(), None);
        assert!(store.identities(&user.id).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_strangers_identity_opens_nothing_that_the_owner_of_an_address_confirms() {
        let (_folder, store) = store().await;
        for by_mail in [false, true] {
            let email = format!("{by_mail}@x.org");
            store.sign_up_with(&eve(), "orcid", &email, "Eve").await.unwrap();
            let of_eve = mailed(&store).await;
            if by_mail {
                store.ask_reset(&email).await.unwrap();
                assert!(
                    store
                        .reset_password(&mailed(&store).await, PASSWORD, OtherKeys::Kept)
                        .await
                        .unwrap()
                );
            } else {
                store.sign_up(&email, "Ann", PASSWORD).await.unwrap();
                let own = mailed(&store).await;
                let confirmed = store.confirm(&own, PASSWORD).await.unwrap();
                assert!(matches!(confirmed, Confirmed::Yes(_)), "{confirmed:?}");
            }
            assert_eq!(store.user_of_identity(&eve()).await.unwrap(), None);
            assert_eq!(store.confirm_with(&of_eve, &eve()).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn an_identity_opens_one_account_only() {
        let (_folder, store) = store().await;
        let add = async |email| store.add_user(email, "Ann", Role::Participant, None).await;
        let (first, second) = (add("a@x.org").await.unwrap(), add("b@x.org").await.unwrap());
        assert!(store.connect(&first.id, &ann()).await.unwrap());
        assert!(store.connect(&first.id, &ann()).await.unwrap());
        assert!(!store.connect(&second.id, &ann()).await.unwrap());
        store.disconnect(&second.id, &ann()).await.unwrap();
        assert_eq!(store.user_of_identity(&ann()).await.unwrap().unwrap().id, first.id);
        store.disconnect(&first.id, &ann()).await.unwrap();
        assert!(store.connect(&second.id, &ann()).await.unwrap());
        // A sign-up with an address that has an account leaves the account as it was.
        store.sign_up_with(&eve(), "orcid", "a@x.org", "Eve").await.unwrap();
        assert_eq!(mailed(&store).await, "");
        assert!(store.identities(&first.id).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_a_browser_showed_is_forgotten_after_its_time() {
        let (_folder, store) = store().await;
        store.keep_shown("secret", &eve()).await.unwrap();
        store.keep_shown("secret", &ann()).await.unwrap();
        assert_eq!(store.shown("secret").await.unwrap(), Some(ann()));
        assert_eq!(store.shown("other").await.unwrap(), None);
        sqlx::query("UPDATE shown_identities SET ends_at = $1")
            .bind(now())
            .execute(&store.pool)
            .await
            .unwrap();
        assert_eq!(store.shown("secret").await.unwrap(), None);
        store.sweep_shown().await.unwrap();
        let left: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM shown_identities")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(left, (0,));
    }
}
