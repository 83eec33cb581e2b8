//! Navigation of the documentation.

use scr_docs::{Kind, PAGES, Page};

use super::places::address;

/// Kinds with their pages.
pub(super) struct Navigation {
    pub(super) kinds: Vec<NavigationKind>,
}

pub(super) struct NavigationKind {
    pub(super) title: &'static str,
    pub(super) pages: Vec<NavigationPage>,
}

pub(super) struct NavigationPage {
    /// Title without what follows a colon.
    pub(super) title: &'static str,
    pub(super) href: String,
    pub(super) is_current: bool,
}

impl Navigation {
    /// The navigation on the page at `current`.
    pub(super) fn at(current: &str) -> Self {
        let page = |page: &Page| {
            let href = address(page);
            let title = page.title().split(": ").next().unwrap_or_default();
            NavigationPage { title, is_current: href == current, href }
        };
        let kind = |kind: Kind| NavigationKind {
            title: kind.title(),
            pages: PAGES.iter().filter(|page| page.kind == kind).map(page).collect(),
        };
        Self { kinds: Kind::ALL.map(kind).into() }
    }
}
