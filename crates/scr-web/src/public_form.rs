//! A form that everyone may send, guarded against programs that fill in every form.
//!
//! It is counted by where it comes from, and one of its fields is hidden from people:
//! what fills it in is no person.

use axum::extract::{Form, FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
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
        let (parts, body) = request.into_parts();
        let client = Client::of(&parts, &Arc::<SiteSettings>::from_ref(state));
        let counted = Arc::<Limits>::from_ref(state).check(Limit::FormFrom, &client.0);
        counted.map_err(Failure::into_response)?;
        let form = Form::from_request(Request::from_parts(parts, body), state).await;
        let fields = Options::of_form(form.map_err(IntoResponse::into_response)?);
        if fields.first(TRAP).is_some() {
            let what = format!("{TRAP}: expected nothing; the field is not for people");
            return Err(Failure::Wrong { what }.into_response());
        }
        Ok(Self(fields))
    }
}
