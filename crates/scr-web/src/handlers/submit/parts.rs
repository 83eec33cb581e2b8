//! The parts of a form, with a bound on what is kept of one that is not whole.
//!
//! The reader of forms keeps what it has until a head or a field's bytes are complete. A
//! head that never ends would fill the memory: here the reader gets no more when it has
//! taken in [`MAX_UNREAD_BYTES`] and given nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart};
use futures_util::stream::Stream;

use crate::bodies::{Unread, broken};
use crate::error::Failure;

/// The most bytes that a form's reader takes in and makes nothing of: a head, or what lies
/// before the first part.
const MAX_UNREAD_BYTES: usize = 64 << 10;

/// A form as it comes in.
pub(super) struct Parts {
    form: Multipart,
    unread: Arc<AtomicUsize>,
}

/// A part of a form.
pub(super) struct Part<'a> {
    field: Field<'a>,
    unread: &'a AtomicUsize,
}

impl Parts {
    pub(super) async fn of(body: Unread) -> Result<Self, Failure> {
        let unread = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&unread);
        let request = body.into_request().map(|body| {
            let inner = body.into_data_stream();
            Body::from_stream(Metered { inner, unread: counted, pauses: false })
        });
        let form = Multipart::from_request(request, &()).await;
        let form = form
            .map_err(|error| Failure::Body { status: error.status(), what: error.body_text() })?;
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
        Failure::Body { status, what } => {
            Failure::Body { status, what: format!("the form: {what}") }
        }
        other => other,
    }
}

/// A body that ends when its reader makes nothing of it.
struct Metered {
    inner: BodyDataStream,
    unread: Arc<AtomicUsize>,
    /// Whether the reader is to look at what it has before it gets more.
    pauses: bool,
}

impl Stream for Metered {
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
            let what = format!("a part has a head of more than {MAX_UNREAD_BYTES} bytes");
            return Poll::Ready(Some(Err(what.into())));
        }
        let next = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.pauses = true;
            self.unread.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        next.map_err(Into::into)
    }
}
