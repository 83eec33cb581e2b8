//! AWS Signature Version 4 in the `Authorization` header.
//!
//! Source: AWS, "Authenticating Requests: Using the Authorization Header", Amazon S3 API
//! Reference. The tests are the examples there.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::address::BucketAddress;

/// Parts of a request that the signature covers.
pub(crate) struct SignedRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// Path, encoded.
    pub(crate) path: &'a str,
    /// Query in the order of names, encoded; empty without one.
    pub(crate) query: &'a str,
    /// SHA-256 of the body in hexadecimal digits.
    pub(crate) body_sha256: &'a str,
    /// Time as `20130524T000000Z`.
    pub(crate) time: &'a str,
}

/// Value of the `Authorization` header.
pub(crate) fn authorization(address: &BucketAddress, request: &SignedRequest<'_>) -> String {
    let SignedRequest { method, host, path, query, body_sha256, time } = request;
    let mut headers =
        format!("host:{host}\nx-amz-content-sha256:{body_sha256}\nx-amz-date:{time}\n");
    let mut names = String::from("host;x-amz-content-sha256;x-amz-date");
    if let Some(token) = &address.session_token {
        headers += &format!("x-amz-security-token:{token}\n");
        names += ";x-amz-security-token";
    }
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{body_sha256}");
    let (day, region) = (&time[..8.min(time.len())], &address.region);
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let mut key = hmac(format!("AWS4{}", address.secret).as_bytes(), day);
    for part in [region.as_str(), "s3", "aws4_request"] {
        key = hmac(&key, part);
    }
    let signature = hex(&hmac(&key, &text));
    let key_id = &address.key_id;
    format!(
        "AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, \
         Signature={signature}"
    )
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Text in the encoding of queries: all but letters, digits and `-._~` as `%XX`.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The account of the examples.
    fn address() -> BucketAddress {
        let address = BucketAddress::parse("s3://examplebucket", |name| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIAIOSFODNN7EXAMPLE".into()),
            "AWS_SECRET_ACCESS_KEY" => Some("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into()),
            _ => None,
        });
        address.unwrap()
    }

    #[test]
    fn the_examples_of_the_reference_have_their_signatures() {
        for (query, signature) in [
            ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            (
                "max-keys=2&prefix=J",
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            ),
        ] {
            let request = SignedRequest {
                method: "GET",
                host: "examplebucket.s3.amazonaws.com",
                path: "/",
                query,
                body_sha256: &sha256(b""),
                time: "20130524T000000Z",
            };
            let found = authorization(&address(), &request);
            assert!(found.ends_with(&format!("Signature={signature}")), "{found}");
            let scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
            assert!(found.contains(scope), "{found}");
        }
    }

    #[test]
    fn signs_of_queries_are_encoded() {
        assert_eq!(encoded("a b/c~d+é"), "a%20b%2Fc~d%2B%C3%A9");
    }
}
