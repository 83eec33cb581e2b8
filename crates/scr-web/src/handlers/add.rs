//! Guide to adding results: layout of masks, local scoring, rules.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Protocol};
use scr_store::PublicStore;

use super::draw::page;
use crate::address;
use crate::error::Failure;

#[derive(Template)]
#[template(path = "add.html")]
struct AddPage {
    /// Protocols of the benchmarks, each once; two-fold where there is no benchmark.
    protocols: Vec<Protocol>,
    benchmarks: Vec<Layout>,
}

/// Layout of a set of masks for one benchmark.
struct Layout {
    title: String,
    href: String,
    download_href: String,
    /// Submission form; `None` if the benchmark takes no submissions.
    submit_href: Option<String>,
    phantom: bool,
    n_images: usize,
    structures: Vec<String>,
    first_image: String,
    n_masks: usize,
}

/// Answers `/add`.
pub(crate) async fn add(State(store): State<PublicStore>) -> Result<Response, Failure> {
    let rows = store.benchmarks().list().await?;
    let used = |protocol: &Protocol| rows.iter().any(|row| row.document.protocol() == *protocol);
    let mut protocols: Vec<Protocol> = Protocol::ALL.into_iter().filter(used).collect();
    if protocols.is_empty() {
        protocols.push(Protocol::TwoFold);
    }
    let mut benchmarks = Vec::with_capacity(rows.len());
    for row in rows {
        let accepts_submissions = store.benchmarks().accepts_submissions(&row.document).await?;
        benchmarks.push(layout(row.document, accepts_submissions));
    }
    page(&AddPage { protocols, benchmarks })
}

fn layout(document: BenchmarkDocument, accepts_submissions: bool) -> Layout {
    Layout {
        href: address::benchmark(&document.id, ""),
        download_href: address::benchmark(&document.id, "download"),
        submit_href: accepts_submissions.then(|| address::benchmark(&document.id, "submit")),
        phantom: document.phantom,
        n_images: document.images.len(),
        n_masks: document.images.len() * document.structures.len(),
        structures: document.structures.into_iter().map(|structure| structure.id).collect(),
        first_image: document.images.into_iter().next().map(|image| image.id).unwrap_or_default(),
        title: document.title,
    }
}
