//! Account pages: sign-up, sign-in, sign-out, profile, sessions, tokens.
//!
//! Each form is a plain POST; the answer is a redirect, or the page with its errors.
//! Browsers store none of these pages.

mod answers;
mod browser;
mod delete;
mod identity;
mod next_page;
mod overview;
mod own_data;
mod password;
mod profile;
mod reset;
mod sessions;
mod sign_in;
mod sign_up;
mod tokens;

pub(crate) use delete::delete;
pub(crate) use identity::{arrive, connect, disconnect, go_to_provider, identities, sign_up_with};
pub(crate) use overview::overview;
pub(crate) use own_data::own_data;
pub(crate) use profile::{set_name, set_password};
pub(crate) use reset::{new_password_form, reset, reset_form, set_new};
pub(crate) use sessions::{end_all_sessions, end_session};
pub(crate) use sign_in::{sign_in, sign_in_form, sign_out};
pub(crate) use sign_up::{confirm, confirm_form, sign_up, sign_up_form};
pub(crate) use tokens::{create_token, revoke_token};
