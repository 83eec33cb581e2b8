//! Parts of a multipart form, with a limit on the bytes of an incomplete part.
//!
//! The multipart reader buffers until a head or a chunk is complete, so a head without end
//! would fill the memory. Here the reader gets no more bytes after [`MAX_UNREAD_BYTES`]
//! without progress.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart};
use futures_util::stream::Stream;

use crate::bodies::{UnreadBody, broken};
use crate::error::Failure;

/// Most bytes that the multipart reader takes without progress: a head, or the text before
/// the first part.
const MAX_UNREAD_BYTES: usize = 64 << 10;

/// Multipart form, read as it arrives.
pub(super) struct Parts {
    form: Multipart,
    unread: Arc<AtomicUsize>,
}

/// Part of a multipart form.
pub(super) struct Part<'a> {
    field: Field<'a>,
    unread: &'a AtomicUsize,
}

impl Parts {
    pub(super) async fn of(body: UnreadBody) -> Result<Self, Failure> {
        let unread = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&unread);
        let request = body.into_request().map(|body| {
            let inner = body.into_data_stream();
            Body::from_stream(BoundedBody { inner, unread: counted, pauses: false })
        });
        let form = Multipart::from_request(request, &()).await;
        let form = form.map_err(|error| Failure::InvalidBody {
            status: error.status(),
            message: error.body_text(),
        })?;
        Ok(Self { form, unread })
    }

    pub(super) async fn next(&mut self) -> Result<Option<Part<'_>>, Failure> {
        let field = self.form.next_field().await.map_err(not_whole)?;
        self.unread.store(0, Ordering::Relaxed);
        Ok(field.map(|field| Part { field, unread: &self.unread }))
    }
}

impl Part<'_> {
    pub(super) fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let chunk = self.field.chunk().await.map_err(not_whole)?;
        self.unread.store(0, Ordering::Relaxed);
        Ok(chunk)
    }
}

fn not_whole(error: MultipartError) -> Failure {
    match broken(Box::new(error)) {
        Failure::InvalidBody { status, message } => {
            Failure::InvalidBody { status, message: format!("the form: {message}") }
        }
        other => other,
    }
}

/// Body that fails once its reader makes no progress.
struct BoundedBody {
    inner: BodyDataStream,
    unread: Arc<AtomicUsize>,
    /// True if the reader must look at its buffer before it gets more.
    pauses: bool,
}

impl Stream for BoundedBody {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        if std::mem::take(&mut self.pauses) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.unread.load(Ordering::Relaxed) > MAX_UNREAD_BYTES {
            let message = format!("a part has a head of more than {MAX_UNREAD_BYTES} bytes");
            return Poll::Ready(Some(Err(message.into())));
        }
        let next = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.pauses = true;
            self.unread.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        next.map_err(Into::into)
    }
}
