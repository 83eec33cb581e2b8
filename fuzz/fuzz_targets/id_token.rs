//! A provider's answer of OpenID Connect, as JSON; else the claims of its ID token.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    scr_web::fuzz::token_answer(data);
    scr_web::fuzz::claims(data);
});
