//! Peers: other tools that measure masks, with the keys that equal their numbers.
//!
//! Every line was verified: by running the tool on the same masks
//! (`tests/peers/compare.py` reads this list and fails when it is wrong) or, for a
//! tool that could not be installed, by reading its public source.

/// Other tool with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Name of the tool.
    pub name: &'static str,
    /// Version that was run or read.
    pub version: &'static str,
    /// Verification of the numbers.
    pub verification: Verification,
    /// The tool's name of a number, and the key that equals it. A length of `2px`
    /// stands for any.
    pub numbers: &'static [(&'static str, &'static str)],
    /// Numbers without a key, and their definitions.
    pub without_key: &'static [(&'static str, &'static str)],
    /// Remark; often empty.
    pub note: &'static str,
}

/// Verification of a peer's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// The tool was run: equal within 1e-9.
    Run,
    /// The tool was run; it uses single precision: equal within 5e-5.
    RunSinglePrecision,
    /// The public source was read; the tool was not run.
    Source,
}

impl Verification {
    /// The verification in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Run => "run, equal within 1e-9",
            Self::RunSinglePrecision => "run, equal within 5e-5: it counts in single precision",
            Self::Source => "not run: by its public source",
        }
    }
}

const GRAND_CHALLENGE_NUMBERS: &[(&str, &str)] = &[
    ("hausdorff_distance_measures distance", "hausdorff"),
    ("hausdorff_distance_measures percentile_distance", "hausdorff_95.floor"),
    ("hausdorff_distance_measures distance connectivity=2", "hausdorff.i8"),
    ("hausdorff_distance_measures percentile_distance connectivity=2", "hausdorff_95.floor.i8"),
];

const GRAND_CHALLENGE_WITHOUT_KEY: &[(&str, &str)] = &[
    (
        "hausdorff_distance_measures modified_distance",
        "the larger of the two directed means, not their mean",
    ),
    (
        "mean_contour_distance",
        "the larger of two means, of distances to all pixels of the other mask, not to its boundary",
    ),
];

/// The tools with their numbers.
pub static PEERS: [Peer; 9] = [
    Peer {
        name: "medpy",
        version: "0.5.2",
        verification: Verification::Run,
        numbers: &[
            ("jc", "overlap"),
            ("dc", "dice"),
            ("sensitivity", "sensitivity"),
            ("specificity", "specificity"),
            ("precision", "precision"),
            ("asd both ways, mean", "masd"),
            ("assd", "assd"),
            ("hd", "hausdorff"),
            ("hd95", "hausdorff_95.pooled"),
            ("asd both ways, mean, connectivity=2", "masd.i8"),
            ("assd connectivity=2", "assd.i8"),
            ("hd connectivity=2", "hausdorff.i8"),
            ("hd95 connectivity=2", "hausdorff_95.pooled.i8"),
        ],
        without_key: &[],
        note: "",
    },
    Peer {
        name: "surface-distance",
        version: "0.1",
        verification: Verification::Run,
        numbers: &[
            ("compute_dice_coefficient", "dice"),
            ("compute_average_surface_distance, mean", "masd.corners"),
            ("compute_robust_hausdorff 100", "hausdorff.corners"),
            ("compute_robust_hausdorff 95", "hausdorff_95.corners"),
            ("compute_surface_dice_at_tolerance", "nsd.corners@2px"),
        ],
        without_key: &[],
        note: "",
    },
    Peer {
        name: "SimpleITK",
        version: "2.5.7",
        verification: Verification::RunSinglePrecision,
        numbers: &[
            ("LabelOverlapMeasures jaccard", "overlap"),
            ("LabelOverlapMeasures dice", "dice"),
            ("LabelContour fullyConnected=False, mean of both means", "masd.i4o"),
            ("LabelContour fullyConnected=False, mean of all", "assd.i4o"),
            ("LabelContour fullyConnected=False, largest", "hausdorff.i4o"),
            ("LabelContour fullyConnected=False, larger percentile", "hausdorff_95.i4o"),
            ("LabelContour fullyConnected=False, percentile of all", "hausdorff_95.pooled.i4o"),
            ("LabelContour fullyConnected=True, mean of both means", "masd.i8o"),
            ("LabelContour fullyConnected=True, mean of all", "assd.i8o"),
            ("LabelContour fullyConnected=True, largest", "hausdorff.i8o"),
            ("LabelContour fullyConnected=True, larger percentile", "hausdorff_95.i8o"),
            ("LabelContour fullyConnected=True, percentile of all", "hausdorff_95.pooled.i8o"),
        ],
        without_key: &[
            (
                "HausdorffDistance",
                "from all pixels of a mask to the other mask, not from boundary to boundary",
            ),
            ("HausdorffDistance, average", "a mean of the same distances"),
        ],
        note: "",
    },
    Peer {
        name: "panoptica",
        version: "2.1.7",
        verification: Verification::Run,
        numbers: &[
            ("IOU", "overlap"),
            ("DSC", "dice"),
            ("ASSD", "masd"),
            ("HD", "hausdorff"),
            ("HD95", "hausdorff_95.pooled"),
            ("ASSD connectivity=2", "masd.i8"),
            ("HD connectivity=2", "hausdorff.i8"),
            ("HD95 connectivity=2", "hausdorff_95.pooled.i8"),
        ],
        without_key: &[("NSD", "the mean of the two directions' shares, not their pooled share")],
        note: "",
    },
    Peer {
        name: "evalutils",
        version: "0.5.0",
        verification: Verification::Run,
        numbers: GRAND_CHALLENGE_NUMBERS,
        without_key: GRAND_CHALLENGE_WITHOUT_KEY,
        note: "",
    },
    Peer {
        name: "grand-challenge-metrics",
        version: "0.6.0",
        verification: Verification::Run,
        numbers: GRAND_CHALLENGE_NUMBERS,
        without_key: GRAND_CHALLENGE_WITHOUT_KEY,
        note: "",
    },
    Peer {
        name: "seg-metrics",
        version: "1.2.8",
        verification: Verification::RunSinglePrecision,
        numbers: &[
            ("jaccard", "overlap"),
            ("dice", "dice"),
            ("recall", "sensitivity"),
            ("precision", "precision"),
            ("msd", "assd.i8o"),
            ("hd", "hausdorff.i8o"),
            ("hd95", "hausdorff_95.pooled.i8o"),
        ],
        without_key: &[
            (
                "msd fully_connected=False",
                "from the boundary of 4-neighbours to that of 8-neighbours: two rules in one number",
            ),
            ("hd fully_connected=False", "the same"),
            ("hd95 fully_connected=False", "the same"),
        ],
        note: "On 133 masks, five of them large: a pair of 1024 x 1024 pixels takes it seconds.",
    },
    Peer {
        name: "MONAI",
        version: "1.4.0",
        verification: Verification::RunSinglePrecision,
        numbers: &[
            ("compute_iou", "overlap"),
            ("compute_dice", "dice"),
            ("confusion matrix, sensitivity", "sensitivity"),
            ("confusion matrix, specificity", "specificity"),
            ("confusion matrix, precision", "precision"),
            ("compute_average_surface_distance symmetric", "assd"),
            ("compute_hausdorff_distance", "hausdorff"),
            ("compute_hausdorff_distance percentile=95", "hausdorff_95"),
            ("get_edge_surface_distance, larger percentile in double precision", "hausdorff_95"),
            ("compute_surface_dice", "nsd@2px"),
            ("compute_surface_dice use_subvoxels", "nsd.corners@2px"),
        ],
        without_key: &[],
        note: "compute_hausdorff_distance percentile=95 misses this on one of 228 masks, by 5.3e-5 \
               in 9.6 pixels: torch takes the rank of a quantile in single precision. Its distances \
               with the rank in double precision agree within 2e-6.",
    },
    Peer {
        name: "MetricsReloaded",
        version: "commit 00219d0",
        verification: Verification::Source,
        numbers: &[
            ("intersection_over_union", "overlap"),
            ("dsc", "dice"),
            ("sensitivity", "sensitivity"),
            ("specificity", "specificity"),
            ("positive_predictive_values", "precision"),
            ("measured_masd", "masd"),
            ("measured_average_distance", "assd"),
            ("measured_hausdorff_distance", "hausdorff"),
            ("measured_hausdorff_distance_perc", "hausdorff_95"),
            ("normalised_surface_distance", "nsd@2px"),
            ("boundary_iou, its distance in pixels", "boundary_iou@2px"),
        ],
        without_key: &[],
        note: "",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Measure;

    #[test]
    fn every_key_of_a_peer_names_a_measure() {
        for peer in &PEERS {
            for (name, key) in peer.numbers {
                let measure: Measure = key.parse().unwrap();
                assert_eq!(measure.to_string(), *key, "{} of {}", name, peer.name);
            }
        }
    }

    #[test]
    fn a_number_is_named_once_a_peer() {
        for peer in &PEERS {
            let names = peer.numbers.iter().chain(peer.without_key).map(|(name, _)| name);
            let n_names = names.clone().count();
            assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), n_names);
        }
    }
}
