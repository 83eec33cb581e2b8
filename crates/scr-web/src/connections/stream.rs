//! Byte stream of a connection, with a progress deadline for the reading client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::progress::ProgressDeadline;
use crate::slots::ConnectionState;

/// Stream that fails once its client stops reading.
pub(super) struct TimedStream<S> {
    inner: S,
    connection: Arc<ConnectionState>,
    deadline: ProgressDeadline,
}

impl<S> TimedStream<S> {
    pub(super) fn new(inner: S, connection: &Arc<ConnectionState>) -> Self {
        Self {
            inner,
            connection: Arc::clone(connection),
            deadline: ProgressDeadline::new(Arc::clone(connection)),
        }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.deadline.record_progress(bytes);
                self.connection.release(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.connection.mark_unread();
                ready!(self.deadline.poll_expired(context));
                Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the client does not read the answer",
                )))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Head and body have deadlines of their own; here the server may be at work.
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, pieces);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // With TLS the last bytes wait here.
        match Pin::new(&mut self.inner).poll_flush(context) {
            Poll::Pending => self.written(context, Poll::Pending).map_ok(|_| ()),
            flushed => {
                self.deadline.record_progress(0);
                self.connection.release(0);
                flushed
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.inner).poll_shutdown(context) {
            Poll::Pending => self.written(context, Poll::Pending).map_ok(|_| ()),
            shut => shut,
        }
    }
}
