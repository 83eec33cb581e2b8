//! An entry's results as files: the JSON that `scr evaluate` writes, and CSV.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use scr_report::ResultDocument;
use scr_store::EntryRow;

use crate::extractors::PublishedEntry;

/// Answers `/entries/ID/results.json`.
pub(crate) async fn results_json(PublishedEntry(entry): PublishedEntry) -> Response {
    file(&entry, "json", "application/json", entry.result.to_json())
}

/// Answers `/entries/ID/results.csv`.
pub(crate) async fn results_csv(PublishedEntry(entry): PublishedEntry) -> Response {
    file(&entry, "csv", "text/csv; charset=utf-8", images_csv(&entry.result))
}

fn file(entry: &EntryRow, extension: &str, content_type: &'static str, text: String) -> Response {
    let name: String =
        entry.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let disposition =
        HeaderValue::from_str(&format!("attachment; filename=\"{name}.{extension}\""))
            .expect("letters, digits and hyphens make a header value");
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, text).into_response()
}

/// One line an image: identifier, fold, then `OBJECT.MEASURE` and the measures
/// of whole images; empty where undefined.
fn images_csv(result: &ResultDocument) -> String {
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
