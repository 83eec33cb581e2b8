//! Identities of people at providers such as ORCID, which open an account without a password.
//!
//! Speaks to no provider; callers verify an identity first.
//!
//! An identity without an account is pending for [`PENDING_AGE`], stored under the digest of
//! a secret of the browser. Its owner then connects it to an account with that account's
//! password, or signs up with it. **A mailed link alone does not open the new account**: the
//! same identity must be verified again. Otherwise a stranger who signs up with another's
//! address could have its owner confirm the stranger's identity.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, Row};

use super::error::AccountError;
use super::links::{self, LINK_AGE, Purpose};
use super::users::{Accounts, UserRow};
use super::{letters, rules};
use crate::database::{Doing, begin_writing};
use crate::mail;
use crate::secrets::secret_digest;
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Time for which an identity without an account stays pending.
pub const PENDING_AGE: Duration = Duration::from_secs(30 * 60);

/// Identity of a person at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Address of the provider, such as `https://orcid.org`.
    pub issuer: String,
    /// Permanent identifier of the person at the provider: the ORCID iD.
    pub subject: String,
}

/// Handle of identities.
#[derive(Debug, Clone, Copy)]
pub struct Identities<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Identities<'_> {
    /// The confirmed account that an identity opens.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn account(&self, identity: &Identity) -> Result<Option<UserRow>, StorageError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at \
             FROM identities JOIN users ON users.id = user_id \
             WHERE issuer = $1 AND subject = $2 \
             AND confirmed_at IS NOT NULL AND removed_at IS NULL",
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .fetch_optional(self.pool)
        .await
        .doing("look up an identity")?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// Stores the pending identity of a browser, which replaces an earlier one.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn set_pending(&self, secret: &str, identity: &Identity) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO shown_identities (digest, issuer, subject, ends_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO UPDATE \
             SET issuer = excluded.issuer, subject = excluded.subject, ends_at = excluded.ends_at",
        )
        .bind(secret_digest(secret))
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(time_text(Timestamp::now() + PENDING_AGE))
        .execute(self.pool)
        .await
        .doing("store a pending identity")?;
        Ok(())
    }

    /// The pending identity of a browser; none when it has expired.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn pending(&self, secret: &str) -> Result<Option<Identity>, StorageError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT issuer, subject FROM shown_identities WHERE digest = $1 AND ends_at > $2",
        )
        .bind(secret_digest(secret))
        .bind(now())
        .fetch_optional(self.pool)
        .await
        .doing("look up a pending identity")?;
        Ok(row.map(|(issuer, subject)| Identity { issuer, subject }))
    }

    /// Creates an unconfirmed account with an identity, and mails the link that confirms it
    /// together with `provider`. Only the owner of an address learns, by mail, that it
    /// already has an account.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] with all problems of address and name;
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn sign_up(
        &self,
        identity: &Identity,
        provider: &str,
        email: &str,
        name: &str,
    ) -> Result<(), AccountError> {
        let (doing, email, name) = ("sign a person up", rules::stored_email(email), name.trim());
        rules::check([rules::email(&email), rules::name(name)])?;
        let mut transaction = begin_writing(self.pool).await?;
        let letter = match links::create_unconfirmed(&mut transaction, &email, name, None).await? {
            Some(id) => {
                connect(&mut transaction, &id, identity).await?;
                let secret = links::create_link(&mut transaction, &id, Purpose::Confirm).await?;
                letters::confirm_with(provider, &secret, LINK_AGE)
            }
            None => letters::address_taken(),
        };
        mail::queue(&mut transaction, &email, letter).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Confirms an address with the secret of its link and the identity of its sign-up.
    /// None where they belong to different accounts, or the link has expired.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn confirm(
        &self,
        secret: &str,
        identity: &Identity,
    ) -> Result<Option<UserRow>, StorageError> {
        let doing = "confirm an address";
        let mut transaction = begin_writing(self.pool).await?;
        let Some(id) = links::consume_link(&mut transaction, secret, Purpose::Confirm).await?
        else {
            return Ok(None);
        };
        let updated = sqlx::query(
            "UPDATE users SET confirmed_at = $1 WHERE id = $2 AND removed_at IS NULL AND EXISTS \
             (SELECT 1 FROM identities WHERE user_id = users.id AND issuer = $3 AND subject = $4)",
        )
        .bind(now())
        .bind(&id)
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if updated.rows_affected() == 0 {
            // Rolled back: the link stays valid for its owner.
            return Ok(None);
        }
        transaction.commit().await.doing(doing)?;
        Accounts { pool: self.pool }.get(&id).await
    }

    /// Connects an identity to an account and notifies its owner by mail. False when the
    /// identity belongs to another account.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn connect(&self, user_id: &str, identity: &Identity) -> Result<bool, StorageError> {
        let doing = "connect an identity";
        let mut transaction = begin_writing(self.pool).await?;
        let is_theirs = connect(&mut transaction, user_id, identity).await?;
        if is_theirs {
            let email: Option<(String,)> =
                sqlx::query_as("SELECT email FROM users WHERE id = $1 AND removed_at IS NULL")
                    .bind(user_id)
                    .fetch_optional(&mut *transaction)
                    .await
                    .doing(doing)?;
            let letter = letters::identity_connected(&identity.issuer, &identity.subject);
            if let Some((email,)) = email {
                mail::queue(&mut transaction, &email, letter).await?;
            }
        }
        transaction.commit().await.doing(doing)?;
        Ok(is_theirs)
    }

    /// Disconnects an identity from an account. Identities of other accounts stay.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn disconnect(&self, user_id: &str, identity: &Identity) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM identities WHERE user_id = $1 AND issuer = $2 AND subject = $3")
            .bind(user_id)
            .bind(&identity.issuer)
            .bind(&identity.subject)
            .execute(self.pool)
            .await
            .doing("disconnect an identity")?;
        Ok(())
    }

    /// The identities of an account, the first connected first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<Identity>, StorageError> {
        let doing = "list identities";
        let rows = sqlx::query(
            "SELECT issuer, subject FROM identities WHERE user_id = $1 \
             ORDER BY connected_at, issuer, subject",
        )
        .bind(user_id)
        .fetch_all(self.pool)
        .await
        .doing(doing)?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Identity { issuer: row.try_get("issuer")?, subject: row.try_get("subject")? })
        };
        rows.iter().map(read).collect::<Result<_, _>>().doing(doing)
    }

    /// Deletes expired pending identities.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn delete_expired(&self) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM shown_identities WHERE ends_at <= $1")
            .bind(now())
            .execute(self.pool)
            .await
            .doing("delete expired identities")?;
        Ok(())
    }
}

/// Connects an identity to an account, also when an unconfirmed account has it. False when
/// it belongs to another confirmed account.
async fn connect(
    connection: &mut AnyConnection,
    user_id: &str,
    identity: &Identity,
) -> Result<bool, StorageError> {
    let connected = sqlx::query(
        "INSERT INTO identities (issuer, subject, user_id, connected_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO UPDATE \
         SET user_id = excluded.user_id, connected_at = excluded.connected_at \
         WHERE identities.user_id = excluded.user_id OR EXISTS \
         (SELECT 1 FROM users WHERE users.id = identities.user_id AND confirmed_at IS NULL)",
    )
    .bind(&identity.issuer)
    .bind(&identity.subject)
    .bind(user_id)
    .bind(now())
    .execute(connection)
    .await
    .doing("connect an identity")?;
    Ok(connected.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::accounts::keys::OtherKeys;
    use crate::accounts::links::Confirmation;
    use crate::accounts::roles::Role;

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
        let mail = store.mail().claim().await.unwrap().unwrap();
        store.mail().mark_sent(&mail.id).await.unwrap();
        let link = mail.body.split("?link=").nth(1).unwrap_or_default();
        link.chars().take_while(char::is_ascii_hexdigit).collect()
    }

    #[tokio::test]
    async fn an_account_opens_once_its_address_is_confirmed_with_link_and_identity() {
        let (_folder, store) = store().await;
        store.identities().sign_up(&ann(), "orcid", "a@x.org", "Ann").await.unwrap();
        assert_eq!(store.identities().account(&ann()).await.unwrap(), None);
        let link = mailed(&store).await;
        assert_eq!(store.identities().confirm(&link, &eve()).await.unwrap(), None);
        assert_eq!(
            store.accounts().confirm(&link, PASSWORD).await.unwrap(),
            Confirmation::OtherPassword
        );
        let user = store.identities().confirm(&link, &ann()).await.unwrap().unwrap();
        assert_eq!(store.identities().account(&ann()).await.unwrap(), Some(user.clone()));
        assert_eq!(store.identities().of_user(&user.id).await.unwrap(), [ann()]);
        assert_eq!(
            store.identities().confirm(&link, &ann()).await.unwrap(),
            None,
            "a link is good once"
        );
        store.accounts().remove(&user.id).await.unwrap();
        assert_eq!(store.identities().account(&ann()).await.unwrap(), None);
        assert!(store.identities().of_user(&user.id).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_strangers_identity_opens_nothing_that_the_owner_of_an_address_confirms() {
        let (_folder, store) = store().await;
        for by_mail in [false, true] {
            let email = format!("{by_mail}@x.org");
            store.identities().sign_up(&eve(), "orcid", &email, "Eve").await.unwrap();
            let of_eve = mailed(&store).await;
            if by_mail {
                store.accounts().request_reset(&email).await.unwrap();
                assert!(
                    store
                        .accounts()
                        .reset_password(&mailed(&store).await, PASSWORD, OtherKeys::Kept)
                        .await
                        .unwrap()
                );
            } else {
                store.accounts().sign_up(&email, "Ann", PASSWORD).await.unwrap();
                let own = mailed(&store).await;
                let confirmed = store.accounts().confirm(&own, PASSWORD).await.unwrap();
                assert!(matches!(confirmed, Confirmation::Yes(_)), "{confirmed:?}");
            }
            assert_eq!(store.identities().account(&eve()).await.unwrap(), None);
            assert_eq!(store.identities().confirm(&of_eve, &eve()).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn an_identity_opens_one_account_only() {
        let (_folder, store) = store().await;
        let add = async |email| store.accounts().add(email, "Ann", Role::Participant, None).await;
        let (first, second) = (add("a@x.org").await.unwrap(), add("b@x.org").await.unwrap());
        assert!(store.identities().connect(&first.id, &ann()).await.unwrap());
        assert!(store.identities().connect(&first.id, &ann()).await.unwrap());
        assert!(!store.identities().connect(&second.id, &ann()).await.unwrap());
        store.identities().disconnect(&second.id, &ann()).await.unwrap();
        assert_eq!(store.identities().account(&ann()).await.unwrap().unwrap().id, first.id);
        store.identities().disconnect(&first.id, &ann()).await.unwrap();
        assert!(store.identities().connect(&second.id, &ann()).await.unwrap());
        // A sign-up with an address that has an account leaves the account as it was.
        store.identities().sign_up(&eve(), "orcid", "a@x.org", "Eve").await.unwrap();
        assert_eq!(mailed(&store).await, "");
        assert!(store.identities().of_user(&first.id).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_a_browser_showed_is_forgotten_after_its_time() {
        let (_folder, store) = store().await;
        store.identities().set_pending("secret", &eve()).await.unwrap();
        store.identities().set_pending("secret", &ann()).await.unwrap();
        assert_eq!(store.identities().pending("secret").await.unwrap(), Some(ann()));
        assert_eq!(store.identities().pending("other").await.unwrap(), None);
        sqlx::query("UPDATE shown_identities SET ends_at = $1")
            .bind(now())
            .execute(&store.pool)
            .await
            .unwrap();
        assert_eq!(store.identities().pending("secret").await.unwrap(), None);
        store.identities().delete_expired().await.unwrap();
        let left: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM shown_identities")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(left, (0,));
    }
}
