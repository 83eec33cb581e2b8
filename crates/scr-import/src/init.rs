//! `scr init`: plan of a benchmark from radiographs and masks in any layout.
//!
//! Looks at names, then at the contents of every file once, and lists all faults and doubts
//! of all steps together. Nothing is written before the plan is complete.

use scr_data::{DataError, Problem, Problems};
use scr_image::Size;

use crate::faults::Faults;
use crate::folds::FoldSources;
use crate::gathering::{self, Gathered, Images, MaskSources};
use crate::image_table::ImageTable;
use crate::images::{self, PlannedImage};
use crate::inspection::{self, InspectedImage};
use crate::layouts::{self, Names, Recognised, Sources};
use crate::listing::FoundFile;
use crate::matching::Matcher;
use crate::options::Init;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::sources::{self, SourceFiles};
use crate::structures::Naming;
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
        let table_of_names = found.label_names(&mut faults);
        let naming = Naming { given: &self.labels, table: table_of_names.as_ref() };
        let images = Images { list: &list, contents: &contents, matcher: &matcher };
        let place = self.masks.as_ref().unwrap_or(&self.images);
        let sources = MaskSources { found: &found, recognised, place, is_subset: self.subset };
        let gathered =
            gathering::gather(sources, &images, &naming, progress, &mut notes, &mut faults)?;
        self.assemble(Parts { list, contents, gathered }, notes, faults)
    }

    fn recognise(
        &self,
        found: &SourceFiles,
        files: &[FoundFile],
        matcher: &Matcher,
    ) -> Result<Option<Recognised>, Problems> {
        let size = |image: usize| inspection::image_size(&files[image]);
        let names = Names { matcher, size: &size };
        let sources = Sources::new(&found.documents, self.runs, &names);
        layouts::recognise(&sources)
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

/// Parts of a plan.
struct Parts {
    list: Vec<PlannedImage>,
    contents: Vec<Option<InspectedImage>>,
    gathered: Gathered,
}
