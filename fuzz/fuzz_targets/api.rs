//! Bodies of the API, by a caller with every right: a line with the address, then the body.

#![no_main]

use axum::http::StatusCode;
use libfuzzer_sys::fuzz_target;

const ADDRESSES: [&str; 11] = [
    "POST /api/v1/benchmarks/BENCHMARK/submissions",
    "PUT /api/v1/submissions/SUBMISSION/file?offset=0",
    "POST /api/v1/submissions/SUBMISSION/complete",
    "POST /api/v1/submissions/SUBMISSION/confirm",
    "POST /api/v1/submissions/SUBMISSION/review",
    "POST /api/v1/submissions/SUBMISSION/withdraw",
    "POST /api/v1/benchmarks/BENCHMARK/terms",
    "POST /api/v1/benchmarks/BENCHMARK/publications",
    "POST /api/v1/feedback",
    "POST /api/v1/account/name",
    "POST /api/v1/jobs/SUBMISSION/cancel",
];

fuzz_target!(init: { scr_fuzz::site::prepare(); }, |data: &[u8]| {
    let Some((&which, body)) = data.split_first() else { return };
    let address = ADDRESSES[usize::from(which) % ADDRESSES.len()];
    let status = scr_fuzz::site::ask(address, "application/json", body);
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{address}");
});
