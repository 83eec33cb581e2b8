//! Choice of the reader by the file's extension.

use scr_image::{Mask, Radiograph, Size};

use crate::layers::Layers;
use crate::stored::StoredImage;
use crate::{
    FormatError, bmp, dicom, gif, jpeg, jsrt_img, mha, nifti, npy, nrrd, pgm, png, tiff, webp,
};

/// The extensions of mask files, in lower case, without the leading dot. Label maps have
/// the same.
pub const MASK_EXTENSIONS: &[&str] = &[
    "png", "gif", "tif", "tiff", "bmp", "pgm", "webp", "nii", "nii.gz", "mha", "mhd", "nrrd",
    "seg.nrrd", "npy", "dcm",
];

/// The extensions of radiograph files, in lower case, without the leading dot.
/// `img` is the JSRT format.
pub const RADIOGRAPH_EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "tif", "tiff", "bmp", "pgm", "webp", "nii", "nii.gz", "mha", "mhd",
    "nrrd", "npy", "dcm", "img",
];

/// Extensions of files that are no masks because their values change: see
/// [`FormatError::Lossy`].
const LOSSY_EXTENSIONS: &[&str] = &["jpg", "jpeg"];

/// Extension of a mask's file name, in lower case, without the leading dot.
///
/// # Errors
/// [`FormatError::Lossy`] for a JPEG image, [`FormatError::Extension`] for other names.
pub fn mask_extension(file_name: &str) -> Result<&'static str, FormatError> {
    if extension(file_name, LOSSY_EXTENSIONS).is_ok() {
        return Err(FormatError::Lossy { found: "a JPEG image" });
    }
    extension(file_name, MASK_EXTENSIONS)
}

/// Reads the mask in `bytes`, in the format that `file_name` ends in, upper or
/// lower case alike.
///
/// Background is 0 and one other value is the structure, in every format; see
/// [`MaskValue`](crate::MaskValue) for what a pixel's value is.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame image of two values.
pub fn read_mask(file_name: &str, bytes: &[u8]) -> Result<Mask, FormatError> {
    mask(file_name, bytes, None)
}

/// Reads the mask in `bytes` as [`read_mask`] does; refuses a stated size other than
/// `expected`, if given.
///
/// # Errors
/// As [`read_mask`]; [`FormatError::OtherSize`], together with the reason why the image is
/// no mask either, if there is one.
pub fn read_mask_sized(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Mask, FormatError> {
    mask(file_name, bytes, expected).map_err(|error| match (&error, mask(file_name, bytes, None)) {
        (FormatError::OtherSize { .. }, Err(second)) => FormatError::Several(vec![error, second]),
        _ => error,
    })
}

/// The mask, refused by its header when it has another size than `expected`.
fn mask(file_name: &str, bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    match mask_extension(file_name)? {
        "png" => png::read_mask_sized(bytes, expected),
        "tif" | "tiff" => tiff::read_mask_sized(bytes, expected),
        "dcm" => dicom::read_mask_sized(bytes, expected),
        other => open_mask(other, bytes, expected)?.into_mask(),
    }
}

/// Reads the label map in `bytes`, in the format that `file_name` ends in: one mask a value
/// other than background.
///
/// Refuses a stated size other than `expected`, if given, before decoding pixels.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame image of at most
/// [`MAX_LAYERS`](crate::MAX_LAYERS) values; [`FormatError::OtherSize`].
pub fn read_layers(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Layers, FormatError> {
    match mask_extension(file_name)? {
        "nrrd" | "seg.nrrd" => nrrd::read_layers(bytes, expected),
        "dcm" => dicom::read_layers(bytes, expected),
        other => open_mask(other, bytes, expected)?.into_layers(),
    }
}

/// Opens an image with the extension of a mask.
fn open_mask<'a>(
    extension: &str,
    bytes: &'a [u8],
    expected: Option<Size>,
) -> Result<StoredImage<'a>, FormatError> {
    match extension {
        "gif" => gif::open(bytes, expected),
        "webp" => webp::open_lossless(bytes, expected),
        other => open(other, bytes, expected),
    }
}

/// Opens an image in a format of masks and radiographs.
fn open<'a>(
    extension: &str,
    bytes: &'a [u8],
    expected: Option<Size>,
) -> Result<StoredImage<'a>, FormatError> {
    match extension {
        "png" => png::open(bytes, expected),
        "tif" | "tiff" => tiff::open(bytes, expected),
        "bmp" => bmp::open(bytes, expected),
        "pgm" => pgm::open(bytes, expected),
        "webp" => webp::open(bytes, expected),
        "nii" => nifti::open(bytes, expected),
        "nii.gz" => nifti::open_gz(bytes, expected),
        "mha" | "mhd" => mha::open(bytes, expected),
        "npy" => npy::open(bytes, expected),
        _ => nrrd::open(bytes, expected),
    }
}

/// Stated size of a mask's file; decodes no pixel.
///
/// # Errors
/// The first reason why the beginning of the file is not that of a mask.
pub fn mask_size(file_name: &str, bytes: &[u8]) -> Result<Size, FormatError> {
    // Readers compare the size before they read pixels, and no file has size 0.
    match mask(file_name, bytes, Some(Size::new(0, 0))) {
        Err(FormatError::OtherSize { found, .. }) => Ok(found),
        other => other.map(|mask| mask.size()),
    }
}

/// Reads the radiograph in `bytes`, in the format that `file_name` ends in, upper
/// or lower case alike.
///
/// Values rise with brightness in every format.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame grey image.
pub fn read_radiograph(file_name: &str, bytes: &[u8]) -> Result<Radiograph, FormatError> {
    read_radiograph_sized(file_name, bytes, None)
}

/// Reads the radiograph in `bytes` as [`read_radiograph`] does; refuses a stated size other
/// than `expected`, if given, before decoding pixels.
///
/// # Errors
/// As [`read_radiograph`]; [`FormatError::OtherSize`].
pub fn read_radiograph_sized(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Radiograph, FormatError> {
    match extension(file_name, RADIOGRAPH_EXTENSIONS)? {
        "png" => png::read_radiograph_sized(bytes, expected),
        "tif" | "tiff" => tiff::read_radiograph_sized(bytes, expected),
        "jpg" | "jpeg" => jpeg::open(bytes, expected)?.into_radiograph(),
        "img" => jsrt_img::read_sized(bytes, expected),
        "dcm" => dicom::read_radiograph_sized(bytes, expected),
        other => open(other, bytes, expected)?.into_radiograph(),
    }
}

/// Longest extension of `allowed` that the name ends in.
fn extension(
    file_name: &str,
    allowed: &'static [&'static str],
) -> Result<&'static str, FormatError> {
    let name = file_name.to_ascii_lowercase();
    let ends_in = |e: &&&str| {
        name.strip_suffix(**e).is_some_and(|stem| stem.ends_with('.') && stem.len() > 1)
    };
    allowed.iter().filter(ends_in).max_by_key(|e| e.len()).copied().ok_or_else(|| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let found = file.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_owned());
        FormatError::Extension { allowed, found }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_chooses_the_format_in_any_case() {
        assert_eq!(extension("a/b.NII.gz", MASK_EXTENSIONS), Ok("nii.gz"));
        assert_eq!(extension("JPCLN001.IMG", RADIOGRAPH_EXTENSIONS), Ok("img"));
        let mask = Mask::from_text("#. ..");
        assert_eq!(read_mask("x.PNG", &png::write_mask(&mask)), Ok(mask));
    }

    #[test]
    fn an_extension_that_is_not_read_is_named() {
        for (name, found) in [("mask.txt", "txt"), ("folder.v2/mask", ""), ("mask.gz", "gz")] {
            let error = read_mask(name, b"").unwrap_err();
            let found = found.to_owned();
            assert_eq!(error, FormatError::Extension { allowed: MASK_EXTENSIONS, found });
        }
        assert!(read_mask(".png", b"").is_err());
        assert!(read_radiograph("mask.gif", b"").is_err());
    }

    #[test]
    fn a_file_of_another_format_is_said_to_be_what_it_is() {
        let png = png::write_mask(&Mask::from_text("#."));
        let error = read_mask("mask.gif", &png).unwrap_err();
        assert_eq!(error, FormatError::NotThisFormat { expected: "GIF", found: "a PNG image" });
        let error = read_mask("mask.png", b"").unwrap_err();
        assert_eq!(error.found(), "an empty file");
    }

    #[test]
    fn a_mask_of_another_size_than_expected_is_refused_by_its_header() {
        let mask = Mask::from_text("#.. ...");
        let bytes = png::write_mask(&mask);
        let expected = Size::new(4, 2);
        let error = read_mask_sized("x.png", &bytes, Some(expected)).unwrap_err();
        assert_eq!(error, FormatError::OtherSize { expected, found: mask.size() });
        // The header alone is enough, in every format.
        let header = &bytes[..40];
        assert_eq!(mask_size("x.png", header), Ok(mask.size()));
        assert_eq!(read_mask_sized("x.png", &bytes, Some(mask.size())), Ok(mask));
    }

    #[test]
    fn a_wrong_size_and_too_many_values_are_said_together() {
        let grey: Vec<u16> = (0..80).collect();
        let image = Radiograph::new(Size::new(80, 1), 255, grey, None).unwrap();
        let bytes = png::write_radiograph(&image).unwrap();
        let error = read_mask_sized("x.png", &bytes, Some(Size::new(40, 1))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected 40x1 pixels; and 0 for background and one other value, \
             found 80x1 pixels; and 80 values: 0, 1, 2, 3, 4, ..."
        );
    }

    #[test]
    fn a_jpeg_mask_is_refused_with_the_reason() {
        for name in ["case.jpg", "case.JPEG"] {
            let error = read_mask(name, b"\xff\xd8\xff").unwrap_err();
            assert_eq!(read_layers(name, b"", None), Err(error.clone()));
            assert!(error.found().contains("a JPEG image: its compression smears the values"));
            assert!(error.hint().contains("PNG"));
        }
    }
}
