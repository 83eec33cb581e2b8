//! Card input: a submitter's statements on a method, and their validation.
//!
//! Follows no link and reads no file.

use scr_documents::{CardDocument, ModelAccess, Protocol};
use scr_store::{BenchmarkRow, NAME_RULE, PublicStore, UserRow, is_plain_name};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::field_error::FieldError;
use crate::rights::has_accepted_terms;
use crate::rights::terms_version;

/// Largest file, in bytes.
pub(crate) const MAX_FILE_BYTES: u64 = 2 << 30;
/// Longest name, and longest other text of a card, in characters.
pub(crate) const MAX_NAME: usize = 200;
pub(crate) const MAX_TEXT: usize = 20_000;
const MAX_AUTHORS: usize = 100;

/// Card of a submission, as sent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardInput {
    /// Name in tables.
    pub(crate) name: String,
    /// Authors.
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    /// Description, as Markdown.
    #[serde(default)]
    pub(crate) description: String,
    /// Publication: a DOI or an address.
    #[serde(default)]
    pub(crate) reference: String,
    /// Address of the source code.
    #[serde(default)]
    pub(crate) code: String,
    /// Training data and procedure.
    #[serde(default)]
    pub(crate) training: String,
    /// Declaration that the method kept the benchmark's protocol: two-fold, it was trained and
    /// tuned on one fold only to segment the other.
    #[serde(default, alias = "protocol_declaration")]
    pub(crate) two_fold_declaration: bool,
}

/// Submission request, without the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Intent {
    /// Card.
    pub(crate) card: CardInput,
    /// Entry that it corrects.
    pub(crate) corrects: Option<String>,
    /// True if the request accepts the terms.
    pub(crate) accepts_terms: bool,
    /// Access to the model, where a model is submitted in place of masks.
    pub(crate) model: Option<ModelAccess>,
}

/// Error of a file size, which is at most [`MAX_FILE_BYTES`].
pub(crate) fn size_error(size_bytes: u64) -> Option<FieldError> {
    match size_bytes {
        0 => Some(FieldError::new(
            "size_bytes",
            "required: the zip file of the masks or of the model",
        )),
        size if size <= MAX_FILE_BYTES => None,
        _ => {
            let message = format!("expected at most {MAX_FILE_BYTES} bytes, found {size_bytes}");
            Some(FieldError::new("size_bytes", message))
        }
    }
}

impl Intent {
    /// Records the acceptance of the terms, and returns the valid card or all errors.
    ///
    /// # Errors
    /// [`Failure::NotScored`] if the benchmark takes no submissions; failures of the store.
    pub(crate) async fn checked(
        &self,
        store: &PublicStore,
        benchmark: &BenchmarkRow,
        user: &UserRow,
    ) -> Result<Result<CardDocument, Vec<FieldError>>, Failure> {
        let id = &benchmark.document.id;
        if self.accepts_terms {
            store
                .acceptances()
                .accept(&user.id, id, &terms_version(&benchmark.document.terms))
                .await?;
        }
        let mut errors = self.card.errors(benchmark.document.protocol());
        if !has_accepted_terms(store, &benchmark.document, user).await? {
            let message = "required: acceptance of the benchmark's terms";
            errors.push(FieldError::new("accept_terms", message));
        }
        if self.model.is_some() && benchmark.document.models.is_none() {
            let message = "expected masks: this benchmark takes no models";
            errors.push(FieldError::new("model", message));
        }
        if let Some(entry) = &self.corrects
            && !store.submissions().is_entry_of(&user.id, id, entry).await?
        {
            errors.push(FieldError::new(
                "corrects",
                "expected a published entry of your own, or none",
            ));
        }
        if !errors.is_empty() {
            return Ok(Err(errors));
        }
        if !store.benchmarks().accepts_submissions(&benchmark.document).await? {
            return Err(Failure::takes_no_submissions(&benchmark.document));
        }
        Ok(Ok(self.card.document()))
    }
}

impl CardInput {
    fn errors(&self, protocol: Protocol) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || !is_plain_name(name) {
            let message = format!("required: 1 to {MAX_NAME} characters {NAME_RULE}");
            errors.push(FieldError::new("card.name", message));
        }
        let is_long = |text: &String| text.chars().count() > MAX_TEXT;
        if self.authors.len() > MAX_AUTHORS || self.authors.iter().any(is_long) {
            let message = format!("expected at most {MAX_AUTHORS}, of {MAX_TEXT} characters");
            errors.push(FieldError::new("card.authors", message));
        } else if !self.authors.iter().all(|author| is_plain_name(author)) {
            errors.push(FieldError::new("card.authors", format!("expected names {NAME_RULE}")));
        }
        let texts = [
            ("card.description", &self.description),
            ("card.reference", &self.reference),
            ("card.code", &self.code),
            ("card.training", &self.training),
        ];
        for (field, _) in texts.into_iter().filter(|(_, text)| is_long(text)) {
            errors.push(FieldError::new(field, format!("expected at most {MAX_TEXT} characters")));
        }
        if !self.two_fold_declaration {
            let message = match protocol {
                Protocol::TwoFold => {
                    "required: only masks of a method that was trained and tuned on the other \
                     fold are comparable"
                        .to_owned()
                }
                other => format!("required: results are comparable when {}", other.rule()),
            };
            errors.push(FieldError::new("card.two_fold_declaration", message));
        }
        errors
    }

    fn document(&self) -> CardDocument {
        CardDocument {
            name: self.name.trim().to_owned(),
            authors: self.authors.clone(),
            description: self.description.clone(),
            reference: self.reference.trim().to_owned(),
            code: self.code.trim().to_owned(),
            training: self.training.clone(),
            ..CardDocument::default()
        }
    }
}

impl From<&CardDocument> for CardInput {
    /// Card to edit and submit again, without the declaration, which each submission makes
    /// anew.
    fn from(card: &CardDocument) -> Self {
        Self {
            name: card.name.clone(),
            authors: card.authors.clone(),
            description: card.description.clone(),
            reference: card.reference.clone(),
            code: card.code.clone(),
            training: card.training.clone(),
            two_fold_declaration: false,
        }
    }
}
