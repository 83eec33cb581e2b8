//! Elements of the data dictionary that images use (PS3.6).

/// Name of the format in messages.
pub(super) const FORMAT: &str = "DICOM";

/// Group and element.
pub(super) type Tag = (u16, u16);

pub(super) const SOP_CLASS_UID: Tag = (0x0008, 0x0016);
pub(super) const SAMPLES_PER_PIXEL: Tag = (0x0028, 0x0002);
pub(super) const PHOTOMETRIC_INTERPRETATION: Tag = (0x0028, 0x0004);
pub(super) const NUMBER_OF_FRAMES: Tag = (0x0028, 0x0008);
pub(super) const ROWS: Tag = (0x0028, 0x0010);
pub(super) const COLUMNS: Tag = (0x0028, 0x0011);
pub(super) const PIXEL_SPACING: Tag = (0x0028, 0x0030);
pub(super) const BITS_ALLOCATED: Tag = (0x0028, 0x0100);
pub(super) const BITS_STORED: Tag = (0x0028, 0x0101);
pub(super) const HIGH_BIT: Tag = (0x0028, 0x0102);
pub(super) const PIXEL_REPRESENTATION: Tag = (0x0028, 0x0103);
pub(super) const WINDOW_CENTER: Tag = (0x0028, 0x1050);
pub(super) const WINDOW_WIDTH: Tag = (0x0028, 0x1051);
pub(super) const RESCALE_INTERCEPT: Tag = (0x0028, 0x1052);
pub(super) const RESCALE_SLOPE: Tag = (0x0028, 0x1053);
pub(super) const VOI_LUT_FUNCTION: Tag = (0x0028, 0x1056);
pub(super) const IMAGER_PIXEL_SPACING: Tag = (0x0018, 0x1164);

pub(super) const MODALITY_LUT_SEQUENCE: Tag = (0x0028, 0x3000);
pub(super) const VOI_LUT_SEQUENCE: Tag = (0x0028, 0x3010);
pub(super) const PRESENTATION_LUT_SEQUENCE: Tag = (0x2050, 0x0010);
pub(super) const PRESENTATION_LUT_SHAPE: Tag = (0x2050, 0x0020);
pub(super) const SHARED_FUNCTIONAL_GROUPS: Tag = (0x5200, 0x9229);
pub(super) const PER_FRAME_FUNCTIONAL_GROUPS: Tag = (0x5200, 0x9230);

pub(super) const MEDIA_STORAGE_SOP_CLASS_UID: Tag = (0x0002, 0x0002);
pub(super) const TRANSFER_SYNTAX_UID: Tag = (0x0002, 0x0010);
pub(super) const LUT_DESCRIPTOR: Tag = (0x0028, 0x3002);
pub(super) const LUT_DATA: Tag = (0x0028, 0x3006);

pub(super) const SEGMENTATION_TYPE: Tag = (0x0062, 0x0001);
pub(super) const SEGMENT_SEQUENCE: Tag = (0x0062, 0x0002);
pub(super) const SEGMENT_NUMBER: Tag = (0x0062, 0x0004);
pub(super) const SEGMENT_LABEL: Tag = (0x0062, 0x0005);
pub(super) const SEGMENT_IDENTIFICATION_SEQUENCE: Tag = (0x0062, 0x000a);
pub(super) const REFERENCED_SEGMENT_NUMBER: Tag = (0x0062, 0x000b);
pub(super) const MAXIMUM_FRACTIONAL_VALUE: Tag = (0x0062, 0x000e);
pub(super) const PIXEL_MEASURES_SEQUENCE: Tag = (0x0028, 0x9110);
