//! Token lifetime: the time from creation to expiry.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// Longest lifetime of a token that expires, in days.
const MAX_DAYS: u32 = 3650;

/// Token lifetime. The default is one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenLifetime {
    /// The token expires after this number of days, 1 to 3650.
    Days(u32),
    /// The token does not expire.
    Unlimited,
}

impl Default for TokenLifetime {
    fn default() -> Self {
        Self::Days(365)
    }
}

impl TokenLifetime {
    /// Expiry of a token that is created at `now`; `None` without an expiry.
    #[must_use]
    pub fn expiry(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Days(days) => Some(now + SignedDuration::from_hours(24 * i64::from(days))),
            Self::Unlimited => None,
        }
    }
}

/// Text that is no token lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of days from 1 to {MAX_DAYS}, or `never`")]
pub struct TokenLifetimeError;

impl FromStr for TokenLifetime {
    type Err = TokenLifetimeError;

    fn from_str(text: &str) -> Result<Self, TokenLifetimeError> {
        if text == "never" {
            return Ok(Self::Unlimited);
        }
        match text.parse() {
            Ok(days) if (1..=MAX_DAYS).contains(&days) => Ok(Self::Days(days)),
            _ => Err(TokenLifetimeError),
        }
    }
}

impl fmt::Display for TokenLifetime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(formatter, "{days}"),
            Self::Unlimited => formatter.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_number_of_days_or_never() {
        for text in ["1", "365", "3650", "never"] {
            assert_eq!(text.parse::<TokenLifetime>().unwrap().to_string(), text);
        }
        for text in ["", "0", "3651", "-1", "1y", "forever", "1.5"] {
            assert_eq!(text.parse::<TokenLifetime>(), Err(TokenLifetimeError), "{text:?}");
        }
        let now = Timestamp::from_second(0).unwrap();
        assert_eq!(TokenLifetime::Days(2).expiry(now).unwrap().as_second(), 2 * 86_400);
        assert_eq!(TokenLifetime::Unlimited.expiry(now), None);
    }
}
