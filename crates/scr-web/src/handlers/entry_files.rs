//! Entry files: results as CSV and as the JSON of `scr evaluate`, and citations. The
//! citation of a withdrawn entry remains.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use scr_documents::ResultDocument;
use scr_store::PublicStore;
use std::sync::Arc;

use crate::citation;
use crate::error::Failure;
use crate::extractors::benchmark_of;
use crate::extractors::{AnyEntry, PublishedEntry};
use crate::settings::SiteSettings;

/// Records of BibTeX.
pub(super) const BIBTEX: &str = "application/x-bibtex; charset=utf-8";

/// Answers `/entries/ID/results.json`.
pub(crate) async fn results_json(PublishedEntry(entry): PublishedEntry) -> Response {
    let name = format!("{}.json", plain(&entry.id));
    file(&name, "application/json", entry.result.to_json())
}

/// Answers `/entries/ID/results.csv`.
pub(crate) async fn results_csv(PublishedEntry(entry): PublishedEntry) -> Response {
    let name = format!("{}.csv", plain(&entry.id));
    file(&name, "text/csv; charset=utf-8", images_csv(&entry.result))
}

/// Answers `/entries/ID/cite.bib`.
pub(crate) async fn cite_bib(
    State(store): State<PublicStore>,
    State(site): State<Arc<SiteSettings>>,
    AnyEntry(entry): AnyEntry,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &entry.benchmark_id).await?;
    let name = format!("{}.bib", plain(&entry.id));
    Ok(file(&name, BIBTEX, citation::of_entry(&entry, &benchmark, &site).to_string()))
}

/// Answers `/entries/ID/CITATION.cff`.
pub(crate) async fn citation_cff(
    State(store): State<PublicStore>,
    State(site): State<Arc<SiteSettings>>,
    AnyEntry(entry): AnyEntry,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &entry.benchmark_id).await?;
    let text = citation::citation_cff(&entry, &benchmark, &site);
    Ok(file("CITATION.cff", "application/yaml", text))
}

/// Download named `name`, of letters, digits, hyphens and dots.
pub(in crate::handlers) fn file(
    name: &str,
    content_type: &'static str,
    content: impl Into<Body>,
) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .expect("letters, digits, hyphens and dots make a header value");
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content.into()).into_response()
}

/// An identifier as the name of a file.
pub(in crate::handlers) fn plain(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

/// CSV with a line per image: identifier, fold, `OBJECT.MEASURE` columns and the measures
/// of whole images; empty cells for undefined values.
pub(in crate::handlers) fn images_csv(result: &ResultDocument) -> String {
    let mut heads = vec!["image".to_owned(), "fold".to_owned()];
    for (object, measures) in &result.objects {
        heads.extend(measures.keys().map(|measure| format!("{object}.{measure}")));
    }
    heads.extend(result.image_measures.keys().cloned());
    let mut text = line(heads);
    for image in result.images.iter().flatten() {
        let mut cells = vec![image.image.clone(), image.fold.to_string()];
        let written =
            |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        for (object, measures) in &result.objects {
            let values = image.objects.get(object);
            cells.extend(measures.keys().map(|measure| {
                written(values.and_then(|values| values.get(measure).copied().flatten()))
            }));
        }
        cells.extend(
            result
                .image_measures
                .keys()
                .map(|measure| written(image.image_measures.get(measure).copied().flatten())),
        );
        text.push_str(&line(cells));
    }
    text
}

fn line(cells: Vec<String>) -> String {
    let quoted = cells.into_iter().map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}
