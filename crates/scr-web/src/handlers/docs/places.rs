//! Addresses of pages and pictures, and targets of a page's links.

use scr_docs::{Kind, PAGES, Page};

/// The page of the API: that of the reference, followed by the operations.
pub(super) const API: &str = "/docs/api";

/// The address of a page.
pub(super) fn address(page: &Page) -> String {
    match (page.kind, page.name) {
        (Kind::Reference, "api") => API.to_owned(),
        (kind, name) => format!("/docs/{}/{name}", kind.folder()),
    }
}

/// The address of a page's link; none for a source file, which no site has.
pub(super) fn place(page: &Page, target: &str) -> Option<String> {
    if target.starts_with('#') || target.contains("://") || target.starts_with("mailto:") {
        return Some(target.to_owned());
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(f, a)| (f, Some(a)));
    let mut folders = vec![page.kind.folder()];
    for part in file.split('/') {
        match part {
            "." => {}
            // Above the documentation is the source.
            ".." => {
                folders.pop()?;
            }
            name => folders.push(name),
        }
    }
    let path = folders.join("/");
    if path.starts_with("images/") {
        return Some(format!("/docs/{path}"));
    }
    let linked = PAGES.iter().find(|page| page.path() == path)?;
    Some(anchor.map_or_else(|| address(linked), |anchor| format!("{}#{anchor}", address(linked))))
}
