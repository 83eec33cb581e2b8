//! The body of a request, which ends when its client does not send.
//!
//! A body that nobody reads to its end, because the request was refused before, is thrown
//! away for a while: a client that is still sending hears the answer only then.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::patience::{GRACE, Patience};
use crate::places::Seat;

/// Bytes of a refused body that are thrown away before the connection is closed: a piece
/// of a file.
const MAX_THROWN_BYTES: usize = 8 << 20;

/// A body whose sender is waited for, to a degree.
pub(super) struct PatientBody {
    /// None after its end.
    incoming: Option<PatientIncoming>,
}

struct PatientIncoming {
    inner: Incoming,
    patience: Patience,
}

/// A body of which nothing more came.
#[derive(Debug, thiserror::Error)]
#[error("nothing more of it came in time")]
pub(crate) struct Stalled;

impl PatientBody {
    pub(super) fn new(inner: Incoming, seat: &Arc<Seat>) -> Self {
        let patience = Patience::new(Arc::clone(seat));
        let incoming = (!inner.is_end_stream()).then_some(PatientIncoming { inner, patience });
        Self { incoming }
    }
}

impl PatientIncoming {
    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            ready!(self.patience.poll_over(context));
            return Poll::Ready(Some(Err(Stalled.into())));
        };
        if let Some(Ok(frame)) = &frame {
            self.patience.moved(frame.data_ref().map_or(0, Bytes::len));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    async fn throw_away(mut self) {
        let mut thrown = 0;
        while thrown < MAX_THROWN_BYTES {
            let Some(Ok(frame)) = poll_fn(|context| self.poll_frame(context)).await else { return };
            thrown += frame.data_ref().map_or(0, Bytes::len);
        }
    }
}

impl Body for PatientBody {
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

impl Drop for PatientBody {
    fn drop(&mut self) {
        let unread = self.incoming.take().filter(|incoming| !incoming.inner.is_end_stream());
        if let (Some(unread), Ok(runtime)) = (unread, Handle::try_current()) {
            runtime.spawn(timeout(GRACE, unread.throw_away()));
        }
    }
}
