//! Choice of the reader by the file's extension.

use scr_image::{Mask, Radiograph, Size};

use crate::{FormatError, dicom, gif, jsrt_img, nifti, png, tiff};

/// The extensions of mask files, in lower case, without the leading dot.
pub const MASK_EXTENSIONS: &[&str] = &["png", "gif", "tif", "tiff", "nii", "nii.gz", "dcm"];

/// The extensions of radiograph files, in lower case, without the leading dot.
/// `img` is the JSRT format.
pub const RADIOGRAPH_EXTENSIONS: &[&str] = &["png", "tif", "tiff", "dcm", "img"];

/// Reads the mask in `bytes`, in the format that `file_name` ends in, upper or
/// lower case alike.
///
/// Background is 0 and one other value is the structure, in every format; see
/// [`MaskValue`] for what a pixel's value is.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame image of two values.
pub fn read_mask(file_name: &str, bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(file_name, bytes, None)
}

/// Reads the mask in `bytes` as [`read_mask`] does; refuses a stated size other than
/// `expected`, if given, before decoding pixels.
///
/// # Errors
/// As [`read_mask`]; [`FormatError::OtherSize`].
pub fn read_mask_sized(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Mask, FormatError> {
    match extension(file_name, MASK_EXTENSIONS)? {
        "png" => png::read_mask_sized(bytes, expected),
        "gif" => gif::read_mask_sized(bytes, expected),
        "tif" | "tiff" => tiff::read_mask_sized(bytes, expected),
        "nii" => nifti::read_mask_sized(bytes, expected),
        "nii.gz" => nifti::read_mask_gz_sized(bytes, expected),
        _ => dicom::read_mask_sized(bytes, expected),
    }
}

/// Stated size of a mask's file; decodes no pixel.
///
/// # Errors
/// The first reason why the beginning of the file is not that of a mask.
pub fn mask_size(file_name: &str, bytes: &[u8]) -> Result<Size, FormatError> {
    // Readers compare the size before they read pixels, and no file has size 0.
    match read_mask_sized(file_name, bytes, Some(Size::new(0, 0))) {
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
        "img" => jsrt_img::read_sized(bytes, expected),
        _ => dicom::read_radiograph_sized(bytes, expected),
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
        for (name, found) in [("mask.bmp", "bmp"), ("folder.v2/mask", ""), ("mask.gz", "gz")] {
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
}
