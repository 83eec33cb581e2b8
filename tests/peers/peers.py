"""Peers: other tools that measure masks, each called as its documentation says.

One class a peer. `measure` returns the peer's numbers by their names; `KEYS` has the equal
key of `scr` for each number, or None without one: claims that compare.py checks. `TIMED`
are the timed numbers: the default call for each of the ten measures that the peer has.

Masks are boolean arrays; `spacing` is None or mm between rows, then columns, as numpy's
axes are; `tolerance` is in the unit of the distances and stands as T in keys. The same list
is in crates/scr-measures/src/peers.rs for `scr measures`.
"""

import contextlib
import importlib.metadata
import io
import logging
import math
import warnings

import numpy as np

FLOAT64, FLOAT32 = 1e-9, 5e-5


class Peer:
    package = None
    within = FLOAT64
    KEYS = {}
    TIMED = ()
    # Wider tolerances of numbers with the same definition as the key, with the reason.
    # Printed with each comparison.
    LOOSER = {}
    # Largest number of pairs of a large benchmark, lower for slow peers.
    most_pairs = 1000

    def version(self):
        return importlib.metadata.version(self.package)

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        """Wanted numbers, by the peer's names."""
        raise NotImplementedError


class Medpy(Peer):
    package = "MedPy"
    KEYS = {
        "jc": "overlap",
        "dc": "dice",
        "sensitivity": "sensitivity",
        "specificity": "specificity",
        "precision": "precision",
        "asd both ways, mean": "masd",
        "assd": "assd",
        "hd": "hausdorff",
        "hd95": "hausdorff_95.pooled",
        "asd both ways, mean, connectivity=2": "masd.i8",
        "assd connectivity=2": "assd.i8",
        "hd connectivity=2": "hausdorff.i8",
        "hd95 connectivity=2": "hausdorff_95.pooled.i8",
    }
    TIMED = ("jc", "dc", "sensitivity", "specificity", "precision", "assd", "hd", "hd95")

    def __init__(self):
        from medpy.metric import binary

        self.binary = binary

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        binary, found = self.binary, {}
        for name in wanted:
            connectivity = 2 if name.endswith("connectivity=2") else 1
            call = name.split()[0]
            if call == "asd":
                of = binary.asd
                there = of(prediction, reference, spacing, connectivity)
                found[name] = (there + of(reference, prediction, spacing, connectivity)) / 2
            elif call in ("assd", "hd", "hd95"):
                found[name] = getattr(binary, call)(prediction, reference, spacing, connectivity)
            else:
                found[name] = getattr(binary, call)(prediction, reference)
        return found


class SurfaceDistance(Peer):
    package = "surface-distance"
    KEYS = {
        "compute_dice_coefficient": "dice",
        "compute_average_surface_distance, mean": "masd.corners",
        "compute_robust_hausdorff 100": "hausdorff.corners",
        "compute_robust_hausdorff 95": "hausdorff_95.corners",
        "compute_surface_dice_at_tolerance": "nsd.corners@T",
    }
    TIMED = tuple(KEYS)

    def __init__(self):
        # Version 0.1 is from 2018 and uses names that numpy and scipy have since removed.
        import scipy.ndimage

        for name in ("Inf", "NaN"):
            if not hasattr(np, name):
                setattr(np, name, getattr(np, name.lower()))
        for name in ("filters", "morphology"):
            setattr(scipy.ndimage, name, scipy.ndimage)
        from surface_distance import metrics

        self.metrics = metrics

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        metrics = self.metrics
        distances = metrics.compute_surface_distances(reference, prediction, spacing or (1.0, 1.0))
        return {
            "compute_dice_coefficient": metrics.compute_dice_coefficient(reference, prediction),
            "compute_average_surface_distance, mean": np.mean(
                metrics.compute_average_surface_distance(distances)
            ),
            "compute_robust_hausdorff 100": metrics.compute_robust_hausdorff(distances, 100),
            "compute_robust_hausdorff 95": metrics.compute_robust_hausdorff(distances, 95),
            "compute_surface_dice_at_tolerance": metrics.compute_surface_dice_at_tolerance(
                distances, tolerance
            ),
        }


class SimpleItk(Peer):
    """SimpleITK's filters, and distances between its label contours, by its distance map."""

    package = "simpleitk"
    within = FLOAT32
    KEYS = {
        "LabelOverlapMeasures jaccard": "overlap",
        "LabelOverlapMeasures dice": "dice",
        "HausdorffDistance": None,
        "HausdorffDistance, average": None,
        **{
            f"LabelContour {which}, {name}": f"{key}.{rule}"
            for which, rule in (("fullyConnected=False", "i4o"), ("fullyConnected=True", "i8o"))
            for name, key in (
                ("mean of both means", "masd"),
                ("mean of all", "assd"),
                ("largest", "hausdorff"),
                ("larger percentile", "hausdorff_95"),
                ("percentile of all", "hausdorff_95.pooled"),
            )
        },
    }
    TIMED = (
        "LabelOverlapMeasures jaccard",
        "LabelOverlapMeasures dice",
        *(
            f"LabelContour fullyConnected=False, {name}"
            for name in ("mean of both means", "mean of all", "largest", "larger percentile")
        ),
    )

    def __init__(self):
        import SimpleITK

        self.sitk = SimpleITK
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        sitk = self.sitk
        images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (reference, prediction)]
        for image in images:
            image.SetSpacing((spacing or (1.0, 1.0))[::-1])
        overlap = sitk.LabelOverlapMeasuresImageFilter()
        overlap.Execute(images[1], images[0])
        found = {
            "LabelOverlapMeasures jaccard": overlap.GetJaccardCoefficient(),
            "LabelOverlapMeasures dice": overlap.GetDiceCoefficient(),
        }
        if "HausdorffDistance" in wanted:
            hausdorff = sitk.HausdorffDistanceImageFilter()
            hausdorff.Execute(images[0], images[1])
            found["HausdorffDistance"] = hausdorff.GetHausdorffDistance()
            found["HausdorffDistance, average"] = hausdorff.GetAverageHausdorffDistance()
        for connected in (False, True):
            start = f"LabelContour fullyConnected={connected}, "
            if start + "mean of all" not in wanted:
                continue
            contours = [sitk.LabelContour(image, fullyConnected=connected) for image in images]
            arrays = [sitk.GetArrayViewFromImage(contour) > 0 for contour in contours]
            maps = [
                sitk.GetArrayFromImage(
                    sitk.SignedMaurerDistanceMap(contour, squaredDistance=True, useImageSpacing=True)
                )
                for contour in contours
            ]
            # The map is negative inside a contour thicker than a pixel; the distance is 0 there.
            maps = [np.sqrt(np.maximum(each, 0).astype(float)) for each in maps]
            there, back = maps[1][arrays[0]], maps[0][arrays[1]]
            both = np.concatenate([there, back])
            found |= {
                start + "mean of both means": (there.mean() + back.mean()) / 2,
                start + "mean of all": both.mean(),
                start + "largest": both.max(),
                start + "larger percentile": max(np.percentile(there, 95), np.percentile(back, 95)),
                start + "percentile of all": np.percentile(both, 95),
            }
        return found


class Panoptica(Peer):
    package = "panoptica"
    KEYS = {
        "IOU": "overlap",
        "DSC": "dice",
        "ASSD": "masd",
        "HD": "hausdorff",
        "HD95": "hausdorff_95.pooled",
        "NSD": None,
        "ASSD connectivity=2": "masd.i8",
        "HD connectivity=2": "hausdorff.i8",
        "HD95 connectivity=2": "hausdorff_95.pooled.i8",
    }
    TIMED = ("IOU", "DSC", "ASSD", "HD", "HD95")

    def __init__(self):
        from panoptica import Metric

        self.metric = Metric

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        found = {}
        for name in wanted:
            metric = getattr(self.metric, name.split()[0])
            more = {"connectivity": 2} if name.endswith("connectivity=2") else {}
            if name == "NSD":
                more["threshold"] = tolerance
            if metric.name not in ("IOU", "DSC"):
                more["voxelspacing"] = spacing
            found[name] = metric(reference, prediction, **more)
        return found


class Evalutils(Peer):
    package = "evalutils"
    module = "evalutils.stats"
    KEYS = {
        "hausdorff_distance_measures distance": "hausdorff",
        "hausdorff_distance_measures percentile_distance": "hausdorff_95.floor",
        "hausdorff_distance_measures modified_distance": None,
        "mean_contour_distance": None,
        "hausdorff_distance_measures distance connectivity=2": "hausdorff.i8",
        "hausdorff_distance_measures percentile_distance connectivity=2": "hausdorff_95.floor.i8",
    }
    TIMED = (
        "hausdorff_distance_measures distance",
        "hausdorff_distance_measures percentile_distance",
    )

    def __init__(self):
        self.stats = importlib.import_module(self.module)

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        found = {}
        for connectivity in (1, 2):
            end = " connectivity=2" if connectivity == 2 else ""
            if not any(name.endswith("connectivity=2") == bool(end) for name in wanted):
                continue
            measures = self.stats.hausdorff_distance_measures(
                reference, prediction, voxelspacing=spacing, connectivity=connectivity
            )
            for name in ("distance", "percentile_distance", "modified_distance"):
                found[f"hausdorff_distance_measures {name}{end}"] = getattr(measures, name)
        if "mean_contour_distance" in wanted:
            found["mean_contour_distance"] = self.stats.mean_contour_distance(
                reference, prediction, voxelspacing=spacing
            )
        return found


class GrandChallengeMetrics(Evalutils):
    """Name of evalutils since version 0.6."""

    package = "grand-challenge-metrics"
    module = "grand_challenge_metrics.stats"


class SegMetrics(Peer):
    package = "seg-metrics"
    within = FLOAT32
    # Sums images pixel by pixel in Python: seven seconds a pair of 1024 x 1024.
    most_pairs = 5
    KEYS = {
        "jaccard": "overlap",
        "dice": "dice",
        "recall": "sensitivity",
        "precision": "precision",
        "msd": "assd.i8o",
        "hd": "hausdorff.i8o",
        "hd95": "hausdorff_95.pooled.i8o",
        "msd fully_connected=False": None,
        "hd fully_connected=False": None,
        "hd95 fully_connected=False": None,
    }
    TIMED = ("jaccard", "dice", "recall", "precision", "msd", "hd", "hd95")

    def __init__(self):
        logging.disable(logging.WARNING)
        with contextlib.redirect_stdout(io.StringIO()):
            from seg_metrics import seg_metrics

        self.write_metrics = seg_metrics.write_metrics

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        found = {}
        for connected in (True, False):
            end = "" if connected else " fully_connected=False"
            names = [name.split()[0] for name in wanted if name.endswith("=False") != connected]
            if not names:
                continue
            (values,) = self.write_metrics(
                labels=[1],
                gdth_img=reference.astype(np.uint8),
                pred_img=prediction.astype(np.uint8),
                metrics=list(names),
                spacing=spacing,
                fully_connected=connected,
            )
            found |= {name + end: float(values[name][0]) for name in names}
        return found


class Monai(Peer):
    package = "monai"
    within = FLOAT32
    KEYS = {
        "compute_iou": "overlap",
        "compute_dice": "dice",
        "confusion matrix, sensitivity": "sensitivity",
        "confusion matrix, specificity": "specificity",
        "confusion matrix, precision": "precision",
        "compute_average_surface_distance symmetric": "assd",
        "compute_hausdorff_distance": "hausdorff",
        "compute_hausdorff_distance percentile=95": "hausdorff_95",
        "get_edge_surface_distance, larger percentile in double precision": "hausdorff_95",
        "compute_surface_dice": "nsd@T",
        "compute_surface_dice use_subvoxels": "nsd.corners@T",
    }
    # The next number confirms it: the same distances, with the rank in double precision.
    LOOSER = {
        "compute_hausdorff_distance percentile=95": (
            1e-4,
            "torch.quantile takes the rank in single precision",
        )
    }
    TIMED = tuple(
        name
        for name in KEYS
        if not name.startswith("get_edge") and not name.endswith("use_subvoxels")
    )

    def __init__(self):
        import monai.metrics
        import torch

        torch.set_num_threads(1)
        self.torch, self.metrics = torch, monai.metrics

    def version(self):
        return f"{super().version()}, torch {self.torch.__version__}"

    def measure(self, reference, prediction, spacing, tolerance, wanted):
        metrics = self.metrics
        r, p = (self.torch.from_numpy(mask[None, None]) for mask in (reference, prediction))
        r_float, p_float = r.float(), p.float()
        shared = {"include_background": True, "spacing": spacing}
        counts = metrics.get_confusion_matrix(p_float, r_float, include_background=True)
        found = {
            "compute_iou": metrics.compute_iou(p_float, r_float),
            "compute_dice": metrics.compute_dice(p_float, r_float),
            "compute_average_surface_distance symmetric": metrics.compute_average_surface_distance(
                p, r, symmetric=True, **shared
            ),
            "compute_hausdorff_distance": metrics.compute_hausdorff_distance(p, r, **shared),
            "compute_hausdorff_distance percentile=95": metrics.compute_hausdorff_distance(
                p, r, percentile=95, **shared
            ),
            "compute_surface_dice": metrics.compute_surface_dice(p, r, [tolerance], **shared),
        }
        for name in ("sensitivity", "specificity", "precision"):
            of = metrics.compute_confusion_matrix_metric(name, counts)
            found[f"confusion matrix, {name}"] = of
        if "compute_surface_dice use_subvoxels" in wanted:
            found["compute_surface_dice use_subvoxels"] = metrics.compute_surface_dice(
                p, r, [tolerance], use_subvoxels=True, **shared
            )
        if any(name.startswith("get_edge") for name in wanted):
            from monai.metrics.utils import get_edge_surface_distance

            _, both, _ = get_edge_surface_distance(
                p[0, 0], r[0, 0], spacing=spacing, symmetric=True
            )
            found["get_edge_surface_distance, larger percentile in double precision"] = max(
                self.torch.quantile(distances.double(), 0.95) for distances in both
            )
        return {name: float(value) for name, value in found.items()}


PEERS = {
    "medpy": Medpy,
    "surface-distance": SurfaceDistance,
    "SimpleITK": SimpleItk,
    "panoptica": Panoptica,
    "evalutils": Evalutils,
    "grand-challenge-metrics": GrandChallengeMetrics,
    "seg-metrics": SegMetrics,
    "MONAI": Monai,
}


def load(name):
    """Peer, or None if this Python does not have it."""
    try:
        importlib.metadata.version(PEERS[name].package)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PEERS[name]()
    except ImportError:
        return None


def finite(number):
    number = float(number)
    return number if math.isfinite(number) else None
