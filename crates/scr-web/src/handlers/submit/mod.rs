//! Submission form: data requirements, terms, card, file.
//!
//! Works without script as one POST; with script, `static/submit/` uploads the file in
//! chunks through the API, from the same fields.

mod form;
mod parts;
mod receive;

pub(crate) use form::form;
pub(crate) use receive::submit;
