//! Settings of the U-Net method.

use scr_unet::{Architecture, Recipe};

use crate::{MethodInfo, Parameter, Parameters};

/// Identifier of the U-Net method.
pub(super) const UNET: &str = "unet";

/// Version of the U-Net method.
pub(super) const VERSION: &str = "1.0.0";

/// Parameters of the U-Net method, without a prefix.
pub(crate) const PARAMETERS: [Parameter; 5] =
    parameters(["side", "width", "steps", "batch", "members"]);

/// Parameters of the U-Net method within another method.
pub(crate) const UNET_PARAMETERS: [Parameter; 5] =
    parameters(["unet_side", "unet_width", "unet_steps", "unet_batch", "unet_members"]);

const fn parameters(keys: [&'static str; 5]) -> [Parameter; 5] {
    let [side, width, steps, batch, members] = keys;
    let most = [Architecture::MAX_SIDE as f64, Architecture::MAX_WIDTH as f64];
    [
        Parameter::whole(
            side,
            "side of the network's input in pixels, a multiple of 32",
            256.0,
            [32.0, most[0]],
        ),
        Parameter::whole(
            width,
            "channels of the first resolution, a multiple of 4",
            16.0,
            [4.0, most[1]],
        ),
        Parameter::whole(steps, "training steps of each network", 2500.0, [1.0, 1e6]),
        Parameter::whole(batch, "images a training step", 4.0, [1.0, 64.0]),
        Parameter::whole(members, "networks whose probabilities are averaged", 1.0, [1.0, 16.0]),
    ]
}

/// Settings of the U-Net method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct UnetSettings {
    pub(crate) side: usize,
    pub(crate) width: usize,
    pub(crate) n_steps: usize,
    pub(crate) batch: usize,
    pub(crate) n_members: usize,
}

impl UnetSettings {
    /// Settings of a method that lists `keys`: [`PARAMETERS`] or [`UNET_PARAMETERS`].
    pub(crate) fn of(parameters: &Parameters, keys: &[Parameter; 5]) -> Self {
        let [side, width, n_steps, batch, n_members] =
            keys.each_ref().map(|parameter| parameters.whole(parameter.key));
        Self { side, width, n_steps, batch, n_members }
    }

    /// Architecture for a number of structures.
    pub(crate) const fn architecture(self, n_structures: usize) -> Architecture {
        Architecture { side: self.side, width: self.width, n_structures }
    }

    /// Recipe of training: see [`UnetMethod`](crate::UnetMethod).
    pub(crate) fn recipe(self, mirrored: Option<Vec<usize>>) -> Recipe {
        Recipe {
            n_steps: self.n_steps,
            batch: self.batch,
            learning_rate: 2e-3,
            weight_decay: 0.05,
            warm_up: 50,
            memory: 0.99,
            mirrored,
        }
    }
}

/// Parameters of `method` as a member of a method with `parameters`: its defaults, with the
/// values of [`UNET_PARAMETERS`].
pub(crate) fn member_parameters(parameters: &Parameters, method: &MethodInfo) -> Parameters {
    let mut own = Parameters::defaults(method);
    for (of_all, of_unet) in UNET_PARAMETERS.iter().zip(&PARAMETERS) {
        if let Some(value) = parameters.find(of_all.key) {
            let key = if method.id == UNET { of_unet.key } else { of_all.key };
            own.set(key, value);
        }
    }
    own
}
