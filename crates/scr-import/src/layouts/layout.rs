//! Layout of documents: the trait, and the files that it reads.

use rayon::prelude::*;
use scr_data::{Problem, Problems};
use scr_image::Size;

use crate::annotations::Annotations;
use crate::documents::{self, JsonKind};
use crate::listing::{FoundFile, Listing};
use crate::matching::{Match, Matcher};
use crate::runs::Convention;

/// Files that a layout reads.
pub(crate) struct Sources<'a> {
    /// Documents that are no JSON.
    pub(crate) documents: Vec<&'a FoundFile>,
    /// JSON documents by kind.
    pub(crate) json: Vec<(&'a FoundFile, JsonKind)>,
    /// Convention of run lengths, where the user states it.
    pub(crate) runs: Option<Convention>,
    /// Size of the image of a name; none for names of no image.
    pub(crate) images: &'a Names<'a>,
}

/// Names of the images.
pub(crate) struct Names<'a> {
    /// Index of the names.
    pub(crate) matcher: &'a Matcher,
    /// Size of an image by its index; none where it cannot be read.
    pub(crate) size: &'a (dyn Fn(usize) -> Option<Size> + Sync),
}

impl Names<'_> {
    /// True for a name of one of the images.
    pub(super) fn has(&self, name: &str) -> bool {
        self.matcher.of_name(name) != Match::None
    }

    /// Size of the image of a name.
    pub(super) fn size(&self, name: &str) -> Option<Size> {
        match self.matcher.of_name(name) {
            Match::One { image, .. } => (self.size)(image),
            _ => None,
        }
    }
}

impl<'a> Sources<'a> {
    /// Sorts the documents of a listing by kind.
    pub(crate) fn new(
        listing: &'a Listing,
        runs: Option<Convention>,
        images: &'a Names<'a>,
    ) -> Self {
        let is_json = |file: &&FoundFile| file.extension == "json";
        let documents = listing.files.iter().filter(|file| file.is_document());
        let (json, documents): (Vec<&FoundFile>, Vec<&FoundFile>) = documents.partition(is_json);
        let kind = |file: &&'a FoundFile| {
            let kind = documents::read(&file.path).map(|bytes| documents::json_kind(&bytes));
            (*file, kind.unwrap_or(JsonKind::Other))
        };
        Self { documents, json: json.par_iter().map(kind).collect(), runs, images }
    }

    /// JSON documents of a kind.
    pub(crate) fn json_of(&self, kind: JsonKind) -> Vec<&'a FoundFile> {
        self.json.iter().filter(|(_, other)| *other == kind).map(|(file, _)| *file).collect()
    }

    /// Documents with an extension, in lower case.
    pub(super) fn with_extension(&self, extension: &str) -> Vec<&'a FoundFile> {
        self.documents.iter().filter(|file| file.extension == extension).copied().collect()
    }
}

/// Layout of documents.
pub(super) trait Layout: Sync {
    /// Name for people.
    fn name(&self) -> &'static str;

    /// Documents of the layout among the sources; empty when it is another layout.
    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile>;

    /// Reads the documents.
    fn read(
        &self,
        documents: &[&FoundFile],
        sources: &Sources<'_>,
    ) -> Result<Annotations, Problems>;
}

/// Reads an image a document, on all cores, and collects all problems.
pub(super) fn read_each<T: Send>(
    documents: &[&FoundFile],
    read: impl Fn(&FoundFile) -> Result<T, Vec<Problem>> + Sync,
) -> Result<Vec<T>, Problems> {
    let results: Vec<Result<T, Vec<Problem>>> =
        documents.par_iter().map(|document| read(document)).collect();
    let mut problems = Problems::default();
    let mut values = Vec::with_capacity(results.len());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(list) => problems.extend(list),
        }
    }
    if problems.list().is_empty() { Ok(values) } else { Err(problems) }
}
