//! Parameters with which every method trains within seconds.

use scr_methods::{MethodInfo, Parameters};

/// Defaults of a method, with a small network and few training steps.
pub(crate) fn quick(method: &MethodInfo) -> Parameters {
    let small = [("side", "64"), ("width", "4"), ("steps", "30")];
    let prefix = match method.id {
        "unet" => Some(""),
        "unet-asm" | "voting-today" => Some("unet_"),
        _ => None,
    };
    let named = |prefix: &str| {
        small.map(|(key, value)| (format!("{prefix}{key}"), value.to_owned())).to_vec()
    };
    let settings = prefix.map(named).unwrap_or_default();
    Parameters::new(method, &settings).unwrap_or_else(|error| panic!("{}: {error}", method.id))
}
