//! Rows of people.
//!
//! Keeps no session. A person who is removed stays as a row
//! without name and address, as entries and logs point to it.

use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use super::{OtherKeys, Role, keys, passwords, random_id, rules};
use crate::database::failed;
use crate::entries::now;
use crate::mail::{self, letters};
use crate::{StoreCore, StoreError};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Identifier, random.
    pub id: String,
    /// Address, in lower case. Of a removed account a word without `@`.
    pub email: String,
    /// Name, as others see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When the account was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Since when the address is known to be theirs.
    pub confirmed_at: Option<String>,
}

/// The name of a person who was removed.
const REMOVED_NAME: &str = "removed account";

impl UserRow {
    /// Reads the columns `id, email, name, role, created_at, confirmed_at`.
    pub(super) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let doing = "read a user";
        let role: String = row.try_get("role").map_err(failed(doing))?;
        Ok(Self {
            id: row.try_get("id").map_err(failed(doing))?,
            email: row.try_get("email").map_err(failed(doing))?,
            name: row.try_get("name").map_err(failed(doing))?,
            role: role.parse()?,
            created_at: row.try_get("created_at").map_err(failed(doing))?,
            confirmed_at: row.try_get("confirmed_at").map_err(failed(doing))?,
        })
    }
}

impl StoreCore {
    /// Adds a person for whom the operator vouches: the address counts as
    /// confirmed. Without a password they can only use tokens.
    ///
    /// # Errors
    /// [`StoreError::Account`] with everything that is wrong with address, name
    /// and password, [`StoreError::AddressTaken`] when the address has an account.
    pub async fn add_user(
        &self,
        email: &str,
        name: &str,
        role: Role,
        password: Option<&str>,
    ) -> Result<UserRow, StoreError> {
        let email = rules::kept_email(email);
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
        .execute(&self.pool)
        .await
        .map_err(failed("add a user"))?;
        match inserted.rows_affected() {
            0 => Err(StoreError::AddressTaken { email: user.email }),
            _ => Ok(user),
        }
    }

    /// Everyone with an account, by address. Who was removed is left out.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Word`] when a row has a role
    /// that this program does not know.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users \
             WHERE removed_at IS NULL ORDER BY email",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list users"))?;
        rows.iter().map(UserRow::read).collect()
    }

    /// The person with this address, in whatever case it is written.
    ///
    /// # Errors
    /// As [`users`](Self::users).
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users \
             WHERE email = $1 AND removed_at IS NULL",
        )
        .bind(rules::kept_email(email))
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("read a user"))?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// The person with this identifier, removed or not.
    ///
    /// # Errors
    /// As [`users`](Self::users).
    pub async fn user(&self, id: &str) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at FROM users WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("read a user"))?;
        row.as_ref().map(UserRow::read).transpose()
    }

    /// Gives a person another role. Tokens lose at once what the new role does
    /// not allow.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`] when nobody has this identifier any more.
    pub async fn set_role(&self, user_id: &str, role: Role) -> Result<(), StoreError> {
        let sql = "UPDATE users SET role = $1 WHERE id = $2 AND removed_at IS NULL";
        update(&self.pool, sql, role.as_str(), user_id).await
    }

    /// Gives a person another name.
    ///
    /// # Errors
    /// [`StoreError::Account`] when it cannot be one, [`StoreError::UnknownUser`] when
    /// nobody has this identifier any more.
    pub async fn set_name(&self, user_id: &str, name: &str) -> Result<(), StoreError> {
        let name = name.trim();
        rules::check([rules::name(name)])?;
        let sql = "UPDATE users SET name = $1 WHERE id = $2 AND removed_at IS NULL";
        update(&self.pool, sql, name, user_id).await
    }

    /// Gives a person another password, ends all sessions and what else opens the account,
    /// unless it is kept, and tells the person by mail.
    ///
    /// # Errors
    /// [`StoreError::Account`] when it is too short or too long,
    /// [`StoreError::UnknownUser`] when nobody has this identifier any more.
    pub async fn set_password(
        &self,
        user_id: &str,
        password: &str,
        other_keys: OtherKeys,
    ) -> Result<(), StoreError> {
        let doing = "change a password";
        rules::check([rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let found: Option<(String,)> = sqlx::query_as(
            "UPDATE users SET password = $1 WHERE id = $2 AND removed_at IS NULL RETURNING email",
        )
        .bind(hash)
        .bind(user_id)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        let Some((email,)) = found else {
            return Err(StoreError::UnknownUser { user: user_id.to_owned() });
        };
        keys::end(&mut transaction, user_id, other_keys).await?;
        mail::queue(&mut transaction, &email, letters::password_changed(other_keys)).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// The person whose address and password these are, confirmed or not; none
    /// when either is wrong, in the same time.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Password`] when the kept hash
    /// cannot be read.
    pub async fn verify_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, email, name, role, created_at, confirmed_at, password FROM users \
             WHERE email = $1 AND removed_at IS NULL",
        )
        .bind(rules::kept_email(email))
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("read a user"))?;
        let hash: Option<String> = match &row {
            Some(row) => row.try_get("password").map_err(failed("read a user"))?,
            None => None,
        };
        let is_right = passwords::verify(password, hash).await?;
        row.filter(|_| is_right).as_ref().map(UserRow::read).transpose()
    }

    /// Takes name, address and password from an account and revokes its tokens.
    /// What it handed in stays. The address may be used for a new account.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`] when nobody has this identifier any more.
    pub async fn remove_user(&self, user_id: &str) -> Result<(), StoreError> {
        let doing = "remove a user";
        let time = now();
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
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
        .map_err(failed(doing))?;
        if updated.rows_affected() == 0 {
            return Err(StoreError::UnknownUser { user: user_id.to_owned() });
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
        .map_err(failed(doing))?;
        for sql in [
            "DELETE FROM sessions WHERE user_id = $1",
            "DELETE FROM one_time_links WHERE user_id = $1",
            "DELETE FROM identities WHERE user_id = $1",
        ] {
            sqlx::query(sql)
                .bind(user_id)
                .execute(&mut *transaction)
                .await
                .map_err(failed(doing))?;
        }
        transaction.commit().await.map_err(failed(doing))
    }
}

/// Changes one person's row: `$1` is the value, `$2` the identifier.
async fn update(
    pool: &AnyPool,
    sql: &'static str,
    value: &str,
    user_id: &str,
) -> Result<(), StoreError> {
    let updated = sqlx::query(sql)
        .bind(value)
        .bind(user_id)
        .execute(pool)
        .await
        .map_err(failed("change a user"))?;
    match updated.rows_affected() {
        0 => Err(StoreError::UnknownUser { user: user_id.to_owned() }),
        _ => Ok(()),
    }
}
