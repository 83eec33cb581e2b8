//! Client addresses: the network that a request comes from, with or without a proxy.
//!
//! - [`Client`]: key for rate limits. - [`IsLocal`]: true for the loopback interface.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::settings::SiteSettings;

/// Header in which a proxy names the client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Client of a request, as a key: an IPv4 address, or the /64 network of an IPv6 address.
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

/// True for a request from the machine that runs the site.
///
/// Behind a known proxy, its `X-Forwarded-For` decides; a header from anyone else makes the
/// request remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IsLocal(pub(crate) bool);

impl<S> FromRequestParts<S> for IsLocal
where
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &Arc::<SiteSettings>::from_ref(state)))
    }
}

impl IsLocal {
    fn of(parts: &Parts, settings: &SiteSettings) -> Self {
        let address = match (parts.headers.contains_key(FORWARDED_FOR), settings.behind_proxy) {
            (false, _) => socket(parts),
            (true, true) => forwarded(&parts.headers),
            (true, false) => None,
        };
        Self(address.is_some_and(|address| address.to_canonical().is_loopback()))
    }
}

/// Peer address of the connection.
fn socket(parts: &Parts) -> Option<IpAddr> {
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    socket.map(|ConnectInfo(from)| from.ip())
}

/// Client address that the proxy saw: the last one, since the client itself controls the
/// others.
pub(crate) fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// Network of a client: an IPv4 address, or the /64 network of an IPv6 address.
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
            IsLocal::of(&parts, &SiteSettings { behind_proxy, ..SiteSettings::default() }).0
        };
        let here = [127, 0, 0, 1];
        let there = [192, 0, 2, 1];
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
        assert!(!IsLocal::of(&none, &SiteSettings::default()).0);
    }
}
