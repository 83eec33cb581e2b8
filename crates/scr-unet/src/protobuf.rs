//! Writer of protocol buffers: fields of messages, nothing else.
//!
//! Format: <https://protobuf.dev/programming-guides/encoding/>.

/// Message that is being written.
#[derive(Default)]
pub(crate) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// Whole number.
    pub(crate) fn number(mut self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    /// 32-bit float.
    pub(crate) fn float(mut self, field: u32, value: f32) -> Self {
        self.varint(u64::from(field) << 3 | 5);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    /// Text or bytes.
    pub(crate) fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.bytes.extend(value);
        self
    }

    /// Text.
    pub(crate) fn text(self, field: u32, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// Message within this one.
    pub(crate) fn message(self, field: u32, value: &Self) -> Self {
        self.bytes(field, &value.bytes)
    }

    /// Messages within this one.
    pub(crate) fn messages<'a>(
        self,
        field: u32,
        values: impl IntoIterator<Item = &'a Self>,
    ) -> Self {
        values.into_iter().fold(self, |message, value| message.message(field, value))
    }

    /// The message as bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}
