//! JSON text of documents.

/// A document as JSON text: indented, with a line end. Numbers read back to the same f64.
pub(crate) fn to_json_text(document: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(document);
    text.expect("maps with text keys and finite numbers are always valid JSON") + "\n"
}
