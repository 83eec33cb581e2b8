//! Accounts of people.
//!
//! A removed account stays as a row without name and address, because entries and logs
//! refer to it.

use async_recursion::async_recursion as boxed;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use super::error::AccountError;
use super::keys::{self, OtherKeys};
use super::roles::Role;
use super::{letters, passwords, rules};
use crate::database::{Doing, begin_writing};
use crate::mail;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::now;

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Random identifier.
    pub id: String,
    /// Address in lower case; a word without `@` for a removed account.
    pub email: String,
    /// Public name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Creation time, RFC 3339 in UTC.
    pub created_at: String,
    /// Time of the confirmation of the address.
    pub confirmed_at: Option<String>,
}

/// Name of a removed account.
const REMOVED_NAME: &str = "removed account";

impl UserRow {
    /// Reads the columns `id, email, name, role, created_at, confirmed_at`.
    pub(super) fn read(row: &AnyRow) -> Result<Self, StorageError> {
        let doing = "read a user";
        let role: String = row.try_get("role").doing(doing)?;
        Ok(Self {
            id: row.try_get("id").doing(doing)?,
            email: row.try_get("email").doing(doing)?,
            name: row.try_get("name").doing(doing)?,
            role: role.parse()?,
            created_at: row.try_get("created_at").doing(doing)?,
            confirmed_at: row.try_get("confirmed_at").doing(doing)?,
        })
    }
}

/// Handle of accounts.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Accounts<'_> {
    /// Adds an account on the operator's word: the address counts as confirmed. Without a
    /// password only tokens open it.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] with all problems of address, name and password, [`AccountError::AddressTaken`] when the address has an account.
    #[boxed]
    pub async fn add(
        &self,
        email: &str,
        name: &str,
        role: Role,
        password: Option<&str>,
    ) -> Result<UserRow, AccountError> {
        let email = rules::stored_email(email);
        let name = name.trim();
        let problems =
            [rules::email(&email), rules::name(name), password.and_then(rules::password)];
        rules::check(problems)?;
        let password = match password {
            Some(password) => Some(passwords::hash(password).await?),
            None => None,
        };
        let created_at = now();
        let user = UserRow {
            id: random_id()?,
            email,
            name: name.to_owned(),
            role,
            confirmed_at: Some(created_at.clone()),
            created_at,
        };
        let inserted = sqlx::query(
            "INSERT INTO users (id, email, name, role, password, created_at, confirmed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING",
        )
        .bind(&user.id)
        .bind(&user.email)
        .bind(&user.name)
        .bind(role.as_str())
        .bind(password)
        .bind(&user.created_at)
        .bind(&user.confirmed_at)
        .execute(self.pool)
        .await
        .doing("add a user")?;
        match inserted.rows_affected() {
            0 => Err(AccountError::AddressTaken { email: user.email }),
            _ => Ok(user),
        }
    }

    /// All accounts except removed ones, by address.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Word`] when a row has a role
    /// that this program does not know.
    #[boxed]
    pub async fn list(&self) -> Result<Vec<UserRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users \
             WHERE removed_at IS NULL ORDER BY email",
        )
        .fetch_all(self.pool)
        .await
        .doing("list users")?;
        rows.iter().map(UserRow::read).collect()
    }

    /// The account with this address, in upper or lower case.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn by_email(&self, email: &str) -> Result<Option<UserRow>, StorageError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users \
             WHERE email = $1 AND removed_at IS NULL",
        )
        .bind(rules::stored_email(email))
        .fetch_optional(self.pool)
        .await
        .doing("read a user")?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// The account with this identifier, removed or not.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<UserRow>, StorageError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.pool)
        .await
        .doing("read a user")?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// Changes the role. Tokens lose scopes that the new role does not allow.
    ///
    /// # Errors
    /// [`AccountError::UnknownUser`] when no account has this identifier.
    #[boxed]
    pub async fn set_role(&self, user_id: &str, role: Role) -> Result<(), AccountError> {
        let sql = "UPDATE users SET role = $1 WHERE id = $2 AND removed_at IS NULL";
        update(self.pool, sql, role.as_str(), user_id).await
    }

    /// Changes the name.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] when the name is invalid, [`AccountError::UnknownUser`] when
    /// no account has this identifier.
    #[boxed]
    pub async fn set_name(&self, user_id: &str, name: &str) -> Result<(), AccountError> {
        let name = name.trim();
        rules::check([rules::name(name)])?;
        let sql = "UPDATE users SET name = $1 WHERE id = $2 AND removed_at IS NULL";
        update(self.pool, sql, name, user_id).await
    }

    /// Changes the password, ends all sessions and, unless kept, all other keys, and
    /// notifies the owner by mail.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] when it is too short or too long,
    /// [`AccountError::UnknownUser`] when no account has this identifier.
    #[boxed]
    pub async fn set_password(
        &self,
        user_id: &str,
        password: &str,
        other_keys: OtherKeys,
    ) -> Result<(), AccountError> {
        let doing = "change a password";
        rules::check([rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = begin_writing(self.pool).await?;
        let found: Option<(String,)> = sqlx::query_as(
            "UPDATE users SET password = $1 WHERE id = $2 AND removed_at IS NULL RETURNING email",
        )
        .bind(hash)
        .bind(user_id)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        let Some((email,)) = found else {
            return Err(AccountError::UnknownUser { user: user_id.to_owned() });
        };
        keys::end(&mut transaction, user_id, other_keys).await?;
        mail::queue(&mut transaction, &email, letters::password_changed(other_keys)).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// The account with this address and password, confirmed or not; none when either is
    /// wrong, after the same time.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Password`] when the stored hash
    /// cannot be read.
    #[boxed]
    pub async fn verify_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Option<UserRow>, StorageError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at, password FROM users \
             WHERE email = $1 AND removed_at IS NULL",
        )
        .bind(rules::stored_email(email))
        .fetch_optional(self.pool)
        .await
        .doing("read a user")?;
        let hash: Option<String> = match &row {
            Some(row) => row.try_get("password").doing("read a user")?,
            None => None,
        };
        let is_right = passwords::verify(password, hash).await?;
        row.filter(|_| is_right).as_ref().map(UserRow::read).transpose()
    }

    /// Deletes name, address, password and keys of an account. Its submissions and entries
    /// stay. The address is free for a new account.
    ///
    /// # Errors
    /// [`AccountError::UnknownUser`] when no account has this identifier.
    #[boxed]
    pub async fn remove(&self, user_id: &str) -> Result<(), AccountError> {
        let doing = "remove a user";
        let time = now();
        let mut transaction = begin_writing(self.pool).await?;
        let updated = sqlx::query(
            "UPDATE users SET email = $1, name = $2, role = $3, password = NULL, \
             confirmed_at = NULL, removed_at = $4 WHERE id = $5 AND removed_at IS NULL",
        )
        .bind(format!("removed-{user_id}"))
        .bind(REMOVED_NAME)
        .bind(Role::Participant.as_str())
        .bind(&time)
        .bind(user_id)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if updated.rows_affected() == 0 {
            return Err(AccountError::UnknownUser { user: user_id.to_owned() });
        }
        // Notes are the person's own words.
        sqlx::query(
            "UPDATE tokens SET note = '', revoked_at = COALESCE(revoked_at, $1) \
             WHERE user_id = $2",
        )
        .bind(&time)
        .bind(user_id)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        for sql in [
            "DELETE FROM sessions WHERE user_id = $1",
            "DELETE FROM one_time_links WHERE user_id = $1",
            "DELETE FROM identities WHERE user_id = $1",
        ] {
            sqlx::query(sql).bind(user_id).execute(&mut *transaction).await.doing(doing)?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(())
    }
}

/// Updates one account: `$1` is the value, `$2` the identifier.
async fn update(
    pool: &AnyPool,
    sql: &'static str,
    value: &str,
    user_id: &str,
) -> Result<(), AccountError> {
    let updated =
        sqlx::query(sql).bind(value).bind(user_id).execute(pool).await.doing("change a user")?;
    match updated.rows_affected() {
        0 => Err(AccountError::UnknownUser { user: user_id.to_owned() }),
        _ => Ok(()),
    }
}

/// Addresses of all confirmed accounts with a role or a higher one, in order.
#[boxed]
pub(crate) async fn addresses(
    connection: &mut AnyConnection,
    least: Role,
) -> Result<Vec<String>, StorageError> {
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
        .doing("list people")?;
    Ok(rows.into_iter().map(|(email,)| email).collect())
}
