//! Request body with a progress deadline.
//!
//! An unread body of a refused request is drained for a while: a client that is still
//! sending reads the answer only then.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::progress::{GRACE, ProgressDeadline};
use crate::slots::ConnectionState;

/// Most bytes of a refused body that are drained before the connection closes: an upload
/// chunk.
const MAX_DRAINED_BYTES: usize = 8 << 20;

/// Request body that fails once its client stops sending.
pub(super) struct TimedBody {
    /// Incoming body; `None` after its end.
    incoming: Option<TimedIncoming>,
}

struct TimedIncoming {
    inner: Incoming,
    deadline: ProgressDeadline,
}

/// Error of a body that did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the client sent nothing more in time")]
pub(crate) struct BodyTimeout;

impl TimedBody {
    pub(super) fn new(inner: Incoming, connection: &Arc<ConnectionState>) -> Self {
        let deadline = ProgressDeadline::new(Arc::clone(connection));
        let incoming = (!inner.is_end_stream()).then_some(TimedIncoming { inner, deadline });
        Self { incoming }
    }
}

impl TimedIncoming {
    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            ready!(self.deadline.poll_expired(context));
            return Poll::Ready(Some(Err(BodyTimeout.into())));
        };
        if let Some(Ok(frame)) = &frame {
            self.deadline.record_progress(frame.data_ref().map_or(0, Bytes::len));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    async fn drain(mut self) {
        let mut drained = 0;
        while drained < MAX_DRAINED_BYTES {
            let Some(Ok(frame)) = poll_fn(|context| self.poll_frame(context)).await else { return };
            drained += frame.data_ref().map_or(0, Bytes::len);
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let frame = ready!(incoming.poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.incoming = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(|incoming| incoming.inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let none = || SizeHint::with_exact(0);
        self.incoming.as_ref().map_or_else(none, |incoming| incoming.inner.size_hint())
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        let unread = self.incoming.take().filter(|incoming| !incoming.inner.is_end_stream());
        if let (Some(unread), Ok(runtime)) = (unread, Handle::try_current()) {
            runtime.spawn(timeout(GRACE, unread.drain()));
        }
    }
}
