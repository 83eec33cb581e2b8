//! Bounds of a Protocol Buffers file, checked before it is parsed.
//!
//! The parser of the runtime recurses and allocates as the file says. This scan walks the
//! messages of an ONNX model without either, and refuses what is nested too deeply or has too
//! many fields.

/// Largest number of fields of all messages together.
const MAX_FIELDS: usize = 4_000_000;
/// Deepest nesting of messages: a graph in a graph takes three.
const MAX_DEPTH: usize = 24;

/// Message of onnx.proto whose fields the scan enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    Value,
    Type,
    TypeOf,
    TensorType,
    Shape,
    Function,
    Other,
}

impl Message {
    /// Message in field `number`; `None` for scalars, strings and bytes.
    const fn field(self, number: u64) -> Option<Self> {
        Some(match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6 | 11) => Self::Graph,
            (Self::Model, 8 | 14 | 20) | (Self::Graph, 14 | 16) | (Self::Tensor, 13) => Self::Other,
            (Self::Model, 25) => Self::Function,
            (Self::Graph, 1) | (Self::Function, 7) => Self::Node,
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) | (Self::SparseTensor, 1 | 2) => {
                Self::Tensor
            }
            (Self::Graph, 15) | (Self::Attribute, 22 | 23) => Self::SparseTensor,
            (Self::Graph, 11..=13) => Self::Value,
            (Self::Node, 5) => Self::Attribute,
            (Self::Value, 2) | (Self::TypeOf, 1 | 2) | (Self::Attribute, 14 | 15) => Self::Type,
            (Self::Type, 4 | 5 | 9) => Self::TypeOf,
            (Self::Type, 1 | 8) => Self::TensorType,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Shape, 1) => Self::Other,
            _ => return None,
        })
    }
}

/// Checks the bounds of a model.
///
/// # Errors
/// Words for what is found: damage, or a bound that is passed.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut n_fields = 0;
    // Messages under way: the kind, and where each ends.
    let mut open = vec![(Message::Model, bytes.len())];
    let mut at = 0;
    loop {
        while open.last().is_some_and(|(_, end)| at == *end) {
            open.pop();
        }
        let Some(&(message, end)) = open.last() else { return Ok(()) };
        n_fields += 1;
        if n_fields > MAX_FIELDS {
            return Err(format!("more than {MAX_FIELDS} fields"));
        }
        let tag = varint(bytes, &mut at, end)?;
        let (number, kind) = (tag >> 3, tag & 7);
        match kind {
            0 => {
                varint(bytes, &mut at, end)?;
            }
            1 => skip(&mut at, 8, end)?,
            5 => skip(&mut at, 4, end)?,
            2 => {
                let length = varint(bytes, &mut at, end)?;
                let length = usize::try_from(length).map_err(|_| cut())?;
                match message.field(number) {
                    Some(inner) if length <= end - at => {
                        if open.len() >= MAX_DEPTH {
                            return Err(format!("messages nested more than {MAX_DEPTH} deep"));
                        }
                        open.push((inner, at + length));
                    }
                    _ => skip(&mut at, length, end)?,
                }
            }
            _ => return Err("a field of unknown kind".into()),
        }
    }
}

fn skip(at: &mut usize, length: usize, end: usize) -> Result<(), String> {
    if length > end - *at {
        return Err(cut());
    }
    *at += length;
    Ok(())
}

fn varint(bytes: &[u8], at: &mut usize, end: usize) -> Result<u64, String> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes[..end].get(*at).ok_or_else(cut)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number of more than 64 bits".into())
}

fn cut() -> String {
    "a file that ends too early, or no ONNX file".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field of bytes.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend_from_slice(content);
        bytes
    }

    #[test]
    fn depth_and_number_of_fields_are_bounded() {
        let mut graph = Vec::new();
        for _ in 0..6 {
            graph = field(1, &field(5, &field(6, &graph)));
        }
        assert_eq!(check(&field(7, &graph)), Ok(()));
        for _ in 0..3 {
            graph = field(1, &field(5, &field(6, &graph)));
        }
        assert!(check(&field(7, &graph)).unwrap_err().contains("deep"));
        let many = field(7, &[8, 0].repeat(MAX_FIELDS));
        assert!(check(&many).unwrap_err().contains("fields"));
    }

    #[test]
    fn cut_files_are_refused() {
        let whole = field(7, &field(1, &field(4, b"Relu")));
        assert_eq!(check(&whole), Ok(()));
        for length in 1..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
        assert!(check(&[0xff; 12]).is_err());
    }
}
