//! What a submitter says of a method, from a form or a program, and all that is wrong
//! with it at once.
//!
//! Follows no link and reads no file.

use scr_data::Problem;
use scr_documents::CardDocument;
use scr_store::{BenchmarkRow, NAME_RULE, PublicStore, UserRow, is_plain_name};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::extractors::terms_version;
use crate::rights::has_accepted_terms;

/// The largest file that is taken, in bytes.
pub(crate) const MAX_FILE_BYTES: u64 = 2 << 30;
/// The longest name, and the longest of all other texts of a card, in characters.
pub(crate) const MAX_NAME: usize = 200;
pub(crate) const MAX_TEXT: usize = 20_000;
const MAX_AUTHORS: usize = 100;

/// What a submitter says of a method.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardInput {
    /// Name in tables.
    pub(crate) name: String,
    /// Who made it.
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    /// What it does, as Markdown.
    #[serde(default)]
    pub(crate) description: String,
    /// A DOI or an address.
    #[serde(default)]
    pub(crate) reference: String,
    /// Where its code is.
    #[serde(default)]
    pub(crate) code: String,
    /// What it was trained on, and how.
    #[serde(default)]
    pub(crate) training: String,
    /// That each fold was segmented by what was trained and tuned on the other.
    #[serde(default)]
    pub(crate) two_fold_declaration: bool,
}

/// What is to be handed in, beside the file itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Intent {
    /// What made the masks.
    pub(crate) card: CardInput,
    /// The entry that it corrects.
    pub(crate) corrects: Option<String>,
    /// Whether the terms are accepted with it.
    pub(crate) accepts_terms: bool,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// The field, as the API names it: `card.name`.
    pub(crate) field: Cow<'static, str>,
    /// What is expected.
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// What the store says of a field.
    pub(crate) fn of(problem: &Problem) -> Self {
        let Problem { place, expected, found, .. } = problem;
        let message = format!("expected {expected}, found {found}");
        Self { field: place.replace(' ', "_").into(), message }
    }
}

/// What is wrong with the size of a file.
pub(crate) fn size_fault(size_bytes: u64) -> Option<Fault> {
    match size_bytes {
        0 => Some(Fault::new("size_bytes", "needed: the zip file of the masks, or their folder")),
        1..=MAX_FILE_BYTES => None,
        _ => {
            let message = format!("expected at most {MAX_FILE_BYTES} bytes, found {size_bytes}");
            Some(Fault::new("size_bytes", message))
        }
    }
}

impl Intent {
    /// Notes that the terms are accepted where they are, and gives the card that may be
    /// kept, or everything that is wrong.
    ///
    /// # Errors
    /// [`Failure::NotScored`] where the benchmark takes nothing; what the store says.
    pub(crate) async fn checked(
        &self,
        store: &PublicStore,
        benchmark: &BenchmarkRow,
        user: &UserRow,
    ) -> Result<Result<CardDocument, Vec<Fault>>, Failure> {
        let id = &benchmark.document.id;
        if self.accepts_terms {
            store.accept_terms(&user.id, id, &terms_version(&benchmark.document.terms)).await?;
        }
        let mut faults = self.card.faults();
        if !has_accepted_terms(store, &benchmark.document, user).await? {
            let message = "needed: the terms of the benchmark are to be accepted";
            faults.push(Fault::new("accept_terms", message));
        }
        if let Some(entry) = &self.corrects
            && !store.own_entries(&user.id, id).await?.contains(entry)
        {
            faults.push(Fault::new("corrects", "needed: a published entry of your own, or none"));
        }
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        if !store.takes_masks(&benchmark.document) {
            return Err(Failure::takes_nothing(&benchmark.document));
        }
        Ok(Ok(self.card.document()))
    }
}

impl CardInput {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || !is_plain_name(name) {
            let message = format!("needed: 1 to {MAX_NAME} characters {NAME_RULE}");
            faults.push(Fault::new("card.name", message));
        }
        let is_long = |text: &String| text.chars().count() > MAX_TEXT;
        if self.authors.len() > MAX_AUTHORS || self.authors.iter().any(is_long) {
            let message = format!("expected at most {MAX_AUTHORS}, of {MAX_TEXT} characters");
            faults.push(Fault::new("card.authors", message));
        } else if !self.authors.iter().all(|author| is_plain_name(author)) {
            faults.push(Fault::new("card.authors", format!("needed: names {NAME_RULE}")));
        }
        let texts = [
            ("card.description", &self.description),
            ("card.reference", &self.reference),
            ("card.code", &self.code),
            ("card.training", &self.training),
        ];
        for (field, _) in texts.into_iter().filter(|(_, text)| is_long(text)) {
            faults.push(Fault::new(field, format!("expected at most {MAX_TEXT} characters")));
        }
        if !self.two_fold_declaration {
            let message = "needed: only masks of a method that was trained and tuned on the \
                           other fold can be compared";
            faults.push(Fault::new("card.two_fold_declaration", message));
        }
        faults
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
    /// To be changed and handed in again; what is declared is declared anew.
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
