//! Phantom in the layout of the original files, to test importers without them.

use std::path::Path;

use scr_data::formats::{self, pfs::PfsObject};
use scr_data::{DataError, Problem, Staging};
use scr_image::{Outline, Point};

use super::clinical;
use super::writing::{Progress, each_phantom, fold, plan, refused, unwritable};
use crate::field::OUTLINE_FRAME_PX;
use crate::{Observer, Phantom, Population};

/// Draws `population` into the folder `out` in the layout of the originals.
///
/// `jsrt/` holds the images (2048 x 2048, headerless) and the two clinical lists; `scr/` and
/// `scr-observer2/` hold the masks of both observers by fold and structure;
/// `scr/fold1|fold2/points/` the reference's points. In a file of points each structure has
/// two objects: the clicked points, whose number differs from image to image, and, under the
/// same label with ` fixed` appended, the landmarks; both in the frame of the masks.
///
/// # Errors
/// [`DataError::Problems`] for no images, [`DataError::Occupied`] when `out`
/// holds something else, [`DataError::Write`] for an error of the system.
pub fn write_originals(
    population: &Population,
    out: &Path,
    progress: Progress<'_>,
) -> Result<(), DataError> {
    if population.is_empty() {
        return Err(refused(Problem::new("images", "at least 1", "0", "")));
    }
    let side = formats::jsrt_img::SIZE.width;
    let staging = Staging::begin(out, &plan("originals", population, side))?;
    each_phantom(
        population,
        &staging,
        progress,
        |id| format!("jsrt/{id}.IMG"),
        |phantom| write_phantom(&staging, phantom),
    )?;
    let (with_nodule, without) = clinical::lists(population);
    staging.write("jsrt/CLNDAT_EN.txt", with_nodule.as_bytes())?;
    staging.write("jsrt/CNNDAT_EN.txt", without.as_bytes())?;
    let marker = format!("jsrt/{}", scr_import::scr::PHANTOM_MARKER);
    let text = "These radiographs were drawn by the phantom of SCR. They show no patient and are \
                no part of the JSRT database.\n";
    staging.write(&marker, text.as_bytes())?;
    staging.finish()
}

fn write_phantom(staging: &Staging, phantom: &Phantom) -> Result<(), DataError> {
    let id = &phantom.id;
    let fold = fold(id);
    for (observer, folder) in [(Observer::Reference, "scr"), (Observer::Second, "scr-observer2")] {
        for (structure, mask) in phantom.masks(observer, OUTLINE_FRAME_PX) {
            let structure = structure.replace('_', " ");
            let path = format!("{folder}/fold{fold}/masks/{structure}/{id}.gif");
            let bytes = formats::gif::write_mask(&mask).map_err(|e| unwritable(&path, &e))?;
            staging.write(&path, &bytes)?;
        }
    }
    let mut objects = Vec::new();
    for ((structure, landmarks), (_, clicked)) in phantom.reference.iter().zip(&phantom.clicked()) {
        let label = structure.replace('_', " ");
        objects.push(object(&label, clicked));
        objects.push(object(&format!("{label} fixed"), landmarks));
    }
    let points = format!("; phantom {id}\n\n{}", formats::pfs::write(&objects));
    staging.write(&format!("scr/fold{fold}/points/{id}.pfs"), points.as_bytes())?;
    let path = format!("jsrt/{id}.IMG");
    let image = phantom.radiograph(formats::jsrt_img::SIZE.width);
    let bytes = formats::jsrt_img::write(&image).map_err(|e| unwritable(&path, &e))?;
    staging.write(&path, &bytes)
}

fn object(label: &str, outline: &Outline) -> PfsObject {
    let attributes =
        [("PointDisplay", "1"), ("PointSize", "3"), ("LineDisplay", "1"), ("LineMode", "1")];
    let points: &[Point] = outline.points();
    PfsObject {
        label: label.to_owned(),
        attributes: attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        points: points.to_vec(),
    }
}
