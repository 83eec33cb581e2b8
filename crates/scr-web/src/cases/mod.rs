//! Cases: images of a benchmark in an order and after filters, for viewer and images page.
//!
//! - `order.rs`: words of orders in addresses. `choice.rs`: order and filters of an address.
//! - `columns.rs`: scores of single images, kept in memory. `scored.rs`: which there are.
//! - `list.rs`: ordered cases. `form.rs`: the form that chooses.

mod choice;
mod columns;
mod form;
mod list;
mod order;
mod scored;

/// Images of one page of the images page.
pub(crate) const PAGE_SIZE: usize = 120;

pub(crate) use choice::{CaseChoice, OPTIONS};
pub(crate) use columns::{Score, ScoreColumns, WHOLE_IMAGE};
pub(crate) use form::{CaseForm, titled};
pub(crate) use list::Cases;
pub(crate) use order::{CaseOrder, ScoreKey};
pub(crate) use scored::Scored;
