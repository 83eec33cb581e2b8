//! What everyone may send, as a form or as JSON, counted by where it comes from.
//!
//! A form has a field that is hidden from people: what fills it in is no person, but a
//! program that fills in every form. JSON has none: who sends it has read how.

use axum::Json;
use axum::extract::{Form, FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::sync::Arc;

use crate::error::Failure;
use crate::extractors::Options;
use crate::limits::{Client, Limit, Limits};
use crate::routes::SiteSettings;

/// The field that people do not see and leave empty.
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
        let request = counted(request, state).map_err(Failure::into_response)?;
        let form = Form::from_request(request, state).await;
        let fields = Options::of_form(form.map_err(IntoResponse::into_response)?);
        if fields.first(TRAP).is_some() {
            let what = format!("{TRAP}: expected nothing; the field is not for people");
            return Err(Failure::Wrong { what }.into_response());
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
        let request = counted(request, state).map_err(Failure::into_response)?;
        let json = Json::from_request(request, state).await;
        json.map(|Json(sent)| Self(sent)).map_err(IntoResponse::into_response)
    }
}

/// The request, where it is not one too many.
fn counted<S>(request: Request, state: &S) -> Result<Request, Failure>
where
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
{
    let (parts, body) = request.into_parts();
    let client = Client::of(&parts, &Arc::<SiteSettings>::from_ref(state));
    Arc::<Limits>::from_ref(state).check(Limit::FormFrom, &client.0)?;
    Ok(Request::from_parts(parts, body))
}
