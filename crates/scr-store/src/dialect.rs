//! Dialects of SQL: the little that SQLite and PostgreSQL say differently.
//!
//! Queries are written once, for both. Only the words here differ: the lock of a writer, rows
//! that another worker has locked, the database's clock, and triggers in migrations.

use sqlx::{AnyConnection, AnyPool};

/// Kind of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite, embedded: one writer at a time, on this machine's clock.
    Sqlite,
    /// PostgreSQL: many writers, on its own clock.
    Postgres,
}

impl Dialect {
    /// Dialect of a pool's database.
    pub(crate) fn of(pool: &AnyPool) -> Self {
        match pool.connect_options().database_url.scheme() {
            "sqlite" => Self::Sqlite,
            _ => Self::Postgres,
        }
    }

    /// Dialect of a connection's database.
    pub(crate) fn of_connection(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Sqlite } else { Self::Postgres }
    }

    /// End of a query of rows of `jobs` to be changed: locks them, and skips those that another
    /// transaction has locked. SQLite has one writer, and nothing to skip.
    pub(crate) const fn lock_free_jobs(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE OF jobs SKIP LOCKED",
        }
    }

    /// A migration in this dialect.
    pub(crate) fn migration(self, sql: &'static str) -> String {
        match self {
            Self::Sqlite => sql.to_owned(),
            Self::Postgres => in_postgres(sql),
        }
    }
}

/// Random text of 32 hexadecimal digits, as migrations have it.
const RANDOM: &str = "lower(hex(randomblob(16)))";
/// The same in PostgreSQL.
const POSTGRES_RANDOM: &str = "replace(gen_random_uuid()::text, '-', '')";

/// A migration in PostgreSQL's words. Triggers of the form
/// `CREATE TRIGGER name BEFORE op ON table [WHEN condition] BEGIN SELECT RAISE(ABORT, 'reason');
/// END;` become a function and a trigger; one of another form stays, and PostgreSQL refuses it.
fn in_postgres(sql: &str) -> String {
    let sql = sql.replace(RANDOM, POSTGRES_RANDOM);
    let mut parts = sql.split("CREATE TRIGGER ");
    let mut translated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (trigger, rest) = part.split_once("END;").unwrap_or((part, ""));
        match Trigger::read(trigger) {
            Some(trigger) => translated += &trigger.in_postgres(),
            None => translated += &format!("CREATE TRIGGER {trigger}END;"),
        }
        translated += rest;
    }
    translated
}

/// Trigger that refuses a change of a row.
struct Trigger<'a> {
    name: &'a str,
    /// `INSERT`, `UPDATE` or `DELETE`.
    change: &'a str,
    table: &'a str,
    /// Condition of the refusal.
    condition: &'a str,
    /// Reason in quotes.
    reason: &'a str,
}

impl<'a> Trigger<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (head, body) = text.split_once("BEGIN")?;
        let reason = body.trim().strip_prefix("SELECT RAISE(ABORT,")?.trim().strip_suffix(");")?;
        let (head, condition) = head.split_once("WHEN").unwrap_or((head, "true"));
        let mut words = head.split_whitespace();
        let name = words.next()?;
        words.next().filter(|word| *word == "BEFORE")?;
        let change = words.next()?;
        words.next().filter(|word| *word == "ON")?;
        let table = words.next()?;
        Some(Self { name, change, table, condition: condition.trim(), reason })
    }

    fn in_postgres(&self) -> String {
        let Self { name, change, table, condition, reason } = self;
        let row = if *change == "DELETE" { "OLD" } else { "NEW" };
        let mut sql = format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN \
             IF {condition} THEN RAISE EXCEPTION USING MESSAGE = {reason}; END IF; \
             RETURN {row}; END $body$;\n\
             CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW \
             EXECUTE FUNCTION {name}();"
        );
        if *change == "DELETE" {
            // `TRUNCATE` fires no trigger of rows.
            sql += &format!(
                "\nCREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT \
                 EXECUTE FUNCTION {name}();"
            );
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_becomes_a_function_and_refuses_for_the_same_reason() {
        let sql = "CREATE TABLE a (n BIGINT);\nCREATE TRIGGER grows BEFORE INSERT ON a\n    \
                   WHEN NEW.n <> (SELECT COUNT(*) FROM a)\n    \
                   BEGIN SELECT RAISE(ABORT, 'at its end only'); END;\n-- after";
        let found = in_postgres(sql);
        assert!(found.starts_with("CREATE TABLE a (n BIGINT);\nCREATE FUNCTION grows()"));
        let body = "IF NEW.n <> (SELECT COUNT(*) FROM a) THEN \
                    RAISE EXCEPTION USING MESSAGE = 'at its end only'; END IF; RETURN NEW;";
        assert!(found.contains(body), "{found}");
        assert!(found.ends_with("EXECUTE FUNCTION grows();\n-- after"), "{found}");
    }
}
