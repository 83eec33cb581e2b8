//! How often something may be tried, by who tries: guesses at passwords and tokens, and
//! forms that make this site write a mail.
//!
//! Counts in memory, in this process: a restart forgets. What a person may hand in is
//! counted in the store. The memory is the same for any number of keys of any length: a
//! key is hashed, with a secret of the process, to one counter in each of [`ROWS`] rows,
//! and is refused when all of them are used up (a count-min sketch; Cormode and
//! Muthukrishnan 2005). Nothing is thrown away to make room, so nobody gets rid of their
//! own count; another's is used up by chance only, and with few keys of many hardly ever.
//!
//! - [`Limits`]: all counters of a site. - [`Client`]: whose address a request comes from.
//! - [`FromHere`]: whether that is the machine itself.

use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::Failure;
use crate::routes::SiteSettings;

/// Where a proxy says whose a request is.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Rows of counters of a limit.
const ROWS: u64 = 3;
/// Counters of a row.
const ROW_COUNTERS: u64 = 1 << 14;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Passwords tried for one account.
    PasswordOfAccount,
    /// Passwords and links tried from one address.
    PasswordFrom,
    /// Mails asked for to one address.
    MailTo,
    /// Mails asked for from one address.
    MailFrom,
    /// Tokens that nobody has, from one address.
    TokenFrom,
    /// Forms for everyone, from one address.
    FormFrom,
}

/// How many at once, and after how long there is one more.
const LIMITS: [(Limit, u32, Duration); 6] = [
    (Limit::PasswordOfAccount, 20, Duration::from_secs(60)),
    (Limit::PasswordFrom, 60, Duration::from_secs(20)),
    (Limit::MailTo, 4, Duration::from_secs(1800)),
    (Limit::MailFrom, 20, Duration::from_secs(180)),
    (Limit::TokenFrom, 60, Duration::from_secs(2)),
    (Limit::FormFrom, 10, Duration::from_secs(600)),
];

/// All counters of a site.
pub(crate) struct Limits {
    by_limit: Vec<(Limit, DefaultKeyedRateLimiter<u64>)>,
    secret: RandomState,
    clock: DefaultClock,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |(limit, burst, period): (Limit, u32, Duration)| {
            let quota = Quota::with_period(period).expect("no period is empty");
            let burst = NonZeroU32::new(burst).expect("no limit is none at all");
            (limit, RateLimiter::keyed(quota.allow_burst(burst)))
        };
        Self {
            by_limit: LIMITS.into_iter().map(limiter).collect(),
            secret: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }
}

impl Limits {
    /// Counts one more of `key`.
    ///
    /// # Errors
    /// [`Failure::TooMany`] when it is one too many, with how long to wait.
    pub(crate) fn check(&self, limit: Limit, key: &str) -> Result<(), Failure> {
        let found = self.by_limit.iter().find(|(one, _)| *one == limit);
        let Some((_, limiter)) = found else { return Ok(()) };
        let counter = |row| row * ROW_COUNTERS + self.secret.hash_one((row, key)) % ROW_COUNTERS;
        let counted: Vec<_> = (0..ROWS).map(|row| limiter.check_key(&counter(row))).collect();
        if counted.iter().any(Result::is_ok) {
            return Ok(());
        }
        let now = self.clock.now();
        let waits =
            counted.into_iter().filter_map(Result::err).map(|until| until.wait_time_from(now));
        Err(Failure::TooMany { wait_seconds: waits.min().unwrap_or_default().as_secs() + 1 })
    }
}

/// Where a request comes from, as a key: an IPv4 address, or the half of an IPv6
/// address that names a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) String);

impl<S> FromRequestParts<S> for Client
where
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &Arc::<SiteSettings>::from_ref(state)))
    }
}

impl Client {
    /// The client of a request.
    pub(crate) fn of(parts: &Parts, settings: &SiteSettings) -> Self {
        let named = settings.behind_proxy.then(|| forwarded(&parts.headers)).flatten();
        match network(named.or(socket(parts)).unwrap_or(Ipv4Addr::UNSPECIFIED.into())) {
            IpAddr::V4(address) => Self(address.to_string()),
            IpAddr::V6(network) => Self(format!("{network}/64")),
        }
    }
}

/// Whether a request comes from the machine that the site runs on.
///
/// What a proxy passed on comes from where the proxy says, if the operator has named one
/// and what it says can be read; else from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FromHere(pub(crate) bool);

impl<S> FromRequestParts<S> for FromHere
where
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &Arc::<SiteSettings>::from_ref(state)))
    }
}

impl FromHere {
    fn of(parts: &Parts, settings: &SiteSettings) -> Self {
        let address = match (parts.headers.contains_key(FORWARDED_FOR), settings.behind_proxy) {
            (false, _) => socket(parts),
            (true, true) => forwarded(&parts.headers),
            (true, false) => None,
        };
        Self(address.is_some_and(|address| address.to_canonical().is_loopback()))
    }
}

/// The address at the other end of the connection.
fn socket(parts: &Parts) -> Option<IpAddr> {
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    socket.map(|ConnectInfo(from)| from.ip())
}

/// The address that the proxy saw: the last one, since those before it are what the
/// client says of itself.
pub(crate) fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// What counts as one client: an IPv4 address, or the network of an IPv6 address.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn one_too_many_waits_and_another_key_does_not() {
        let limits = Limits::default();
        for _ in 0..4 {
            limits.check(Limit::MailTo, "a").unwrap();
        }
        let refused = limits.check(Limit::MailTo, "a").unwrap_err();
        assert!(matches!(refused, Failure::TooMany { wait_seconds: 1..=1801 }), "{refused:?}");
        limits.check(Limit::MailTo, "b").unwrap();
        limits.check(Limit::MailFrom, "a").unwrap();
    }

    #[test]
    fn no_number_of_keys_takes_more_memory_or_lets_anyone_try_again() {
        let limits = Limits::default();
        for _ in 0..4 {
            limits.check(Limit::MailTo, "a").unwrap();
        }
        for other in 0..40_000 {
            limits.check(Limit::MailTo, &other.to_string()).ok();
        }
        limits.check(Limit::MailTo, &"long".repeat(1 << 20)).ok();
        limits.check(Limit::MailTo, "a").unwrap_err();
        let kept: usize = limits.by_limit.iter().map(|(_, limiter)| limiter.len()).sum();
        assert!(kept as u64 <= ROWS * ROW_COUNTERS, "{kept}");
    }

    #[test]
    fn every_limit_has_its_numbers() {
        use Limit as L;
        for limit in [
            L::PasswordOfAccount,
            L::PasswordFrom,
            L::MailTo,
            L::MailFrom,
            L::TokenFrom,
            L::FormFrom,
        ] {
            assert_eq!(LIMITS.iter().filter(|(one, ..)| *one == limit).count(), 1, "{limit:?}");
        }
    }

    #[test]
    fn what_a_client_says_of_its_address_counts_only_behind_a_proxy_and_as_that_saw_it() {
        let request = Request::get("/")
            .header("x-forwarded-for", "9.9.9.9")
            .header("x-forwarded-for", "8.8.8.8, 2001:db8:1:2:3::4")
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 80))));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let client = |behind_proxy| {
            let settings = SiteSettings { behind_proxy, ..SiteSettings::default() };
            Client::of(&parts, &settings).0
        };
        assert_eq!(client(false), "192.0.2.1");
        assert_eq!(client(true), "2001:db8:1:2::/64");
    }

    #[test]
    fn a_request_is_of_this_machine_only_where_no_proxy_says_otherwise() {
        let is_here = |peer: [u8; 4], behind_proxy, named: Option<&str>| {
            let request = Request::get("/").extension(ConnectInfo(SocketAddr::from((peer, 80))));
            let request = match named {
                Some(named) => request.header(FORWARDED_FOR, named),
                None => request,
            };
            let (parts, ()) = request.body(()).unwrap().into_parts();
            FromHere::of(&parts, &SiteSettings { behind_proxy, ..SiteSettings::default() }).0
        };
        let (here, there) = ([127, 0, 0, 1], [192, 0, 2, 1]);
        assert!(is_here(here, false, None) && is_here(here, true, None));
        assert!(is_here(here, true, Some("192.0.2.1, ::1")));
        assert!(!is_here(there, false, None) && !is_here(there, true, None));
        for named in ["192.0.2.1", "127.0.0.1, 192.0.2.1", "127.0.0.1:80", ""] {
            assert!(!is_here(here, true, Some(named)), "{named:?}");
        }
        for peer in [here, there] {
            assert!(!is_here(peer, false, Some("127.0.0.1")), "whoever passed it on is unknown");
        }
        let none = Request::get("/").body(()).unwrap().into_parts().0;
        assert!(!FromHere::of(&none, &SiteSettings::default()).0);
    }
}
