//! Frame of a JPEG image: its size, components and process (T.81, B.2.2).

use scr_image::Size;

use crate::FormatError;
use crate::size::stated_size;

/// Name of the format in messages.
pub(super) const FORMAT: &str = "JPEG";

/// Coding process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    Sequential,
    Progressive,
    Lossless,
}

/// Component of a frame: grey values or a colour channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Sampling factors.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    /// Number of the quantisation table.
    pub(super) table: usize,
    /// Samples of the component, without padding.
    pub(super) size: Size,
}

/// Checked frame header.
pub(super) struct Frame {
    pub(super) process: Process,
    pub(super) bits: u32,
    pub(super) size: Size,
    pub(super) components: Vec<Component>,
    /// Groups of blocks in an interleaved scan, across and down.
    pub(super) groups: Size,
}

impl Frame {
    /// Reads the header after a marker `0xFFCn`, low byte `marker`.
    pub(super) fn read(
        marker: u8,
        segment: &[u8],
        expected: Option<Size>,
    ) -> Result<Self, FormatError> {
        let process = process(marker)?;
        let &[bits, h1, h0, w1, w0, n_components, ref rest @ ..] = segment else {
            return Err(FormatError::damaged(FORMAT, "a short frame header"));
        };
        let [height, width] = [[h1, h0], [w1, w0]].map(u16::from_be_bytes);
        let size = stated_size(width.into(), height.into(), expected)?;
        let bits = u32::from(bits);
        let is_known = match process {
            Process::Lossless => (2..=16).contains(&bits),
            _ => bits == 8 || (bits == 12 && marker != 0xc0),
        };
        if !is_known {
            return Err(FormatError::damaged(FORMAT, format!("values of {bits} bits")));
        }
        // Grey, or three colour channels.
        if !matches!(n_components, 1 | 3) || (process == Process::Lossless && n_components != 1) {
            let found = format!("{n_components} channels");
            return Err(FormatError::Channels { found });
        }
        let (triples, more) = rest.as_chunks::<3>();
        if triples.len() != usize::from(n_components) || !more.is_empty() {
            return Err(FormatError::damaged(FORMAT, "a frame header of another length"));
        }
        let mut components: Vec<Component> = triples
            .iter()
            .map(|&[id, sampling, table]| Component {
                id,
                horizontal: usize::from(sampling >> 4),
                vertical: usize::from(sampling & 15),
                table: usize::from(table),
                size,
            })
            .collect();
        let is_valid = |c: &Component| {
            (1..=4).contains(&c.horizontal) && (1..=4).contains(&c.vertical) && c.table < 4
        };
        if !components.iter().all(is_valid) {
            return Err(FormatError::damaged(FORMAT, "invalid sampling factors"));
        }
        let horizontal = components.iter().map(|c| c.horizontal).max().unwrap_or(1);
        let vertical = components.iter().map(|c| c.vertical).max().unwrap_or(1);
        for c in &mut components {
            c.size = Size::new(
                (size.width * c.horizontal).div_ceil(horizontal),
                (size.height * c.vertical).div_ceil(vertical),
            );
        }
        let groups =
            Size::new(size.width.div_ceil(8 * horizontal), size.height.div_ceil(8 * vertical));
        Ok(Self { process, bits, size, components, groups })
    }
}

fn process(marker: u8) -> Result<Process, FormatError> {
    let found = match marker {
        0xc0 | 0xc1 => return Ok(Process::Sequential),
        0xc2 => return Ok(Process::Progressive),
        0xc3 => return Ok(Process::Lossless),
        0xc5..=0xc7 => "a hierarchical image",
        _ => "arithmetic codes",
    };
    let hint = "save the image again as an ordinary JPEG, or without loss as PNG";
    Err(FormatError::unsupported("Huffman codes in one frame", found, hint))
}
