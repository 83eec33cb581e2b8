//! Layouts of documents with annotations, one file each.
//!
//! A layout recognises its documents among the files of a folder and reads them into
//! [`Annotations`]; masks that are pictures need none of them.

mod coco;
mod cvat;
mod darwin;
mod labelme;
mod layout;
mod run_csv;
mod via;
mod yolo;

use scr_data::{Problem, Problems};

use crate::annotations::Annotations;
use crate::listing::FoundFile;
use layout::Layout;
pub(crate) use layout::{Names, Sources};

const LAYOUTS: &[&dyn Layout] = &[
    &coco::Coco,
    &darwin::Darwin,
    &labelme::LabelMe,
    &cvat::Cvat,
    &via::Via,
    &yolo::Yolo,
    &run_csv::RunCsv,
];

/// Annotations of documents and the layout that they are in.
pub(crate) struct Recognised {
    /// Name of the layout for people.
    pub(crate) layout: &'static str,
    /// Documents.
    pub(crate) documents: Vec<String>,
    /// Annotations.
    pub(crate) annotations: Annotations,
}

/// Recognises the layout of the documents and reads them; none when there are no annotations.
///
/// # Errors
/// Problems of the documents; more than one layout.
pub(crate) fn recognise(sources: &Sources<'_>) -> Result<Option<Recognised>, Problems> {
    let found: Vec<_> = LAYOUTS
        .iter()
        .map(|layout| (layout, layout.documents(sources)))
        .filter(|(_, documents)| !documents.is_empty())
        .collect();
    let place = |file: &&FoundFile| file.place();
    let (layout, documents) = match found.as_slice() {
        [] => return Ok(None),
        [one] => one,
        several => {
            let list = several
                .iter()
                .map(|(layout, documents)| format!("{} ({})", layout.name(), documents[0].place()));
            let list: Vec<String> = list.collect();
            let mut problems = Problems::default();
            problems.push(Problem::new(
                "annotations",
                "documents of one layout",
                list.join(", "),
                "name the one to use with --masks FILE",
            ));
            return Err(problems);
        }
    };
    let annotations = layout.read(documents, sources)?;
    Ok(Some(Recognised {
        layout: layout.name(),
        documents: documents.iter().map(place).collect(),
        annotations,
    }))
}
