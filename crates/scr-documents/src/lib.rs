//! Written forms: the JSON that commands print, the store keeps and the API serves.
//!
//! Each type is one JSON document or a part of one. Field names are a contract with users'
//! scripts and with stored data. Computes nothing, reads no file and depends on no other
//! crate of the project; other crates fill the documents.
//!
//! - [`result`]: the scores of one set of masks. - [`comparison`]: several results.
//! - [`shard`]: a part of one. - [`result_list`]: all entries of a benchmark with their ranks.
//! - [`benchmark`], [`protocol`], [`terms`], [`literature`]: a published benchmark.
//!   - [`settings`]: the operator's settings of it. - [`download`]: its files.
//!   - [`cases`]: its images in columns, with their scores.
//! - [`submission`]: a submission with its problems. - [`findings`]: suspicions and flags.
//! - [`entry`]: the card and role of an entry. - [`publication`]: papers on a benchmark.
//! - [`account`], [`feedback`], [`job`], [`record`], [`refusal`]: answers of the API only.
//!
//! With the feature `openapi` the documents that the API serves implement `ToSchema`.

pub mod account;
pub mod benchmark;
pub mod cases;
pub mod comparison;
pub mod download;
pub mod entry;
pub mod feedback;
pub mod findings;
pub mod job;
pub mod literature;
pub mod model;
pub mod protocol;
pub mod publication;
pub mod record;
pub mod refusal;
pub mod result;
pub mod result_list;
pub mod settings;
pub mod shard;
pub mod submission;
pub mod terms;

mod json;

pub use account::{
    OwnAcceptance, OwnData, OwnIdentity, OwnSession, OwnSubmission, OwnToken, TokenList,
};
pub use benchmark::{
    BenchmarkAnswer, BenchmarkDocument, BenchmarkList, BenchmarkSummary, ImageEntryDocument,
    NamedDocument, ObjectDocument, ObserverDocument,
};
pub use cases::{CaseColumn, CaseEntry, CaseList, ScoreColumn};
pub use comparison::{
    AgreementDocument, ComparedDocument, ComparisonDocument, MethodDocument, PairDocument,
    StandingDocument,
};
pub use download::{DownloadManifest, OfferedFile};
pub use entry::{
    CardDocument, EntryList, EntryRole, EntrySummary, PastResultAnswer, PastResultList,
};
pub use feedback::{MessageList, SentMessage};
pub use findings::{
    DifferenceDocument, FindingsDocument, Flag, FlagKind, FoldsDocument, Suspicion,
    SuspicionsDocument,
};
pub use job::{CancelledJob, Job, JobList, Worker};
pub use literature::LiteratureDocument;
pub use model::{
    MaskDifferenceDocument, MaskDifferencesDocument, MaskVerdict, ModelAccess, ModelLimits,
    SubmittedMasksDocument, VerifiedRunDocument,
};
pub use protocol::{Fold, ImageSet, NoFold, Protocol};
pub use publication::{Publication, PublicationDocument, PublicationList, PublicationState};
pub use record::RecordAnswer;
pub use refusal::{Refusal, RefusalReason, RefusedField};
pub use result::{
    Decimals, FoldDocument, ImageDocument, MeasureMap, ResultDocument, SpacingDocument,
    SummaryDocument, UndefinedDocument,
};
pub use result_list::{ResultListDocument, ResultListWriter, ResultRowDocument};
pub use settings::{BenchmarkSettings, ImageResults, LadderStep, Quota, Reference};
pub use shard::{CheckpointImage, ShardDocument, ShardImage, ShardObject};
pub use submission::{
    ListedSubmission, LogLine, ReviewQueue, SubmissionAnswer, SubmissionList, SubmissionProblem,
    SubmissionState, UploadFingerprint, WaitingSubmission,
};
pub use terms::{Permission, TermsAnswer, TermsDocument};
