//! The same radiographs and label maps, written by other software, are the same here.

use std::path::{Path, PathBuf};

use scr_formats::{Layers, MaskValue, read_layers, read_mask, read_radiograph};
use scr_image::Spacing;

const CASES: [(&str, f64); 6] = [
    ("case01", 0.7),
    ("case02", 0.7),
    ("case03", 0.8),
    ("case04", 0.8),
    ("case05", 0.65),
    ("case06", 0.75),
];

/// Folder of the files, where it is beside the project.
fn foreign() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/foreign");
    if !folder.is_dir() {
        eprintln!("skipped: shared/data/foreign is not beside the project");
        return None;
    }
    Some(folder)
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn radiographs_have_the_same_pixels_in_every_format() {
    let Some(folder) = foreign() else { return };
    for (case, mm) in CASES {
        let truth = folder.join(format!("folders/images/{case}.png"));
        let truth = read_radiograph("truth.png", &bytes(&truth)).unwrap();
        for (name, spacing) in [
            ("nifti/images/CASE.nii.gz", Some(mm)),
            ("mha/images/CASE.mha", Some(mm)),
            ("nrrd/images/CASE.nrrd", Some(mm)),
            ("nnunet/imagesTr/CASE_0000.png", None),
        ] {
            let name = name.replace("CASE", case);
            let image = read_radiograph(&name, &bytes(&folder.join(&name))).unwrap();
            assert_eq!(image.pixels(), truth.pixels(), "{name}");
            assert_eq!(image.max_value(), truth.max_value(), "{name}");
            let spacing = spacing.map(|mm| Spacing::isotropic(mm).unwrap());
            assert_eq!(image.spacing(), spacing, "{name}");
        }
        let name = format!("colour/JPEGImages/{case}.jpg");
        let jpeg = read_radiograph(&name, &bytes(&folder.join(&name))).unwrap();
        let differing = jpeg.pixels().iter().zip(truth.pixels());
        let most = differing.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(most < Some(60), "{name}: {most:?}");
    }
}

#[test]
fn label_maps_have_the_same_masks_in_every_format() {
    let Some(folder) = foreign() else { return };
    let numbers = [MaskValue::Number(1), MaskValue::Number(2)];
    let colours = [MaskValue::Colour(128, 0, 0), MaskValue::Colour(0, 128, 0)];
    for (case, _) in CASES {
        let truth = ["right_lung", "left_lung"].map(|structure| {
            let path = folder.join(format!("folders/masks/{structure}/{case}.png"));
            read_mask("truth.png", &bytes(&path)).unwrap()
        });
        for (name, values) in [
            ("labelmap/labels/CASE.png", numbers),
            ("nnunet/labelsTr/CASE.png", numbers),
            ("nifti/labels/CASE.nii.gz", numbers),
            ("mha/labels/CASE.mha", numbers),
            ("nrrd/masks/CASE.seg.nrrd", numbers),
            ("colour/SegmentationClass/CASE.png", colours),
        ] {
            let name = name.replace("CASE", case);
            let found = read_layers(&name, &bytes(&folder.join(&name)), None).unwrap();
            let Layers { size, layers, .. } = found;
            assert_eq!(size, truth[0].size(), "{name}");
            for (value, truth) in values.iter().zip(&truth) {
                let layer = layers.iter().find(|layer| layer.value == *value);
                assert_eq!(layer.map(|layer| &layer.mask), Some(truth), "{name}, {value}");
            }
            assert_eq!(layers.len(), 2, "{name}");
            if name.ends_with(".seg.nrrd") {
                let names: Vec<_> = layers.iter().filter_map(|l| l.name.as_deref()).collect();
                assert_eq!(names, ["right lung", "left lung"]);
            }
        }
    }
}

#[test]
fn dicom_radiographs_have_the_same_pixels_in_every_transfer_syntax() {
    let Some(folder) = foreign() else { return };
    for (case, mm) in CASES {
        let truth = folder.join(format!("folders/images/{case}.png"));
        let truth = read_radiograph("truth.png", &bytes(&truth)).unwrap();
        let name = format!("dicom/images/{case}.dcm");
        let image = read_radiograph(&name, &bytes(&folder.join(&name))).unwrap();
        // 8 bits as 12, shown through a window of all 12.
        let shown = |&value: &u16| (f64::from(value) * 16.0 / 4095.0 * 65535.0).round() as u16;
        let expected: Vec<u16> = truth.pixels().iter().map(shown).collect();
        assert!(image.pixels() == expected, "{name}");
        assert_eq!(image.spacing(), Some(Spacing::isotropic(mm).unwrap()), "{name}");
    }
}

#[test]
fn dicom_segments_have_the_same_masks() {
    let Some(folder) = foreign() else { return };
    for (case, mm) in CASES {
        let name = format!("dicom-seg/masks/{case}.dcm");
        let found = read_layers(&name, &bytes(&folder.join(&name)), None).unwrap();
        assert_eq!(found.spacing, Some(Spacing::isotropic(mm).unwrap()), "{name}");
        for (layer, structure) in found.layers.iter().zip(["right_lung", "left_lung"]) {
            let path = folder.join(format!("folders/masks/{structure}/{case}.png"));
            assert_eq!(layer.name.as_deref(), Some(structure));
            assert_eq!(layer.mask, read_mask("truth.png", &bytes(&path)).unwrap(), "{name}");
        }
        assert_eq!(found.layers.len(), 2);
    }
}
