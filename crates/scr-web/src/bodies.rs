//! Unread request bodies: authentication, scope, owner, state and quota are checked before the
//! body is read.
//!
//! The main type is [`UnreadBody`].

use std::error::Error;

use axum::body::Bytes;
use axum::extract::{Form, FromRequest, Json, Request};
use axum::http::{StatusCode, header};
use axum::{BoxError, RequestExt};
use futures_util::stream::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use std::convert::Infallible;

use crate::connections::BodyTimeout;
use crate::error::Failure;

/// Request body that is not read yet.
pub(crate) struct UnreadBody(Request);

impl<S: Sync> FromRequest<S> for UnreadBody {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl UnreadBody {
    /// Announced length in bytes.
    pub(crate) fn announced(&self) -> Option<u64> {
        let length = self.0.headers().get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// [`Failure::InvalidBody`].
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let read = Json::from_request(self.0, &()).await;
        read.map(|Json(value)| value).map_err(|error| Failure::InvalidBody {
            status: error.status(),
            message: error.body_text(),
        })
    }

    /// Reads a form.
    ///
    /// # Errors
    /// [`Failure::InvalidBody`].
    pub(crate) async fn form<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let read = Form::from_request(self.0, &()).await;
        read.map(|Form(value)| value).map_err(|error| Failure::InvalidBody {
            status: error.status(),
            message: error.body_text(),
        })
    }

    /// Reads the body as a stream.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<Bytes, Failure>> + Unpin {
        let body = self.0.into_limited_body().into_data_stream();
        body.map(|bytes| bytes.map_err(|error| broken(error.into())))
    }

    /// The request itself, for another reader.
    pub(crate) fn into_request(self) -> Request {
        self.0
    }
}

/// Failure of an incomplete body: too long, too slow, or a broken connection.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
pub(crate) fn broken(error: BoxError) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&*error);
    let mut root = String::new();
    while let Some(found) = cause {
        if found.is::<BodyTimeout>() {
            return Failure::InvalidBody {
                status: StatusCode::REQUEST_TIMEOUT,
                message: found.to_string(),
            };
        }
        if found.to_string() == "length limit exceeded" {
            let message = "the body is too long".to_owned();
            return Failure::InvalidBody { status: StatusCode::PAYLOAD_TOO_LARGE, message };
        }
        root = found.to_string();
        cause = found.source();
    }
    Failure::InvalidBody {
        status: StatusCode::BAD_REQUEST,
        message: format!("the body is incomplete: {root}"),
    }
}
