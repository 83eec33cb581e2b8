//! Objects of one S3 bucket, below one prefix.
//!
//! Reads and writes whole objects of bounded size, lists and deletes them; nothing else of S3.
//! Knows no benchmark and no entry, and speaks to the bucket's endpoint alone. All calls block.
//!
//! - [`Bucket`]: the client. [`BucketAddress`]: place of the bucket, with credentials that no
//!   text shows. [`BucketError`]: failures.
//!
//! Requests are signed with AWS Signature Version 4, which covers the SHA-256 of the body: the
//! endpoint refuses bytes that were changed on their way. A request that fails for a reason that
//! passes (no connection, a status of 500 and more, 429) is repeated with a growing pause.

mod address;
mod client;
mod error;
mod listing;
mod signature;

pub use address::BucketAddress;
pub use client::{Bucket, ListedObject, ObjectPage, PutOutcome, ReadObject};
pub use error::BucketError;
