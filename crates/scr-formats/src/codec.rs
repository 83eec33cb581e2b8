//! Decoders of compressed grey samples without a file format around them, as DICOM embeds
//! them: JPEG-LS and JPEG 2000.
//!
//! One component a frame. Each decoder checks the stated size before it allocates and
//! fails on data that end early; memory and time are proportional to the number of
//! samples.

pub(crate) mod jpeg_2000;
pub(crate) mod jpeg_ls;
pub(crate) mod samples;

mod jpeg_ls_scan;
mod markers;

#[cfg(test)]
mod stream_tests;
