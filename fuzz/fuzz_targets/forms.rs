//! Forms of pages, by who is signed in: plain ones, and the one that comes with a file.

#![no_main]

use axum::http::StatusCode;
use libfuzzer_sys::fuzz_target;

const PLAIN: &str = "application/x-www-form-urlencoded";
const FORMS: [(&str, &str); 6] = [
    ("POST /benchmarks/BENCHMARK/submit", "multipart/form-data; boundary=B"),
    ("POST /benchmarks/BENCHMARK/publications", PLAIN),
    ("POST /benchmarks/BENCHMARK/terms", PLAIN),
    ("POST /feedback", PLAIN),
    ("POST /account/name", PLAIN),
    ("POST /account/tokens", PLAIN),
];

fuzz_target!(init: { scr_fuzz::site::prepare(); }, |data: &[u8]| {
    let Some((&which, body)) = data.split_first() else { return };
    let (address, kind) = FORMS[usize::from(which) % FORMS.len()];
    let status = scr_fuzz::site::ask(address, kind, body);
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{address}");
});
