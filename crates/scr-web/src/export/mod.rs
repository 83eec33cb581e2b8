//! Read-only copy of the public site as files, for any web server.
//!
//! Crawls the site's [`router`] as an anonymous visitor, from the front page along every link,
//! so that a copy has exactly the public pages. It leaves out parts that need a live site:
//! elements with the attribute `data-live`, forms that post, the addresses of `address.rs`, and
//! links to sort orders of tables that are not copied.
//!
//! - [`export`]: writes the folder, whole or not at all.

mod address;
mod page;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use scr_data::{DataError, Staging};
use scr_store::PublicStore;
use tower::ServiceExt;

use crate::assets;
use crate::routes::router;
use crate::settings::SiteSettings;
use address::{Target, file_of, relative};

/// Error of an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The site answered a linked address with an error.
    #[error("the site answered {address} with {status}, expected what its pages link to")]
    Answer {
        /// Requested address.
        address: String,
        /// Status of the answer.
        status: StatusCode,
    },
    /// A page is not valid HTML.
    #[error("cannot read the page {address} as HTML: {reason}")]
    Page {
        /// Requested address.
        address: String,
        /// Message of the HTML reader.
        reason: String,
    },
    /// The folder cannot be written.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Size of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportSummary {
    /// Pages for people.
    pub n_pages: usize,
    /// All files, pages among them.
    pub n_files: usize,
}

/// Writes a copy of the site over `store` into the folder `out`, which is new or
/// empty; it begins with `index.html`. Every page says that it is a copy of `date`,
/// and every link within is relative, so that the folder can lie at any address.
/// The same site and date give the same bytes.
///
/// `progress` gets the number of answers written, and of all known ones.
///
/// # Errors
/// [`ExportError`]; no folder `out` is left then.
pub async fn export(
    store: &PublicStore,
    out: &Path,
    date: &str,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<ExportSummary, ExportError> {
    // A unique plan, so that a run never resumes: the site may have changed since.
    let plan = format!("a copy of {date}, begun at {:?}", std::time::SystemTime::now());
    let staging = Staging::begin(out, &plan)?;
    let mut copy = Copy {
        router: router(store, SiteSettings::default()),
        date,
        staging,
        files: BTreeMap::new(),
    };
    copy.crawl(progress).await?;
    let n_pages = copy.relink()?;
    let n_files = copy.files.len();
    copy.staging.finish()?;
    Ok(ExportSummary { n_pages, n_files })
}

/// Copy in progress.
struct Copy<'a> {
    router: Router,
    date: &'a str,
    staging: Staging,
    /// Addresses that were answered, and the files in which the answers lie.
    files: BTreeMap<String, String>,
}

impl Copy<'_> {
    /// Writes the answer to every address that a page links to, links as they are.
    async fn crawl(
        &mut self,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<(), ExportError> {
        let assets = assets::names().map(|name| format!("/static/{name}"));
        let mut waiting: VecDeque<String> = ["/".to_owned()].into_iter().chain(assets).collect();
        let mut known: std::collections::BTreeSet<String> = waiting.iter().cloned().collect();
        while let Some(address) = waiting.pop_front() {
            if let Some((body, is_page)) = self.fetch(&address).await? {
                let file = file_of(&address, is_page);
                if is_page {
                    let failed = |reason| ExportError::Page { address: address.clone(), reason };
                    let html = page::without_live_parts(&body, self.date).map_err(failed)?;
                    for link in page::links(&html).map_err(failed)? {
                        if let Target::Within { address, .. } = Target::of(&link, &address)
                            && known.insert(address.clone())
                        {
                            waiting.push_back(address);
                        }
                    }
                    self.staging.write(&file, html.as_bytes())?;
                } else {
                    self.staging.write(&file, &body)?;
                }
                self.files.insert(address, file);
            }
            progress(known.len() - waiting.len(), known.len());
        }
        Ok(())
    }

    /// Answer for a stranger, and true for a page; `None` without content. The page of a
    /// withdrawn entry is a page.
    async fn fetch(&self, address: &str) -> Result<Option<(Bytes, bool)>, ExportError> {
        let request = Request::get(address).body(Body::empty());
        let Ok(request) = request else { return Ok(None) };
        let answer = self.router.clone().oneshot(request).await;
        let (parts, body) = answer.unwrap_or_else(|never| match never {}).into_parts();
        let failed = |status| ExportError::Answer { address: address.to_owned(), status };
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let is_page = content_type.is_some_and(|of| of.as_bytes().starts_with(b"text/html"));
        match parts.status {
            StatusCode::OK => {}
            StatusCode::GONE if is_page => {}
            status if status.is_server_error() => return Err(failed(status)),
            _ => return Ok(None),
        }
        let body = axum::body::to_bytes(body, usize::MAX).await;
        Ok(Some((body.map_err(|_| failed(parts.status))?, is_page)))
    }

    /// Turns the links of every page into relative ones; returns how many pages.
    fn relink(&self) -> Result<usize, ExportError> {
        let pages = self.files.iter().filter(|(_, file)| file.ends_with(".html"));
        let mut n_pages = 0;
        for (address, file) in pages {
            let bytes = scr_data::files::read_file(&self.staging.folder().join(file))
                .map_err(DataError::from)?;
            let html = page::relinked(&bytes, |link| match Target::of(link, address) {
                Target::Elsewhere => Some(link.to_owned()),
                Target::Within { address, tail } => {
                    Some(relative(file, self.files.get(&address)?) + &tail)
                }
                Target::NotCopied => None,
            });
            let html =
                html.map_err(|reason| ExportError::Page { address: address.clone(), reason })?;
            self.staging.write(file, html.as_bytes())?;
            n_pages += 1;
        }
        Ok(n_pages)
    }
}
