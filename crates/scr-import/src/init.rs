//! `scr init`: plan of a benchmark from radiographs and masks in any layout.
//!
//! Looks at names, then at the contents of every file once, and lists all faults and doubts
//! of all steps together. Nothing is written before the plan is complete.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scr_data::{DataError, Problem, Problems};
use scr_image::Size;

use crate::doubts::Doubt;
use crate::faults::Faults;
use crate::folds::FoldSources;
use crate::gathering::{self, Images};
use crate::image_table::ImageTable;
use crate::images::{self, PlannedImage};
use crate::inspection::{self, InspectedImage};
use crate::label_names::{self, LabelNames};
use crate::layouts::{self, ImageNames, Recognised, Sources};
use crate::listing::FoundFile;
use crate::matching::{Match, Matcher};
use crate::options::Init;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::sources::{self, Found};
use crate::structures::{MaskSource, MatchedMask, Naming, PlannedStructure, Structures};
use crate::{division, missing, objects, spacing};

impl Init {
    /// Plans the benchmark; reads every file and writes none.
    ///
    /// # Errors
    /// [`DataError::Problems`] with all faults of files, names, tables and options.
    pub fn plan(&self, progress: Progress<'_>) -> Result<Plan, DataError> {
        let mut faults = Faults::default();
        let found = sources::find(&self.images, self.masks.as_deref(), &self.out)?;
        let mut notes = found.notes.clone();
        if found.images.is_empty() {
            let place = self.images.display().to_string();
            let hint = "name the folder of the radiographs with --images";
            return Err(Problem::new(place, "radiographs", "none", hint).into());
        }
        let list = images::identified(found.images.clone(), &mut faults, &mut notes);
        let files: Vec<FoundFile> = list.iter().map(|image| image.file.clone()).collect();
        let (contents, problems) = inspection::images(&files, progress);
        faults.extend("unreadable radiographs", &problems);
        let matcher = Matcher::new(&files);
        let recognised = match self.recognise(&found, &files, &matcher) {
            Ok(recognised) => recognised,
            Err(problems) => {
                faults.extend("annotations", &problems);
                return Err(faults.or(()).expect_err("there are problems"));
            }
        };
        let table_of_names = self.names(&found, &mut faults);
        let naming = Naming { given: &self.labels, table: table_of_names.as_ref() };
        let images = Images { list: &list, contents: &contents, matcher: &matcher };
        let gathered =
            self.gather(&found, recognised, &images, &naming, progress, &mut notes, &mut faults)?;
        self.assemble(Parts { list, contents, gathered }, notes, faults)
    }

    fn recognise(
        &self,
        found: &Found,
        files: &[FoundFile],
        matcher: &Matcher,
    ) -> Result<Option<Recognised>, Problems> {
        let names = Names { files, matcher };
        let sources = Sources::new(&found.documents, self.runs, &names);
        layouts::recognise(&sources)
    }

    /// Names of labels in the documents and around the folders.
    fn names(&self, found: &Found, faults: &mut Faults) -> Option<LabelNames> {
        let around: Vec<&Path> = found.around.iter().map(PathBuf::as_path).collect();
        match label_names::find(&[&found.documents], &around) {
            Ok(names) => names,
            Err(problems) => {
                faults.extend("names of labels", &problems);
                None
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the plan, split off for its length")]
    fn gather(
        &self,
        found: &Found,
        recognised: Option<Recognised>,
        images: &Images<'_>,
        naming: &Naming<'_>,
        progress: Progress<'_>,
        notes: &mut Vec<String>,
        faults: &mut Faults,
    ) -> Result<Gathered, DataError> {
        let mut structures = Structures::default();
        let mut gathered = Gathered::default();
        match recognised {
            Some(recognised) => {
                if let Some(first) = found.masks.first() {
                    let list = format!("{} and {}", recognised.documents[0], first.place());
                    let found = format!("{} and pictures of masks: {list}", recognised.layout);
                    let hint = "name the folder of masks or the document with --masks";
                    faults
                        .push("layouts", Problem::new("masks", "one source of masks", found, hint));
                }
                gathered.layout = match recognised.documents.as_slice() {
                    [one] => format!("{} ({one})", recognised.layout),
                    several => format!("{}, {} documents", recognised.layout, several.len()),
                };
                notes.extend(recognised.annotations.notes.clone());
                gathered.doubts.extend(recognised.annotations.doubts.clone());
                let annotations = recognised.annotations;
                gathering::annotations(
                    annotations,
                    images,
                    self.subset,
                    naming,
                    &mut structures,
                    faults,
                );
            }
            None if found.masks.is_empty() => {
                let place = self.masks.as_ref().unwrap_or(&self.images).display().to_string();
                let expected =
                    "masks: pictures, COCO, LabelMe, CVAT, V7, VGG, YOLO, or run lengths in a CSV";
                let hint = "name the folder or document with --masks";
                return Err(Problem::new(place, expected, "none", hint).into());
            }
            None => {
                let masks = gathering::files(&found.masks, images, self.subset, progress, faults);
                structures.add_files(&masks, naming, notes, faults);
                gathered.layout = layout_of(&masks, naming, &structures);
                let is_faulty = |mask: &&MatchedMask| mask.contents.is_none();
                gathered.faulty = masks.iter().filter(is_faulty).map(|mask| mask.image).collect();
                gathered.files = masks.into_iter().map(|mask| mask.file).collect();
            }
        }
        structures.complete_sides(notes);
        gathered.structures = structures.list;
        Ok(gathered)
    }

    /// Puts the parts together, and checks what depends on all of them.
    fn assemble(
        &self,
        parts: Parts,
        mut notes: Vec<String>,
        mut faults: Faults,
    ) -> Result<Plan, DataError> {
        let Parts { list, contents, gathered } = parts;
        let Gathered { structures, files, layout, mut doubts, faulty } = gathered;
        if structures.is_empty() && faults.is_empty() {
            let hint = "every label was left out";
            faults
                .push("structures", Problem::new("masks", "at least one structure", "none", hint));
        }
        let kept =
            missing::kept(self.missing, &list, &structures, &faulty, &mut doubts, &mut notes);
        let (images, contents, structures, without_masks) =
            missing::only(list, contents, structures, &kept);
        let sizes: Vec<Size> = contents
            .iter()
            .map(|contents| contents.as_ref().map_or(Size::new(1, 1), |contents| contents.size))
            .collect();
        let structures = division::sided(
            self.split_sides,
            structures,
            &images,
            &sizes,
            &files,
            &mut notes,
            &mut faults,
        );
        division::check_sides(&structures, &mut notes);
        let ids: Vec<&str> =
            structures.iter().map(|(structure, _)| structure.id.as_str()).collect();
        let objects = objects::objects(&ids, &self.objects, &mut faults);
        let image_files: Vec<FoundFile> = images.iter().map(|image| image.file.clone()).collect();
        let matcher = Matcher::new(&image_files);
        let table = self.table.as_ref().and_then(|path| {
            ImageTable::read(path, &matcher)
                .map_err(|problems| faults.extend("the table", &problems))
                .ok()
        });
        if let Some(n) = table.as_ref().map(|table| table.n_elsewhere).filter(|&n| n > 0) {
            notes.push(format!("{n} rows of the table are of images that are not there"));
        }
        let sources = FoldSources { images: &images, matcher: &matcher, table: table.as_ref() };
        let folds = sources.folds(self.folds.as_ref(), &mut faults, &mut notes);
        let spacing = spacing::spacing(self.spacing, &images, &contents, &mut faults, &mut notes);
        let id = self.id(&mut faults);
        if !faults.is_empty() {
            doubts.iter().for_each(|doubt| faults.push("doubts", doubt.problem()));
        }
        faults.or(Plan {
            out: self.out.clone(),
            link: self.link,
            id,
            layout,
            images,
            sizes,
            without_masks,
            files,
            structures,
            objects,
            folds,
            spacing,
            table,
            notes,
            doubts,
        })
    }
}

/// Results of gathering.
#[derive(Default)]
struct Gathered {
    structures: Vec<PlannedStructure>,
    files: Vec<FoundFile>,
    layout: String,
    doubts: Vec<Doubt>,
    /// Images with masks that cannot be read.
    faulty: BTreeSet<usize>,
}

/// Parts of a plan.
struct Parts {
    list: Vec<PlannedImage>,
    contents: Vec<Option<InspectedImage>>,
    gathered: Gathered,
}

/// Names of the images for the layouts.
struct Names<'a> {
    files: &'a [FoundFile],
    matcher: &'a Matcher,
}

impl ImageNames for Names<'_> {
    fn has(&self, name: &str) -> bool {
        self.matcher.of_name(name) != Match::None
    }

    fn size(&self, name: &str) -> Option<Size> {
        match self.matcher.of_name(name) {
            Match::One { image, .. } => inspection::image_size(&self.files[image]),
            _ => None,
        }
    }
}

/// Layout of pictures in words.
fn layout_of(masks: &[MatchedMask], naming: &Naming<'_>, structures: &Structures) -> String {
    let are_maps = structures.list.iter().any(|structure| {
        structure.masks.values().any(|source| matches!(source, MaskSource::Layers(..)))
    });
    let extensions: BTreeSet<&str> =
        masks.iter().map(|mask| mask.file.extension.as_str()).collect();
    let formats = extensions.into_iter().collect::<Vec<_>>().join(", ");
    match (are_maps, naming.table) {
        (true, Some(table)) => {
            format!("a label map an image ({formats}), labels of {}", table.place)
        }
        (true, None) => format!("a label map an image ({formats})"),
        (false, _) => format!("a mask a structure and image ({formats})"),
    }
}
