//! Results that others scored, JSON, as `scr compare` and `scr report` read them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_documents::ResultDocument;
use scr_report::NamedResult;
use scr_report::comparison::{incomparable, method_values};
use scr_report::tables::{Width, result_tables};

fuzz_target!(|data: &[u8]| {
    let Ok(result) = serde_json::from_slice::<ResultDocument>(data) else { return };
    let _ = result_tables(&result, Width::Terminal);
    let named = |name: &str| NamedResult { name: name.to_owned(), result: result.clone() };
    let both = [named("a"), named("b")];
    if incomparable(&both).is_empty() {
        let _ = method_values(&both);
    }
});
