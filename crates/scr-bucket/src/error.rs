//! Failures of a bucket.

/// Failure of a bucket.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The address names no bucket.
    #[error("{address}: expected s3://BUCKET/PREFIX, found {found}")]
    Address {
        /// The address, without credentials.
        address: String,
        /// Fault of the address.
        found: &'static str,
    },
    /// A variable of the environment is missing.
    #[error("the environment has no {name}, expected credentials of {bucket}")]
    NoCredentials {
        /// Name of the variable.
        name: &'static str,
        /// The bucket.
        bucket: String,
    },
    /// The endpoint gives no answer.
    #[error("cannot reach {endpoint}: {reason}")]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// Reason.
        reason: String,
    },
    /// The endpoint refuses a request.
    #[error("cannot {doing} `{key}` in {bucket}: status {status}, {code}")]
    Refused {
        /// Operation: read, write, list, delete.
        doing: &'static str,
        /// The object, or the prefix.
        key: String,
        /// The bucket.
        bucket: String,
        /// HTTP status.
        status: u16,
        /// Error code of S3, or a word for it.
        code: String,
    },
    /// An object is larger than it may be.
    #[error("`{key}` in {bucket} has more than {most_bytes} bytes")]
    TooLarge {
        /// The object.
        key: String,
        /// The bucket.
        bucket: String,
        /// Limit in bytes.
        most_bytes: u64,
    },
    /// The answer is not one of S3.
    #[error("cannot read the answer of {endpoint}: {reason}")]
    Answer {
        /// The endpoint.
        endpoint: String,
        /// Reason.
        reason: String,
    },
}

impl BucketError {
    /// True if the same request may succeed later: nothing is wrong with it.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }

    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => {
                "give s3://BUCKET/PREFIX, its endpoint in AWS_ENDPOINT_URL or as ?endpoint=URL, and \
                 credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            }
            Self::NoCredentials { .. } => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one"
            }
            Self::Unreachable { .. } => {
                "look at AWS_ENDPOINT_URL and at the network; work goes on by itself"
            }
            Self::Refused { status: 401 | 403, .. } => {
                "the account must be allowed to get, put, list and delete objects of the bucket"
            }
            Self::Refused { status: 404, .. } => "make the bucket first, or look at its name",
            _ => "",
        }
    }
}
