//! Written forms: the JSON that commands print, the store keeps and the API serves.
//!
//! Each type is one JSON document or a part of one. Field names are a contract with users'
//! scripts and with stored data. Computes nothing, reads no file and depends on no other
//! crate of the project; whoever has the values fills the documents.
//!
//! - [`result`]: the scores of one set of masks. - [`comparison`]: several results.
//! - [`benchmark`], [`terms`], [`literature`]: a published benchmark. - [`settings`]: the
//!   operator's settings of it. - [`download`]: its files.
//! - [`submission`]: a submission with its problems. - [`findings`]: suspicions and flags.
//! - [`entry`]: the card and role of an entry. - [`publication`]: papers on a benchmark.
//!
//! With the feature `openapi` the documents that the API serves implement `ToSchema`.

pub mod benchmark;
pub mod comparison;
pub mod download;
pub mod entry;
pub mod findings;
pub mod literature;
pub mod publication;
pub mod result;
pub mod settings;
pub mod submission;
pub mod terms;

pub use benchmark::{
    BenchmarkDocument, ImageEntryDocument, NamedDocument, ObjectDocument, ObserverDocument,
};
pub use comparison::{
    AgreementDocument, ComparedDocument, ComparisonDocument, MethodDocument, PairDocument,
    StandingDocument,
};
pub use download::OfferedFile;
pub use entry::{CardDocument, EntryRole};
pub use findings::{
    DifferenceDocument, FindingsDocument, Flag, FlagKind, FoldsDocument, Suspicion,
    SuspicionsDocument,
};
pub use literature::LiteratureDocument;
pub use publication::{PublicationDocument, PublicationState};
pub use result::{
    FoldDocument, ImageDocument, MeasureMap, ResultDocument, SpacingDocument, SummaryDocument,
    UndefinedDocument,
};
pub use settings::{BenchmarkSettings, ImageResults, LadderStep, Quota, Reference};
pub use submission::{LogLine, SubmissionProblem, SubmissionState, UploadFingerprint};
pub use terms::{Permission, TermsDocument};

/// A document as JSON text: indented, with a line end. Numbers read back to the same f64.
fn to_json_text(document: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(document);
    text.expect("maps with text keys and finite numbers are always valid JSON") + "\n"
}
