//! Roles of people and scopes of tokens.

use std::fmt;
use std::str::FromStr;

use crate::storage_error::StorageError;

/// Role of a person on the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Submits sets of masks.
    Participant,
    /// Also decides on publication.
    Curator,
    /// Also runs the site.
    Operator,
}

/// Scope of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Submit sets of masks, and change own submissions.
    Submit,
    /// Publish or return submissions of others; for operators, also cancel their jobs.
    Review,
    /// Read own submissions and, for curators, those of others.
    Read,
    /// Change the name of the account, and revoke its tokens.
    Account,
}

impl Role {
    /// Every role, the least privileged first.
    pub const ALL: [Self; 3] = [Self::Participant, Self::Curator, Self::Operator];

    /// Word in the database, in JSON and in the shell.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Curator => "curator",
            Self::Operator => "operator",
        }
    }

    /// True if the tokens of a person in this role may have the scope.
    #[must_use]
    pub const fn allows(self, scope: Scope) -> bool {
        match scope {
            Scope::Submit | Scope::Read | Scope::Account => true,
            Scope::Review => matches!(self, Self::Curator | Self::Operator),
        }
    }

    /// All scopes that [`allows`](Self::allows) grants.
    pub fn scopes(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |&scope| self.allows(scope))
    }
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Submit, Self::Review, Self::Read, Self::Account];

    /// Word in the database, in JSON and in the shell.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Review => "review",
            Self::Read => "read",
            Self::Account => "account",
        }
    }
}

impl FromStr for Role {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, StorageError> {
        let expected = "participant, curator or operator";
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| StorageError::Word {
            what: "role",
            expected,
            found: text.to_owned(),
        })
    }
}

impl FromStr for Scope {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, StorageError> {
        let expected = "submit, review, read or account";
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| StorageError::Word { what: "scope", expected, found: text.to_owned() })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_others_are_refused() {
        assert!(Role::ALL.iter().all(|role| role.as_str().parse::<Role>().unwrap() == *role));
        assert!(Scope::ALL.iter().all(|scope| scope.as_str().parse::<Scope>().unwrap() == *scope));
        let error = "admin".parse::<Role>().unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot use \"admin\" as a role, expected participant, curator or operator"
        );
        assert!("Submit".parse::<Scope>().is_err());
    }

    #[test]
    fn participants_cannot_review() {
        assert_eq!(
            Role::Participant.scopes().collect::<Vec<_>>(),
            [Scope::Submit, Scope::Read, Scope::Account]
        );
        assert_eq!(Role::Curator.scopes().count(), 4);
        assert_eq!(Role::Operator.scopes().count(), 4);
    }
}
