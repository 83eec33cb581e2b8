//! Pages of long lists in the order of time and identifier: the place after which a page begins,
//! and the address of the next one.

use jiff::Timestamp;

use crate::address;
use crate::options::Options;
use crate::page_links::with_query;

/// Rows of a page.
pub(crate) const ROWS_A_PAGE: u32 = 50;

/// Place that a text names, as [`place_text`] writes it; none when it names none.
pub(crate) fn read_place(text: &str) -> Option<(&str, &str)> {
    text.split_once(',').filter(|(time, _)| time.parse::<Timestamp>().is_ok())
}

/// Text of a place in an address.
pub(crate) fn place_text(time: &str, id: &str) -> String {
    format!("{time},{id}")
}

/// Cuts a list that was read with one item more than the limit. Returns the last item of the page
/// if more follow.
pub(crate) fn cut<T>(items: &mut Vec<T>, limit: u32) -> Option<&T> {
    let has_more = items.len() > limit as usize;
    items.truncate(limit as usize);
    items.last().filter(|_| has_more)
}

/// Links of a page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListLinks {
    /// First page; none on that page itself.
    pub(crate) first: Option<String>,
    /// Next page; none on the last one.
    pub(crate) next: Option<String>,
}

impl ListLinks {
    /// Links of the list at `path`, whose place is the option `name`; `next` is the place of the
    /// last item if more follow.
    pub(crate) fn new(path: &str, options: &Options, name: &str, next: Option<String>) -> Self {
        // A place may be after an anchor of the page.
        let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
        let hash = if anchor.is_empty() { "" } else { "#" };
        let to = |query: &str| format!("{}{hash}{anchor}", with_query(path, query));
        Self {
            first: options.first(name).map(|_| to("")),
            next: next.map(|place| to(&address::query([(name, place.as_str())]))),
        }
    }
}
