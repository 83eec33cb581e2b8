//! Link targets in a copy, and the file of each answer.
//!
//! Knows the site's options by name, and no page. An option either gives a separate answer
//! (`measures`, `fold`, `page`), or belongs to the viewer's script, or names a version. Addresses with
//! any other option, such as a sort order, are not copied.

use url::Url;

use crate::address::DRAWN;
use crate::cases;

/// Prefixes of addresses that are never copied: accounts and their work.
const NOT_COPIED: [&str; 7] =
    ["/account", "/submissions", "/review", "/operate", "/feedback", "/privacy", "/terms"];

/// Options whose values give separate pages in the copy.
const PAGES: [&str; 3] = ["measures", "fold", "page"];
/// Options of the view of one image, which the viewer's script reads in the browser in addition
/// to those of its layers and of the order of images.
const VIEW: [&str; 3] = ["zoom", "x", "y"];
/// Base URL for parsing relative links.
const SITE: &str = "http://site.invalid";

/// Target of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another site, or a place on the same page.
    Elsewhere,
    /// The answer to `address`, with a query for the script or a place on it.
    Within {
        /// Path, with the query if it gives a separate page.
        address: String,
        /// Query and fragment after the file name, with `?` and `#`.
        tail: String,
    },
    /// Address outside the copy.
    NotCopied,
}

impl Target {
    /// Target of `link` on the page at `address`.
    pub(super) fn of(link: &str, address: &str) -> Self {
        if link.starts_with('#') {
            return Self::Elsewhere;
        }
        let site = Url::parse(SITE).expect("it is an address");
        let Ok(url) = site.join(address).and_then(|page| page.join(link)) else {
            return Self::NotCopied;
        };
        if url.origin() != site.origin() {
            return Self::Elsewhere;
        }
        let path = url.path();
        let is_left_out = NOT_COPIED.iter().any(|start| {
            path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        // Identifiers are plain names; other names could denote another file on some systems.
        // An at sign is part of a measure's key.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._@".contains(&byte);
        if is_left_out || !path.bytes().all(is_plain) {
            return Self::NotCopied;
        }
        let options: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let is_viewers = |name: &str| {
            [&DRAWN[..], &VIEW, &cases::OPTIONS].iter().any(|options| options.contains(&name))
        };
        let is_view = is_view(path);
        let mut address = path.to_owned();
        let mut tail = String::new();
        match options.as_slice() {
            [] => {}
            [(name, _)] if name == "v" => {}
            [(name, value)]
                if !is_view && PAGES.contains(&&**name) && value.bytes().all(is_plain) =>
            {
                address += &format!("?{name}={value}");
            }
            _ if is_view && options.iter().all(|(name, _)| is_viewers(name)) => {
                tail += &format!("?{}", url.query().unwrap_or_default());
            }
            _ => return Self::NotCopied,
        }
        if let Some(place) = url.fragment() {
            tail += &format!("#{place}");
        }
        Self::Within { address, tail }
    }
}

/// True for the path of the image browser on one image.
fn is_view(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    matches!(parts.as_slice(), ["benchmarks", _, "browse", _])
}

/// File of the answer at an address: a folder's index for pages, and for answers without an
/// extension.
pub(super) fn file_of(address: &str, is_page: bool) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let folder = path.trim_matches('/');
    let name = folder.rsplit('/').next().unwrap_or_default();
    if !is_page
        && let Some((stem, extension)) = folder.rsplit_once('.').filter(|_| name.contains('.'))
    {
        return match query {
            "" => folder.to_owned(),
            query => format!("{stem}.{}.{extension}", query.replace('=', "-")),
        };
    }
    let option =
        if query.is_empty() { String::new() } else { format!(".{}", query.replace('=', "-")) };
    let ending = if is_page { "html" } else { "json" };
    let index = format!("index{option}.{ending}");
    if folder.is_empty() { index } else { format!("{folder}/{index}") }
}

/// Relative path from one file to another, both in the same folder.
pub(super) fn relative(from: &str, to: &str) -> String {
    let within = |file: &str| Url::parse(SITE).and_then(|site| site.join(file));
    let way = within(from).ok().zip(within(to).ok()).and_then(|(from, to)| from.make_relative(&to));
    // An empty path would lead to the folder instead of the file itself.
    way.filter(|way| !way.is_empty())
        .unwrap_or_else(|| to.rsplit('/').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(address: &str, tail: &str) -> Target {
        Target::Within { address: address.to_owned(), tail: tail.to_owned() }
    }

    #[test]
    fn a_query_is_a_page_or_the_scripts_or_not_copied() {
        let of = |link| Target::of(link, "/benchmarks/b/results");
        assert_eq!(of("/entries/e#images"), within("/entries/e", "#images"));
        assert_eq!(of("?measures=all"), within("/benchmarks/b/results?measures=all", ""));
        assert_eq!(of("?"), within("/benchmarks/b/results", ""));
        assert_eq!(of("/api/v1/x.png?v=00ff"), within("/api/v1/x.png", ""));
        let shown = "/benchmarks/b/browse/x?entries=a,b&zoom=2";
        assert_eq!(of(shown), within("/benchmarks/b/browse/x", "?entries=a,b&zoom=2"));
        let ordered = "/benchmarks/b/browse/x?order=worst:heart/overlap:e&fold=1";
        let tail = "?order=worst:heart/overlap:e&fold=1";
        assert_eq!(of(ordered), within("/benchmarks/b/browse/x", tail));
        assert_eq!(
            of("/benchmarks/b/browse/x?fold=1"),
            within("/benchmarks/b/browse/x", "?fold=1")
        );
        assert_eq!(of("/benchmarks/b/browse?fold=1"), within("/benchmarks/b/browse?fold=1", ""));
        assert_eq!(of("/benchmarks/b/browse?order=name"), Target::NotCopied);
        let column = "/api/v1/entries/e/scores/heart/nsd@2px.json";
        assert_eq!(of(column), within(column, ""));
        assert_eq!(of("?sort=overlap.mean&order=asc"), Target::NotCopied);
        assert_eq!(of("?measures=..%2F..%2Fx%3F"), Target::NotCopied);
    }

    #[test]
    fn other_sites_are_left_as_they_are_and_peoples_pages_left_out() {
        let of = |link| Target::of(link, "/");
        for link in ["https://doi.org/10.1/2", "#main", "mailto:a@example.org", "//other.org/x"] {
            assert_eq!(of(link), Target::Elsewhere, "{link}");
        }
        for link in ["/account", "/account/tokens", "/feedback?x=1", "/entries/a%2Fb"] {
            assert_eq!(of(link), Target::NotCopied, "{link}");
        }
        assert_eq!(of("/accounts-of-lungs"), within("/accounts-of-lungs", ""));
    }

    #[test]
    fn every_answer_has_a_file_and_ways_between_files_are_relative() {
        assert_eq!(file_of("/", true), "index.html");
        assert_eq!(
            file_of("/benchmarks/b/browse?fold=1", true),
            "benchmarks/b/browse/index.fold-1.html"
        );
        assert_eq!(
            file_of("/benchmarks/b/browse/x.png", true),
            "benchmarks/b/browse/x.png/index.html"
        );
        assert_eq!(file_of("/api/v1/benchmarks/b", false), "api/v1/benchmarks/b/index.json");
        assert_eq!(file_of("/static/style.css", false), "static/style.css");
        assert_eq!(file_of("/plots/boxes-heart.svg?page=2", false), "plots/boxes-heart.page-2.svg");
        assert_eq!(relative("index.html", "static/style.css"), "static/style.css");
        assert_eq!(relative("entries/e/index.html", "index.html"), "../../index.html");
        assert_eq!(relative("a/index.html", "a/index.html"), "index.html");
    }
}
