//! `scr admin user`: the accounts of a site.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use scr_store::{OtherKeys, Role, Store, UserRow};
use serde_json::json;

use super::site::{Dir, find_user};
use crate::commands::arguments::Format;
use crate::commands::list::{or_dash, print_list};
use crate::tell::tell;

/// Bytes read of a line of stdin. Longer passwords are refused anyway.
const MAX_LINE_BYTES: u64 = 4096;

#[derive(Subcommand)]
pub(super) enum Users {
    /// Add an account with a confirmed address
    Add {
        /// Address of the account
        email: String,
        /// Name shown to others
        #[arg(long)]
        name: String,
        /// Role, which sets the permissions
        #[arg(long, value_name = "participant|curator|operator")]
        role: Role,
        /// Read a password from the first line of stdin; without one, only tokens work
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        dir: Dir,
    },
    /// List all accounts
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Change the role of an account; its tokens lose scopes that the role does not allow
    Role {
        /// Address of the account
        email: String,
        /// Role, which sets the permissions
        #[arg(value_name = "participant|curator|operator")]
        role: Role,
        #[command(flatten)]
        dir: Dir,
    },
    /// Set another password and end all other access to the account
    ///
    /// Ends sessions, revokes tokens and disconnects identities such as ORCID iDs.
    Password {
        /// Address of the account
        email: String,
        /// Read the password from the first line of stdin
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Keep tokens and identities
        #[arg(long)]
        keep_keys: bool,
        #[command(flatten)]
        dir: Dir,
    },
    /// End all sessions of an account; its tokens stay
    SignOut {
        /// Address of the account
        email: String,
        /// Disconnect identities such as ORCID iDs as well
        #[arg(long)]
        identities: bool,
        #[command(flatten)]
        dir: Dir,
    },
    /// Remove an account: erase name and address, revoke tokens; its entries stay
    Remove {
        /// Address of the account
        email: String,
        #[command(flatten)]
        dir: Dir,
    },
}

impl Users {
    pub(super) fn run(self) -> Result<()> {
        match self {
            Self::Add { email, name, role, password_stdin, dir } => {
                let password = password_stdin.then(read_password).transpose()?;
                dir.with_new_store(async |store| {
                    let user =
                        store.accounts().add(&email, &name, role, password.as_deref()).await?;
                    tell!("{} added as {role}", user.email);
                    Ok(())
                })
            }
            Self::List { dir, format } => dir.with_store(async |store| list(&store, format).await),
            Self::Role { email, role, dir } => dir.with_store(async |store| {
                let user = find_user(&store, &email).await?;
                store.accounts().set_role(&user.id, role).await?;
                tell!("{} is {role} now; before: {}", user.email, user.role);
                Ok(())
            }),
            Self::Password { email, keep_keys, dir, .. } => {
                let password = read_password()?;
                dir.with_store(async |store| {
                    let user = find_user(&store, &email).await?;
                    let keys = OtherKeys::kept_if(keep_keys);
                    store.accounts().set_password(&user.id, &password, keys).await?;
                    tell!("{} has a new password, and is signed out everywhere", user.email);
                    if keys == OtherKeys::Ended {
                        tell!("their tokens are revoked and their identities disconnected");
                    }
                    Ok(())
                })
            }
            Self::SignOut { email, identities, dir } => dir.with_store(async |store| {
                let user = find_user(&store, &email).await?;
                store.sessions().end_all(&user.id).await?;
                tell!("{} is signed out everywhere", user.email);
                let connected = store.identities().of_user(&user.id).await?;
                for identity in connected.iter().filter(|_| identities) {
                    store.identities().disconnect(&user.id, identity).await?;
                    tell!("{} {} is disconnected", identity.issuer, identity.subject);
                }
                Ok(())
            }),
            Self::Remove { email, dir } => dir.with_store(async |store| {
                let user = find_user(&store, &email).await?;
                store.accounts().remove(&user.id).await?;
                tell!("{} removed; their submissions and entries stay", user.email);
                Ok(())
            }),
        }
    }
}

/// Reads the first line of stdin. Refuses a terminal, which would show the password.
fn read_password() -> Result<String> {
    let stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        bail!("--password-stdin: expected a pipe or file, found a terminal, which would show it");
    }
    let mut line = Vec::new();
    stdin
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', &mut line)
        .context("cannot read the password from stdin")?;
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(password) => Ok(password.to_owned()),
        // The cause is left out: it tells a position within the password.
        Err(_) => bail!("--password-stdin: expected UTF-8 text"),
    }
}

async fn list(store: &Store, format: Format) -> Result<()> {
    let users = store.accounts().list().await?;
    let row = |user: &UserRow| {
        let (email, name) = (user.email.clone(), user.name.clone());
        let confirmed = or_dash(user.confirmed_at.as_ref());
        vec![email, name, user.role.to_string(), user.created_at.clone(), confirmed]
    };
    let json: Vec<_> = users
        .iter()
        .map(|user| {
            json!({
                "id": user.id,
                "email": user.email,
                "name": user.name,
                "role": user.role.as_str(),
                "created_at": user.created_at,
                "confirmed_at": user.confirmed_at,
            })
        })
        .collect();
    let heads = ["email", "name", "role", "created", "confirmed"];
    print_list(format, &heads, users.iter().map(row).collect(), &json)
}
