//! Feedback: messages of readers to the operator.

use serde::{Deserialize, Serialize};

/// Messages of readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageList {
    /// The last first.
    pub messages: Vec<SentMessage>,
    /// Address of the messages that follow; none at the end.
    pub next: Option<String>,
}

/// A reader's message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentMessage {
    /// Identifier.
    pub id: String,
    /// The benchmark that it is about; empty where it is about the site.
    pub benchmark: String,
    /// Address for an answer; empty where none is wanted.
    pub reply_to: String,
    /// The message.
    pub message: String,
    /// Time of arrival, RFC 3339.
    pub sent_at: String,
}
