//! Forms and JSON that anyone may send, with a rate limit by client address.
//!
//! A form has a honeypot field, hidden from people: a program that fills every field fills
//! it too. JSON has none, since its sender has read the API.

use axum::Json;
use axum::extract::{Form, FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::sync::Arc;

use crate::client::Client;
use crate::error::Failure;
use crate::limits::{Limit, Limits};
use crate::options::Options;
use crate::settings::SiteSettings;

/// Honeypot field.
const TRAP: &str = "website";

/// The fields of a form for everyone.
pub(crate) struct PublicForm(pub(crate) Options);

impl<S> FromRequest<S> for PublicForm
where
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let request = counted(request, state).await.map_err(Failure::into_response)?;
        let form = Form::from_request(request, state).await;
        let fields = Options::of_form(form.map_err(IntoResponse::into_response)?);
        if fields.first(TRAP).is_some() {
            let message = format!("{TRAP}: expected nothing; the field is not for people");
            return Err(Failure::Unprocessable { message }.into_response());
        }
        Ok(Self(fields))
    }
}

/// JSON that everyone may send.
pub(crate) struct PublicJson<T>(pub(crate) T);

impl<S, T> FromRequest<S> for PublicJson<T>
where
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let request = counted(request, state).await.map_err(Failure::into_response)?;
        let json = Json::from_request(request, state).await;
        json.map(|Json(sent)| Self(sent)).map_err(IntoResponse::into_response)
    }
}

/// Counts the request against the rate limit.
async fn counted<S>(request: Request, state: &S) -> Result<Request, Failure>
where
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
{
    let (parts, body) = request.into_parts();
    let client = Client::of(&parts, &Arc::<SiteSettings>::from_ref(state));
    Arc::<Limits>::from_ref(state).check(Limit::FormFrom, &client.0).await?;
    Ok(Request::from_parts(parts, body))
}
