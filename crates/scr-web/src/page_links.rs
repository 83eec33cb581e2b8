//! Links to the pages of a list: all, or the first, the last and those around the current one.

/// Link to a page of a list, or a gap in the links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageLink {
    /// Number of the page; none for a gap.
    pub(crate) number: Option<usize>,
    /// Its address.
    pub(crate) href: String,
    /// True for the page itself.
    pub(crate) is_current: bool,
}

/// Number of the page that an address asks for: the nearest that there is.
pub(crate) fn current(asked: Option<&str>, n_pages: usize) -> usize {
    asked.and_then(|page| page.parse().ok()).unwrap_or(1_usize).clamp(1, n_pages.max(1))
}

/// Links to the pages of a list; none for a single page. `query` has the other options.
pub(crate) fn page_links(base: &str, query: &str, current: usize, n_pages: usize) -> Vec<PageLink> {
    if n_pages < 2 {
        return Vec::new();
    }
    let mut links = Vec::new();
    let mut last = 0;
    for number in (1..=n_pages).filter(|n| *n == 1 || *n == n_pages || n.abs_diff(current) <= 3) {
        if number > last + 1 {
            links.push(PageLink { number: None, href: String::new(), is_current: false });
        }
        last = number;
        let page = if number == 1 { String::new() } else { format!("page={number}") };
        let both: Vec<&str> = [query, &page].into_iter().filter(|part| !part.is_empty()).collect();
        let href = with_query(base, &both.join("&"));
        links.push(PageLink { number: Some(number), href, is_current: number == current });
    }
    links
}

/// Address with a query, which may be empty.
pub(crate) fn with_query(base: &str, query: &str) -> String {
    let separator = if query.is_empty() { "" } else { "?" };
    format!("{base}{separator}{query}")
}
