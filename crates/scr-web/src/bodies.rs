//! The body of a request that is not read before its sender is known to be allowed to
//! send it: token or session, scope, owner, state and quota come first.
//!
//! The main type is [`Unread`].

use std::error::Error;

use axum::body::Bytes;
use axum::extract::{Form, FromRequest, Json, Request};
use axum::http::{StatusCode, header};
use axum::{BoxError, RequestExt};
use futures_util::stream::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use std::convert::Infallible;

use crate::connections::Stalled;
use crate::error::Failure;

/// A body that nothing was read of.
pub(crate) struct Unread(Request);

impl<S: Sync> FromRequest<S> for Unread {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Unread {
    /// Its length in bytes, where it is announced.
    pub(crate) fn announced(&self) -> Option<u64> {
        let length = self.0.headers().get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// [`Failure::Body`].
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let read = Json::from_request(self.0, &()).await;
        read.map(|Json(value)| value)
            .map_err(|error| Failure::Body { status: error.status(), what: error.body_text() })
    }

    /// Reads a form.
    ///
    /// # Errors
    /// [`Failure::Body`].
    pub(crate) async fn form<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let read = Form::from_request(self.0, &()).await;
        read.map(|Form(value)| value)
            .map_err(|error| Failure::Body { status: error.status(), what: error.body_text() })
    }

    /// Reads it bit by bit.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<Bytes, Failure>> + Unpin {
        let body = self.0.into_limited_body().into_data_stream();
        body.map(|bytes| bytes.map_err(|error| broken(error.into())))
    }

    /// The request as it is, for a reader of its own.
    pub(crate) fn into_request(self) -> Request {
        self.0
    }
}

/// A body that did not come in whole: too long, too slow, or its connection broke.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
pub(crate) fn broken(error: BoxError) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&*error);
    let mut root = String::new();
    while let Some(found) = cause {
        if found.is::<Stalled>() {
            return Failure::Body { status: StatusCode::REQUEST_TIMEOUT, what: found.to_string() };
        }
        if found.to_string() == "length limit exceeded" {
            let what = "it is longer than is taken here".to_owned();
            return Failure::Body { status: StatusCode::PAYLOAD_TOO_LARGE, what };
        }
        root = found.to_string();
        cause = found.source();
    }
    Failure::Body {
        status: StatusCode::BAD_REQUEST,
        what: format!("it did not come in whole: {root}"),
    }
}
