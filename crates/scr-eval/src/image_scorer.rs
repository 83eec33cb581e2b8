//! Scorer of single images: masks of one image into its record.

use std::borrow::Cow;

use scr_data::digest::{Manifest, file_digest, hex};
use scr_data::{Object, Problem, validator};
use scr_image::{Mask, Size};
use scr_measures::{Measure, Scratch, cardiothoracic_ratio, measure_object, pixel_error};

use crate::ImageRecord;
use crate::evaluation::ImageMeasure;
use crate::reading::Reader;

/// Scored image: its record, with the digests of the files that it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredImage {
    /// Index of the image in the benchmark.
    pub place: usize,
    /// Values of the image.
    pub record: ImageRecord,
    /// Masks of the reference.
    pub reference_files: Manifest,
    /// Masks of the set.
    pub mask_files: Manifest,
    /// Digest of the [validators](scr_data::validator) of all these files; none where a file has none.
    pub validator: Option<String>,
}

/// Object whose width is the numerator of the cardiothoracic ratio.
const HEART: &str = "heart";
/// Object whose width is the denominator of the cardiothoracic ratio.
const LUNGS: &str = "lungs";

/// Scorer of single images.
pub(crate) struct ImageScorer<'a> {
    pub(crate) reader: Reader<'a>,
    /// Objects whose structures the set covers, in the benchmark's order.
    pub(crate) objects: Vec<&'a Object>,
    measures: &'a [Measure],
    /// Measures of whole images that the set allows: pixel error when it covers every
    /// structure, the cardiothoracic ratio when it covers the objects `heart` and `lungs`.
    pub(crate) image_measures: Vec<ImageMeasure>,
    /// True when distances are in mm.
    pub(crate) has_spacing: bool,
}

impl<'a> ImageScorer<'a> {
    /// Scorer of all that the set of a reader allows.
    pub(crate) fn new(reader: Reader<'a>, measures: &'a [Measure]) -> Self {
        let Reader { benchmark, masks, .. } = reader;
        let is_covered =
            |object: &&Object| object.structures.iter().all(|s| masks.structures().contains(s));
        let objects: Vec<&Object> = benchmark.objects.iter().filter(is_covered).collect();
        let mut image_measures = Vec::new();
        if masks.structures().len() == benchmark.structures.len() {
            image_measures.push(ImageMeasure::PixelError);
        }
        if [HEART, LUNGS].iter().all(|id| objects.iter().any(|object| object.id == *id)) {
            image_measures.extend(ImageMeasure::CARDIOTHORACIC);
        }
        Self { reader, objects, measures, image_measures, has_spacing: benchmark.has_spacing() }
    }

    /// Scores the image at a place.
    ///
    /// # Errors
    /// Every problem of its files.
    pub(crate) fn score(
        &self,
        place: usize,
        scratch: &mut Scratch,
    ) -> Result<ScoredImage, Vec<Problem>> {
        let reading = self.reader.read(place);
        let references = reading.references.filter(|_| reading.problems.is_empty());
        let Some(references) = references else { return Err(reading.problems) };
        Ok(ScoredImage {
            place,
            record: self.record(place, &references, &reading.predictions, scratch),
            reference_files: reading.reference_files,
            mask_files: reading.mask_files,
            validator: None,
        })
    }

    /// Digest of the validators of all files of the image at a place. Reads no file.
    pub(crate) fn validator(&self, place: usize) -> Option<String> {
        let Reader { benchmark, masks, observer } = self.reader;
        let image = &benchmark.images[place];
        let references = benchmark
            .structures
            .iter()
            .map(|structure| validator::of_file(&benchmark.mask_path(observer, structure, image)));
        let predictions =
            masks.structures().iter().map(|&structure| masks.mask_validator(structure, place));
        let all: Option<Vec<String>> = references.chain(predictions).collect();
        all.map(|all| hex(&file_digest(all.join("\n").as_bytes())))
    }

    /// True if the files of a scored image have its digests still. Decodes no pixel.
    pub(crate) fn has_files_of(&self, image: &ScoredImage) -> bool {
        let Reader { benchmark, masks, observer } = self.reader;
        let (mut references, mut predictions) = (Manifest::default(), Manifest::default());
        let at = &benchmark.images[image.place];
        let is_noted =
            benchmark.structures.iter().all(|structure| {
                benchmark.note_mask(observer, structure, at, &mut references).is_ok()
            }) && masks.structures().iter().all(|&structure| {
                masks.note_mask(benchmark, structure, image.place, &mut predictions).is_ok()
            });
        is_noted && references == image.reference_files && predictions == image.mask_files
    }

    fn record(
        &self,
        index: usize,
        references: &[Mask],
        predictions: &[Option<Mask>],
        scratch: &mut Scratch,
    ) -> ImageRecord {
        let benchmark = self.reader.benchmark;
        let image = &benchmark.images[index];
        let prediction = |structure: usize| {
            predictions[structure].as_ref().expect("objects are scored when they are covered")
        };
        let unions: Vec<(Cow<'_, Mask>, Cow<'_, Mask>)> = self
            .objects
            .iter()
            .map(|object| {
                let reference = Mask::union(object.structures.iter().map(|&s| &references[s]));
                let prediction = Mask::union(object.structures.iter().map(|&s| prediction(s)));
                (reference, prediction)
            })
            .collect();
        let spacing = image.spacing.filter(|_| self.has_spacing);
        let objects = unions
            .iter()
            .map(|(reference, prediction)| {
                measure_object(reference, prediction, spacing, self.measures, scratch)
            })
            .collect();
        ImageRecord {
            image: image.id.clone(),
            fold: image.fold,
            spacing,
            size: references.first().map_or(Size::new(0, 0), Mask::size),
            objects,
            image_values: self.image_values(references, predictions, &unions),
        }
    }

    fn image_values(
        &self,
        references: &[Mask],
        predictions: &[Option<Mask>],
        unions: &[(Cow<'_, Mask>, Cow<'_, Mask>)],
    ) -> Vec<Option<f64>> {
        let of = |id: &str| self.objects.iter().position(|object| object.id == id);
        let ratios = of(HEART).zip(of(LUNGS)).map(|(heart, lungs)| {
            let reference = cardiothoracic_ratio(&unions[heart].0, &unions[lungs].0);
            let prediction = cardiothoracic_ratio(&unions[heart].1, &unions[lungs].1);
            (reference, prediction)
        });
        let (reference, prediction) = ratios.unwrap_or_default();
        let value = |measure: &ImageMeasure| match measure {
            ImageMeasure::PixelError => {
                let pairs = references.iter().zip(predictions).map(|(r, p)| Some((r, p.as_ref()?)));
                pixel_error(&pairs.collect::<Option<Vec<_>>>()?)
            }
            ImageMeasure::Ctr => prediction,
            ImageMeasure::CtrReference => reference,
            ImageMeasure::CtrDifference => Some(prediction? - reference?),
        };
        self.image_measures.iter().map(value).collect()
    }
}
