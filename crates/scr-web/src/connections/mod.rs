//! Connections of the server: TLS, a limit on their number, and progress deadlines.
//!
//! Knows no address of the site: a [`Router`] answers. HTTP/1.1 only; a proxy in front
//! may speak others. The main function is [`serve`].
//!
//! - `stream.rs`: answers whose client must read. - `body.rs`: bodies whose client must send.
//! - `progress.rs`: the deadline of both.

mod body;
mod progress;
mod stream;

use std::convert::Infallible;
use std::future::Future;
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

use crate::client;
use crate::slots::{ConnectionState, Slot, Slots};
use crate::tls::Tls;
pub(crate) use body::BodyTimeout;
use body::TimedBody;
use stream::TimedStream;

/// Concurrent connections.
const MAX_CONNECTIONS: usize = 512;
/// Concurrent connections of one client.
const MAX_CONNECTIONS_OF_CLIENT: usize = 128;
/// Buffered bytes of all answers that clients have not read.
const MAX_ANSWERS_BYTES: u64 = 64 << 20;
/// Buffered bytes of a streamed answer.
const STREAM_BYTES: u64 = 64 << 10;
/// Largest request head, and bytes per read or write.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Socket buffer for unsent bytes of an answer.
const UNSENT_BYTES: u32 = 16 << 10;
/// Deadline of the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Deadline of a request head; idle connections close after it too.
const HEAD: Duration = Duration::from_secs(20);
/// Deadline of pending requests at shutdown.
const GRACE: Duration = Duration::from_secs(20);
/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Peers of the server's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peers {
    /// Clients connect directly.
    Clients,
    /// A proxy connects and names the client of each request.
    Proxy,
}

/// Bytes of an answer that stay in memory until the client reads them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BufferedBytes(u64);

impl BufferedBytes {
    /// Size of a streamed answer, of any length.
    pub(crate) const STREAM: Self = Self(STREAM_BYTES);

    /// Layer that records the size of answers before compression.
    pub(crate) async fn note(mut response: Response) -> Response {
        let bytes = response.body().size_hint().exact();
        let held = bytes.map_or(Self::STREAM, Self);
        let known = response.extensions().get::<Self>().copied();
        response.extensions_mut().insert(known.unwrap_or(held));
        response
    }
}

/// Serves until `shutdown` completes; pending requests then have 20 s to finish. Every
/// request carries the [`ConnectInfo`] of its peer and the state of its connection. A
/// failed connection affects no other.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    peers: Peers,
    shutdown: impl Future<Output = ()> + Send,
) {
    let connections = GracefulShutdown::new();
    let slots = Slots::new(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_CLIENT);
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        let state = Arc::new(ConnectionState::default());
        let client = (peers == Peers::Clients).then(|| client::network(peer.ip()));
        let slot = slots.take(client, Arc::clone(&state));
        let connection = Connection { peer, peers, state: Arc::clone(&state), slot };
        let router = router.clone();
        let tls = tls.clone();
        let watcher = connections.watcher();
        tokio::spawn(async move {
            let conversation = async {
                match tls {
                    None => connection.converse(stream, router, watcher).await,
                    Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => connection.converse(stream, router, watcher).await,
                        Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                        Err(_) => tracing::debug!("TLS handshake timed out"),
                    },
                }
            };
            tokio::select! {
                () = conversation => {}
                () = state.evicted() => tracing::debug!("evicted a connection"),
            }
        });
    }
    drop(listener);
    if timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("closed pending requests at shutdown");
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Send small answers at once; without the option they leave later.
                let _ = stream.set_nodelay(true);
                bound_unread(&stream);
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Limits the socket buffer of an unread answer, and its time. Systems without these options
/// use their own limits.
fn bound_unread(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(stream);
        let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
        let _ = socket.set_tcp_user_timeout(Some(progress::GRACE));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

/// Connection with its slot.
struct Connection {
    peer: SocketAddr,
    peers: Peers,
    state: Arc<ConnectionState>,
    slot: Slot<IpAddr>,
}

impl Connection {
    /// Answers the requests of the connection.
    async fn converse(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        router: Router,
        watcher: Watcher,
    ) {
        let stream = TimedStream::new(stream, &self.state);
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
        // A client that sends requests without reading answers waits here.
        self.state.wait_until_read().await;
        self.state.reset_deadline();
        if self.peers == Peers::Proxy
            && let Some(client) = client::forwarded(request.headers())
        {
            self.slot.set_key(client::network(client));
        }
        let mut request = request.map(|body| Body::new(TimedBody::new(body, &self.state)));
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(Arc::clone(&self.state));
        let response = router.oneshot(request).await?;
        let held =
            response.extensions().get::<BufferedBytes>().copied().unwrap_or(BufferedBytes::STREAM);
        self.slot.set_buffered(held.0, MAX_ANSWERS_BYTES);
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
