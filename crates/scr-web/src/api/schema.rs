//! What the stored documents look like, for the OpenAPI document.
//!
//! Mirrors the documents of `scr-store` and `scr-report`, which know nothing of
//! OpenAPI. A test reads every answer into these types and allows no field
//! more, so that they cannot drift apart unseen.
#![expect(dead_code, reason = "described, and filled by tests only")]

use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A published benchmark.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Benchmark {
    /// Identifier, as in its address.
    id: String,
    /// Name for people.
    title: String,
    /// What the images are.
    description: String,
    /// How the structures are defined.
    definition: String,
    /// Names exactly what is scored against.
    digest: String,
    /// Distance between pixels in mm, null when it is not known.
    spacing_mm: Option<Spacing>,
    /// Whether the images are drawn by a program and are no patient's.
    phantom: bool,
    /// What is drawn.
    structures: Vec<Named>,
    /// What is scored.
    objects: Vec<Object>,
    /// Who drew; the first is the reference, unless that is hidden.
    observers: Vec<Observer>,
    /// Whether the reference is hidden, and no observer of the list.
    #[serde(default)]
    reference_hidden: bool,
    /// The step by which a score must be better to be shown, where there is a ladder.
    #[serde(default)]
    ladder: Option<f64>,
    /// When the operator ended the benchmark, RFC 3339: nothing more is handed in.
    #[serde(default)]
    ended_at: Option<String>,
    /// How the folds are to be used.
    protocol: String,
    /// All images.
    images: Vec<Image>,
    /// What one may do with the data.
    terms: Terms,
    /// What others published.
    literature: Vec<Literature>,
    /// On which data these rows were measured.
    literature_note: String,
    /// When it was published here, RFC 3339.
    published_at: String,
}

/// A structure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    /// Identifier.
    id: String,
    /// Name for people.
    name: String,
}

/// A union of structures that is scored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object {
    /// Identifier.
    id: String,
    /// Name for people.
    name: String,
    /// Identifiers of its structures.
    structures: Vec<String>,
}

/// Someone who drew.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Observer {
    /// Identifier.
    id: String,
    /// Name for people.
    name: String,
    /// Whether corresponding landmarks were given, beside the masks.
    landmarks: bool,
}

/// One radiograph.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    /// Identifier.
    id: String,
    /// Fold, 1 or 2.
    fold: u8,
    /// Columns of the reference masks, in pixels.
    width: usize,
    /// Rows of the reference masks, in pixels.
    height: usize,
    /// Whether the radiograph itself is kept, and not only its masks.
    has_pixels: bool,
    /// Age, sex and whatever else is known.
    attributes: BTreeMap<String, String>,
}

/// Terms of use.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// Licence, in words.
    licence: String,
    /// What is said on passing copies on.
    redistribution: String,
    /// Whether copies are offered for download.
    may_download: bool,
    /// Whether the radiographs are shown.
    may_display: bool,
    /// How to obtain the data elsewhere.
    obtain: String,
    /// What to cite.
    cite: Vec<String>,
    /// What is to be accepted beside all that.
    #[serde(default)]
    text: String,
}

/// A row that others published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Literature {
    /// Object, or `all` for a measure of whole images.
    object: String,
    /// Measure as its source names it.
    measure: String,
    /// Method as its source names it.
    method: String,
    /// Year of publication.
    year: String,
    /// Mean over images.
    mean: Option<f64>,
    /// Standard deviation over images.
    sd: Option<f64>,
    /// Unit of both.
    unit: String,
    /// Protocol, or that nobody read which was used.
    protocol: String,
    /// Where the number stands.
    source: String,
    /// How it was verified.
    verified: String,
}

/// What an entry is in a table of results.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// A human observer.
    Observer,
    /// A method that this project brings.
    Baseline,
    /// A participant's method.
    Method,
}

/// What made the masks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// Name in tables.
    name: String,
    /// Who made it.
    authors: Vec<String>,
    /// What it does, in Markdown.
    description: String,
    /// Paper or address that describes it.
    reference: String,
    /// Where its code is.
    code: String,
    /// How it was trained and on what.
    training: String,
    /// Version of the method.
    version: String,
    /// Parameters, as text.
    parameters: BTreeMap<String, String>,
    /// What of the method is verified at its source, and what is not.
    verified: String,
    /// What training and segmenting took, in words.
    cost: String,
    /// Identifier of the earlier entry that it corrects; absent where it corrects none.
    corrects: Option<String>,
}

/// A set of masks scored against a benchmark.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Results {
    /// Identifier of the benchmark.
    benchmark: String,
    /// Names exactly what was scored against.
    benchmark_digest: String,
    /// Names exactly which masks were scored.
    masks_digest: String,
    /// Version of the scoring rules.
    evaluator_version: String,
    /// The observer whose masks are the reference.
    observer: String,
    /// Distance between pixels in mm, null when it is not known.
    spacing_mm: Option<Spacing>,
    /// What undefined distances count as in summaries; absent where they are only counted.
    undefined_as: Option<UndefinedAs>,
    /// Seed of the bootstrap intervals.
    bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    bootstrap_resamples: usize,
    /// Summaries by object and measure.
    objects: BTreeMap<String, BTreeMap<String, Summary>>,
    /// Summaries of what is measured on whole images.
    image_measures: BTreeMap<String, Summary>,
    /// The same for the images of each fold that the masks cover, by `1` and `2`.
    folds: BTreeMap<String, FoldResults>,
    /// Every image's values; absent from lists of entries.
    images: Option<Vec<ImageValues>>,
}

/// Distance between pixels in mm: one number, or between columns and between rows.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Spacing {
    /// The same in both directions.
    Same(f64),
    /// Between columns, then between rows.
    Differs([f64; 2]),
}

/// What undefined distances count as in summaries.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UndefinedAs {
    /// As long as the image's diagonal.
    ImageDiagonal,
}

/// The summaries of one fold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoldResults {
    /// Summaries by object and measure.
    objects: BTreeMap<String, BTreeMap<String, Summary>>,
    /// Summaries of what is measured on whole images.
    image_measures: BTreeMap<String, Summary>,
}

/// One measure over all images. All but the counts are null when no image has a value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Summary {
    /// Arithmetic mean.
    mean: Option<f64>,
    /// Standard deviation (n - 1).
    sd: Option<f64>,
    /// Smallest value.
    min: Option<f64>,
    /// Lower quartile.
    q1: Option<f64>,
    /// Median.
    median: Option<f64>,
    /// Upper quartile.
    q3: Option<f64>,
    /// Largest value.
    max: Option<f64>,
    /// Values summarised; null where the reference is hidden.
    n: Option<usize>,
    /// Images for which the measure is undefined; null where the reference is hidden.
    n_undefined: Option<usize>,
    /// Bootstrap interval of the mean, low and high.
    ci95: Option<[f64; 2]>,
}

/// The values of one image; what is measured on the whole image, such as
/// `pixel_error`, stands beside the fields named here.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ImageValues {
    /// Identifier of the image.
    image: String,
    /// Fold of the image.
    fold: u8,
    /// Values by object and measure; null where undefined.
    objects: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// Values of whole images.
    #[serde(flatten)]
    image_measures: BTreeMap<String, Option<f64>>,
}

/// Whether readers see a publication.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PublicationState {
    /// Reported, and not seen by a curator yet.
    Proposed,
    /// Put up.
    Shown,
    /// Turned down, or taken down.
    Hidden,
}

/// A file of a benchmark's folder.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferedFile {
    /// Where it lies in the folder, `/` between folders.
    path: String,
    /// SHA-256 in hexadecimal digits.
    sha256: String,
    /// Size in bytes.
    size_bytes: u64,
}

/// A server-sent event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    /// What kind it is: `message`.
    event: String,
    /// A JSON object of `state`, and `done` of `total` images.
    data: String,
}

/// Bytes as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Bytes(Vec<u8>);

#[cfg(test)]
mod tests {
    use super::*;
    use scr_documents::{
        BenchmarkDocument, CardDocument, ImageEntryDocument, LiteratureDocument, NamedDocument,
        ObjectDocument, ObserverDocument, TermsDocument,
    };
    use scr_documents::{ImageDocument, ResultDocument, SummaryDocument};

    fn benchmark() -> BenchmarkDocument {
        BenchmarkDocument {
            id: "b".into(),
            title: "B".into(),
            description: String::new(),
            definition: String::new(),
            digest: "sha256:00".into(),
            spacing_mm: None,
            phantom: true,
            structures: vec![NamedDocument { id: "heart".into(), name: "Heart".into() }],
            objects: vec![ObjectDocument {
                id: "heart".into(),
                name: "Heart".into(),
                structures: vec!["heart".into()],
            }],
            observers: vec![ObserverDocument {
                id: "reference".into(),
                name: "Reference".into(),
                landmarks: false,
            }],
            ladder: Some(0.01),
            ended_at: Some("2026-11-28T00:00:00.000Z".into()),
            reference_hidden: true,
            protocol: "two-fold".into(),
            images: vec![ImageEntryDocument {
                id: "x".into(),
                fold: 1,
                width: 2,
                height: 2,
                has_pixels: true,
                attributes: [("age".to_owned(), "60".to_owned())].into_iter().collect(),
            }],
            terms: TermsDocument { text: "Text.".into(), ..TermsDocument::default() },
            literature: vec![LiteratureDocument {
                object: "heart".into(),
                measure: "overlap".into(),
                method: "m".into(),
                year: "2006".into(),
                mean: Some(0.5),
                sd: None,
                unit: "fraction".into(),
                protocol: "p".into(),
                source: "s".into(),
                verified: "v".into(),
            }],
            literature_note: String::new(),
        }
    }

    fn result() -> ResultDocument {
        let summary = SummaryDocument {
            mean: Some(0.5),
            sd: None,
            min: None,
            q1: None,
            median: None,
            q3: None,
            max: None,
            n: Some(1),
            n_undefined: Some(0),
            ci95: Some([0.4, 0.6]),
        };
        let measures = || [("overlap".to_owned(), summary.clone())].into_iter().collect();
        let values = || [("overlap".to_owned(), Some(0.5))].into_iter().collect();
        let fold = scr_documents::FoldDocument {
            objects: [("heart".to_owned(), measures())].into_iter().collect(),
            image_measures: measures(),
        };
        ResultDocument {
            benchmark: "b".into(),
            benchmark_digest: "sha256:00".into(),
            masks_digest: "sha256:01".into(),
            evaluator_version: "1".into(),
            observer: "reference".into(),
            spacing_mm: Some(scr_documents::SpacingDocument::Differs([0.3, 0.4])),
            undefined_as: Some(scr_documents::UndefinedDocument::ImageDiagonal),
            bootstrap_seed: 1,
            bootstrap_resamples: 10,
            objects: [("heart".to_owned(), measures())].into_iter().collect(),
            image_measures: measures(),
            folds: [("1".to_owned(), fold)].into_iter().collect(),
            images: Some(vec![ImageDocument {
                image: "x".into(),
                fold: 1,
                objects: [("heart".to_owned(), values())].into_iter().collect(),
                image_measures: values(),
            }]),
        }
    }

    #[test]
    fn the_answers_hold_what_the_openapi_document_describes_and_nothing_else() {
        let answer = crate::api::benchmarks::BenchmarkAnswer {
            document: benchmark(),
            published_at: String::new(),
        };
        serde_json::from_value::<Benchmark>(serde_json::to_value(answer).unwrap()).unwrap();
        serde_json::from_value::<Results>(serde_json::to_value(result()).unwrap()).unwrap();
        let card = serde_json::to_value(CardDocument::default()).unwrap();
        serde_json::from_value::<Card>(card).unwrap();
        for role in ["observer", "baseline", "method"] {
            serde_json::from_value::<Role>(role.into()).unwrap();
            serde_json::from_value::<scr_documents::EntryRole>(role.into()).unwrap();
        }
        for state in ["proposed", "shown", "hidden"] {
            serde_json::from_value::<PublicationState>(state.into()).unwrap();
            serde_json::from_value::<scr_documents::PublicationState>(state.into()).unwrap();
        }
    }
}
