//! Connections: with TLS or without, as many at once as a small machine bears, none of
//! them for longer than its client makes progress.
//!
//! Knows no address of the site: a [`Router`] answers. HTTP/1.1 only; a proxy in front
//! may speak others. The main function is [`serve`].
//!
//! - `stream.rs`: answers whose client must read. - `body.rs`: bodies whose client must send.
//! - `patience.rs`: the deadline of both.

mod body;
mod patience;
mod stream;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::limits;
use crate::places::{Place, Places, Seat};
use crate::tls::Tls;
use body::PatientBody;
pub(crate) use body::Stalled;
use stream::PatientStream;

/// Connections at once.
const MAX_CONNECTIONS: usize = 512;
/// Connections of one client at once.
const MAX_CONNECTIONS_OF_CLIENT: usize = 128;
/// Bytes of answers that wait in memory for their clients, together.
const MAX_ANSWERS_BYTES: u64 = 64 << 20;
/// Bytes of an answer in memory where it is made as it is read.
const STREAM_BYTES: u64 = 64 << 10;
/// Bytes of the head of a request, and of what is read or written at once.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Bytes of an answer that the system takes before its client reads, beyond what is on the way.
const UNSENT_BYTES: u32 = 16 << 10;
/// Deadline of greeting each other in TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Deadline of the head of a request; an idle connection is closed after it as well.
const HEAD: Duration = Duration::from_secs(20);
/// Deadline of requests under way when the server is to stop.
const GRACE: Duration = Duration::from_secs(20);
/// Pause when the system has no more connections to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Whose connection it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peers {
    /// The client's at its other end.
    Clients,
    /// A proxy's, which names the client with each request.
    Proxy,
}

/// Bytes of an answer that are in memory until its client has read them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held(u64);

impl Held {
    /// Of an answer that is made as it is read, however long it says that it is.
    pub(crate) const STREAM: Self = Self(STREAM_BYTES);

    /// The layer that notes the size of answers before they are compressed.
    pub(crate) async fn note(mut response: Response) -> Response {
        let bytes = response.body().size_hint().exact();
        let held = bytes.map_or(Self::STREAM, Self);
        let known = response.extensions().get::<Self>().copied();
        response.extensions_mut().insert(known.unwrap_or(held));
        response
    }
}

/// Serves until `shutdown` completes; requests under way have 20 s to finish. Every
/// request carries the [`ConnectInfo`] of its peer and its seat.
///
/// # Errors
/// None at present: a connection that fails concerns nobody else.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    peers: Peers,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let connections = GracefulShutdown::new();
    let places = Places::new(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_CLIENT);
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        let seat = Arc::new(Seat::default());
        let client = (peers == Peers::Clients).then(|| limits::network(peer.ip()));
        let place = places.enter(client, Arc::clone(&seat));
        let connection = Connection { peer, peers, seat: Arc::clone(&seat), place };
        let (router, tls, watcher) = (router.clone(), tls.clone(), connections.watcher());
        tokio::spawn(async move {
            let conversation = async {
                match tls {
                    None => connection.converse(stream, router, watcher).await,
                    Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => connection.converse(stream, router, watcher).await,
                        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
                        Err(_) => tracing::debug!("no TLS in time"),
                    },
                }
            };
            tokio::select! {
                () = conversation => {}
                () = seat.gave_way() => tracing::debug!("a connection gave way to others"),
            }
        });
    }
    drop(listener);
    if timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("requests under way were cut off");
    }
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small answers go out at once; where that cannot be had, they go out later.
                let _ = stream.set_nodelay(true);
                bound_unread(&stream);
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Bounds what the system holds of an answer that nobody reads, and for how long. A system
/// without these options holds as much as it sees fit.
fn bound_unread(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(stream);
        let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
        let _ = socket.set_tcp_user_timeout(Some(patience::GRACE));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

/// A connection.
struct Connection {
    peer: SocketAddr,
    peers: Peers,
    seat: Arc<Seat>,
    place: Place<IpAddr>,
}

impl Connection {
    /// Answers its requests.
    async fn converse(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        router: Router,
        watcher: Watcher,
    ) {
        let stream = PatientStream::new(stream, &self.seat);
        let connection = Arc::new(self);
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            Arc::clone(&connection).answer(request, router.clone())
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), answer);
        if let Err(error) = watcher.watch(served).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
        router: Router,
    ) -> Result<Response, Infallible> {
        // Who asks again before reading waits: no answer is made that nobody may read.
        self.seat.is_read().await;
        self.seat.goes_on();
        if self.peers == Peers::Proxy
            && let Some(client) = limits::forwarded(request.headers())
        {
            self.place.is_of(limits::network(client));
        }
        let mut request = request.map(|body| Body::new(PatientBody::new(body, &self.seat)));
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(Arc::clone(&self.seat));
        let response = router.oneshot(request).await?;
        let held = response.extensions().get::<Held>().copied().unwrap_or(Held::STREAM);
        self.place.holds(held.0, MAX_ANSWERS_BYTES);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn who_asks_many_times_without_reading_makes_no_work_and_gets_all_when_reading() {
        const ASKED: usize = 200;
        let answered = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&answered);
        let page = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::ready("page ".repeat(4000))
        };
        let router = Router::new().route("/", get(page));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router, None, Peers::Clients, std::future::pending()));

        let mut client = TcpStream::connect(address).await.unwrap();
        let ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(ASKED - 1);
        let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        client.write_all((ask + last).as_bytes()).await.unwrap();
        sleep(Duration::from_millis(300)).await;
        let unread = answered.load(Ordering::Relaxed);
        assert!((1..ASKED / 4).contains(&unread), "{unread} of {ASKED} answers, none read");
        let mut read = Vec::new();
        client.read_to_end(&mut read).await.unwrap();
        assert_eq!(answered.load(Ordering::Relaxed), ASKED);
        assert!(read.len() > ASKED * 20_000);
    }
}
