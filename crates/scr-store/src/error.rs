//! Everything that can go wrong in the store.

use std::path::PathBuf;

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A name that cannot be part of a file's key.
    #[error("cannot use {found:?} as {what}, expected {RULE}")]
    Name {
        /// What it names: a benchmark, an image...
        what: &'static str,
        /// The name.
        found: String,
    },
    /// A folder of the store cannot be made or opened.
    #[error("cannot open the store's folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder of files cannot be opened, or a file not be read or written.
    #[error("cannot {doing} `{key}`")]
    Blob {
        /// What was tried.
        doing: &'static str,
        /// The file.
        key: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The data folder, with all that is secret in it, is open to others.
    #[error(
        "the data folder {} is open to other users: expected mode 0700, found {mode:04o}",
        path.display()
    )]
    OpenFolder {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file cannot be copied into a backup or out of one.
    #[error("cannot copy {} to {}", from.display(), to.display())]
    Copy {
        /// The file.
        from: PathBuf,
        /// Its copy.
        to: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is to be kept would leave less of the disk free than is to stay free.
    #[error("the disk has {free_bytes} bytes left, expected at least {needed_bytes}")]
    DiskFull {
        /// What it takes, with what is to stay free.
        needed_bytes: u64,
        /// What is free.
        free_bytes: u64,
    },
    /// The database refused.
    #[error("cannot {doing}")]
    Database {
        /// What was tried.
        doing: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// Files of a site lie beside a database that is missing or empty.
    #[error(
        "{} is {found} and {} holds the files of a site, expected the database of that site",
        database.display(), blobs.display()
    )]
    LostDatabase {
        /// The database.
        database: PathBuf,
        /// `missing` or `empty`.
        found: &'static str,
        /// The folder of files.
        blobs: PathBuf,
    },
    /// The database's file is damaged.
    #[error("{}: expected a SQLite database, found a damaged file", path.display())]
    DamagedDatabase {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The database was written by a later version of this program.
    #[error("the store has schema version {found}, expected at most {known}")]
    NewerSchema {
        /// The last version that this program knows.
        known: i64,
        /// The version found.
        found: i64,
    },
    /// A document that was kept cannot be read, or one to keep not be written.
    #[error("cannot read or write {what} of `{id}` as JSON")]
    Document {
        /// Which document.
        what: &'static str,
        /// The benchmark, the entry or the file.
        id: String,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// A word in the database that this program does not know.
    #[error("entry `{id}` has the role {found:?}, expected observer, baseline or method")]
    Role {
        /// The entry.
        id: String,
        /// The word found.
        found: String,
    },
    /// The files of a benchmark or a set of masks are at fault.
    #[error(transparent)]
    Data(#[from] scr_data::DataError),
    /// There is no such benchmark in the store.
    #[error("no benchmark `{id}` is published")]
    UnknownBenchmark {
        /// The identifier.
        id: String,
    },
    /// Another benchmark was published under this identifier.
    #[error("benchmark `{id}` is published with the digest {published}, found {found}")]
    OtherBenchmark {
        /// The identifier.
        id: String,
        /// The digest of what is published.
        published: String,
        /// The digest of what was to be published.
        found: String,
    },
    /// A benchmark's files changed while they were read.
    #[error("the files of benchmark `{id}` changed meanwhile: expected {expected}, found {found}")]
    Changed {
        /// The identifier.
        id: String,
        /// The digest before.
        expected: String,
        /// The digest after.
        found: String,
    },
    /// Another benchmark is being published under this identifier right now.
    #[error(
        "benchmark `{id}` is being published with another digest, expected to publish {digest}"
    )]
    BeingPublished {
        /// The identifier.
        id: String,
        /// The digest of what was to be published here.
        digest: String,
    },
    /// A result that is not of the benchmark or the masks it comes with.
    #[error("cannot publish `{entry}`: the result's {field} is {found}, expected {expected}")]
    OtherResult {
        /// The entry.
        entry: String,
        /// Which part of the result.
        field: &'static str,
        /// The value that the benchmark or the masks have.
        expected: String,
        /// The value that the result has.
        found: String,
    },
    /// What was said of an account is no good; everything that is wrong with it.
    #[error("cannot keep the account: {problems}")]
    Account {
        /// Email, name, password, note or scopes, in that order; no secret among them.
        problems: scr_data::Problems,
    },
    /// The address has an account.
    #[error("{email} has an account already")]
    AddressTaken {
        /// The address.
        email: String,
    },
    /// Nobody has this address or identifier.
    #[error("no account `{user}`")]
    UnknownUser {
        /// The address or identifier.
        user: String,
    },
    /// There is no token with the identifier given, which is not repeated: it
    /// might be a token.
    #[error("no token has this identifier")]
    UnknownToken,
    /// A token was asked for that may do what its owner may not.
    #[error("a token of a {role} cannot have the scope `{scope}`")]
    ScopeRefused {
        /// What the token was to be for.
        scope: crate::Scope,
        /// What its owner is.
        role: crate::Role,
    },
    /// A role or scope that this program does not know.
    #[error("cannot use {found:?} as a {what}, expected {expected}")]
    Word {
        /// A role or a scope.
        what: &'static str,
        /// The words that are known.
        expected: &'static str,
        /// The word found.
        found: String,
    },
    /// No entry has the identifier.
    #[error("no entry `{id}` is published")]
    UnknownEntry {
        /// The identifier.
        id: String,
    },
    /// No publication has the identifier.
    #[error("no publication `{id}` was reported")]
    UnknownPublication {
        /// The identifier.
        id: String,
    },
    /// What a reader reports is no good; everything that is wrong with it.
    #[error("cannot keep what was reported: {problems}")]
    Report {
        /// By field.
        problems: scr_data::Problems,
    },
    /// No submission has the identifier.
    #[error("there is no submission `{id}`")]
    NoSubmission {
        /// The identifier.
        id: String,
    },
    /// A submission is in a state that the one wanted cannot follow.
    #[error("submission `{id}` is {}, and cannot become {}", state.as_str(), to.as_str())]
    State {
        /// The submission.
        id: String,
        /// Where it is.
        state: scr_documents::SubmissionState,
        /// Where it was to be.
        to: scr_documents::SubmissionState,
    },
    /// A curator wants to decide on their own submission.
    #[error("submission `{id}` is the curator's own, expected another curator to decide")]
    OwnSubmission {
        /// The submission.
        id: String,
    },
    /// A curator wants to publish what is flagged, and does not say why.
    #[error(
        "submission `{id}` has flags, expected an answer to them to publish it: {}",
        flags.join("; ")
    )]
    Unanswered {
        /// The submission.
        id: String,
        /// Messages of the flags.
        flags: Vec<String>,
    },
    /// A curator's answer is no good; everything that is wrong with it.
    #[error("cannot keep the answer: {problems}")]
    Answer {
        /// By field.
        problems: scr_data::Problems,
    },
    /// Entries were published since a submission was compared with them.
    #[error("benchmark `{id}` has {found} entries, expected the {expected} compared with")]
    EntriesSince {
        /// The benchmark.
        id: String,
        /// How many the submission was compared with.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// The operator has ended the benchmark.
    #[error("benchmark `{id}` ended at {at}: nothing more is handed in")]
    Ended {
        /// The benchmark.
        id: String,
        /// When, RFC 3339 in UTC.
        at: String,
    },
    /// A person began as many submissions as the operator allows.
    #[error("{count} submissions in {days} days are allowed for this benchmark, and were begun")]
    Quota {
        /// How many.
        count: u32,
        /// In how many days.
        days: u32,
        /// After how long the next may be begun.
        wait_seconds: u64,
    },
    /// A person has too much coming in at once.
    #[error("at most {count} uploads and {bytes} bytes may be under way at once")]
    OpenUploads {
        /// How many uploads.
        count: i64,
        /// How many bytes together.
        bytes: i64,
    },
    /// A person has too many submissions that are not scored yet.
    #[error("at most {count} submissions of one person may wait to be scored at once")]
    Unfinished {
        /// How many.
        count: i64,
    },
    /// The files of a person's submissions take too much of the disk.
    #[error("the files of one person's submissions that are not decided may take {bytes} bytes")]
    Stored {
        /// How many bytes together.
        bytes: i64,
    },
    /// A piece of a file that does not follow on what is here.
    #[error(
        "a piece from byte {offset} to {end} of submission `{id}`, expected one from {here} on and not beyond {size}"
    )]
    Piece {
        /// The submission.
        id: String,
        /// Where the piece begins.
        offset: u64,
        /// Where it ends.
        end: u64,
        /// How many bytes are here.
        here: u64,
        /// How many were announced.
        size: u64,
    },
    /// A password cannot be hashed, or its kept hash not be read.
    #[error("cannot work with a password's hash")]
    Password {
        /// What the library says.
        source: argon2::password_hash::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random {
        /// What it says.
        source: getrandom::Error,
    },
    /// A task of this program died.
    #[error("preparing files stopped")]
    Task {
        /// What happened to it.
        source: tokio::task::JoinError,
    },
}

/// What a name may be made of.
const RULE: &str = "1 to 100 letters, digits, `_`, `-` or `.`, not beginning with `.`";

impl StoreError {
    /// What to do about it; empty when the message says it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::DamagedDatabase { .. } => {
                "put the file aside and restore a backup with `scr restore`: nothing was changed"
            }
            Self::OpenFolder { .. } => {
                "run `chmod -R go= DATA` on that folder, as its owner, then try again"
            }
            Self::NewerSchema { .. } => "use the version of scr that wrote it, or a later one",
            Self::LostDatabase { .. } => {
                "restore the last backup with `scr restore`; to begin anew, move the data \
                 folder away first"
            }
            Self::UnknownBenchmark { .. } => "publish the benchmark first",
            Self::OtherBenchmark { .. } => {
                "results stay tied to the benchmark they were scored on: \
                 give the changed benchmark another `id` in benchmark.toml, or publish it in \
                 another folder"
            }
            Self::Changed { .. } => "leave the folder alone while it is published, and try again",
            Self::BeingPublished { .. } => "wait until that has ended, then try again",
            Self::OtherResult { .. } => {
                "score exactly these masks on the published benchmark again, with per-image values"
            }
            Self::OwnSubmission { .. } => {
                "on a site of one person the operator allows it: `scr admin benchmark set ID \
                 --own-reviews yes`"
            }
            Self::Unanswered { .. } => {
                "look at the flags, then say why it is published all the same: `scr review ID \
                 --publish --answer TEXT`, or `answer` in the API"
            }
            Self::EntriesSince { .. } => "compare with the entries of now, then publish",
            Self::ScopeRefused { .. } => "reviewing needs a curator or operator",
            Self::OpenUploads { .. } => "complete or withdraw one of them first",
            Self::Unfinished { .. } => "wait until one of them is scored, or withdraw one",
            Self::Stored { .. } => "wait until one of them is decided, or withdraw one",
            Self::DiskFull { .. } => "free space on the disk of the data folder, or enlarge it",
            Self::UnknownEntry { .. } => "`scr admin entry list` names them",
            Self::UnknownPublication { .. } => "`scr admin publication list` names them",
            Self::UnknownToken => "tokens are listed with their identifiers",
            Self::Database { source: sqlx::Error::Database(error), .. }
                if error.message().contains("locked") =>
            {
                "another process is writing to the same store: try again when it is done"
            }
            _ => "",
        }
    }
}
