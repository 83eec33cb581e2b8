"""Measures of agreement between segmentation masks, and the evaluation of a set of
masks against a benchmark: the same numbers as the command `scr evaluate`."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, TypeAlias, TypedDict, final

import numpy as np
import numpy.typing as npt
import pandas as pd

__version__: str
EVALUATOR_VERSION: str
"""Version of the scoring rules; every change that can move a score changes it."""

class SupportsDLPack(Protocol):
    """Array of another package, such as a torch tensor. Only a type."""

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __dlpack_device__(self) -> Any: ...

Mask: TypeAlias = npt.NDArray[np.bool_ | np.integer[Any]] | SupportsDLPack
"""Array of a mask or of a batch of masks. Only a type."""

Spacing: TypeAlias = SupportsFloat | Sequence[SupportsFloat] | None
"""Spacing in mm: one number, or (ROW_SPACING, COLUMN_SPACING), y before x. Only a type."""

class Problem(TypedDict):
    """Problem of the input. Only a type: no class of this name exists at run time."""

    place: str
    expected: str
    found: str
    hint: str

class MeasureKind(TypedDict):
    """Kind of measure. Only a type: no class of this name exists at run time."""

    key: str
    name: str
    definition: str
    range: str
    better: Literal["higher", "lower"]
    empty: str
    source: str
    unit: Literal["mm or px"] | None
    needs_length: bool
    variants: list[str]
    equals: dict[str, list[str]]

class ProblemsError(ValueError):
    """All problems of the input; str() is the list as text."""

    problems: list[Problem]

@final
class Result:
    """Result of scoring a set of masks against a benchmark."""

    @property
    def images(self) -> list[dict[str, Any]]:
        """A record an image and object: image, fold, object, measures."""
    @property
    def image_measures(self) -> list[dict[str, Any]]:
        """A record an image: image, fold, measures of whole images."""
    @property
    def summary(self) -> list[dict[str, Any]]:
        """A record an object and measure: mean, sd, ..., ci95_low, ci95_high, n, n_undefined."""
    @property
    def notices(self) -> list[str]:
        """Notices about ignored files of the set of masks."""
    def to_json(self) -> str:
        """The output of `scr evaluate --format json`, byte for byte."""
    def to_dict(self) -> dict[str, Any]:
        """The result as a dict: to_json(), parsed."""
    def to_pandas(
        self, table: Literal["images", "image_measures", "summary"] = "images"
    ) -> pd.DataFrame:
        """One of the tables; undefined values are NaN."""
    def _repr_html_(self) -> str: ...

@final
class Overlay:
    """Picture of a reference and a prediction over a radiograph, which notebooks draw."""

    @property
    def svg(self) -> str:
        """The picture, as text of an SVG file."""
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to an SVG file."""
    def _repr_html_(self) -> str: ...

@final
class Benchmark:
    """Benchmark: radiographs and masks in a folder with benchmark.toml."""

    @staticmethod
    def from_folder(path: str | os.PathLike[str]) -> Benchmark:
        """Open the benchmark in a folder that holds benchmark.toml."""
    @property
    def id(self) -> str:
        """Identifier."""
    @property
    def title(self) -> str:
        """Name for people."""
    @property
    def images(self) -> list[str]:
        """Identifiers of the images, in the order of the table."""
    @property
    def objects(self) -> dict[str, list[str]]:
        """Identifiers of the structures of each object."""
    @property
    def observers(self) -> list[str]:
        """Identifiers of the observers; the first is the reference."""
    @property
    def folds(self) -> dict[str, int | str]:
        """Fold of each scored image: its number, or "test" or "all"."""
    def radiograph(self, image: str) -> Radiograph:
        """Radiograph of an image, as read_radiograph() gives it."""
    def mask(
        self, image: str, object: str, observer: str | None = None
    ) -> npt.NDArray[np.bool_]:
        """An observer's mask of an object, by default the reference's."""
    def score(
        self,
        image: str,
        predictions: dict[str, Mask],
        measures: Sequence[str] | None = None,
    ) -> dict[str, dict[str, float | None]]:
        """Score arrays of one image against the reference, as in a training loop."""
    def evaluate(
        self,
        masks: str | os.PathLike[str],
        observer: str | None = None,
        measures: Sequence[str] | None = None,
        per_image: bool = True,
        labels: Mapping[int | str, str] | None = None,
    ) -> Result:
        """Score a set of masks on disk against this benchmark."""
    def overlay(self, image: str, object: str, prediction: Mask | None = None) -> Overlay:
        """Picture of an object for a notebook."""
    def _repr_html_(self) -> str: ...

def evaluate(
    reference: Mask,
    prediction: Mask,
    spacing: Spacing = None,
    measures: Sequence[str] | None = None,
) -> dict[str, float | None]:
    """Measure the agreement of two masks of shape (rows, columns).

    spacing is in mm: one number, or (ROW_SPACING, COLUMN_SPACING), y before x.
    """

def evaluate_batch(
    reference: Mask,
    prediction: Mask,
    spacing: Spacing = None,
    measures: Sequence[str] | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """Measure two batches of masks, of shape (images, rows, columns) or
    (images, objects, rows, columns); NaN where undefined."""

def overlay(
    reference: Mask,
    prediction: Mask,
    radiograph: npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | None = None,
) -> Overlay:
    """Draw two masks over a radiograph, for a notebook."""

def evaluate_dir(
    masks: str | os.PathLike[str],
    benchmark: str | os.PathLike[str],
    observer: str = "reference",
    measures: Sequence[str] | None = None,
    per_image: bool = True,
    labels: Mapping[int | str, str] | None = None,
) -> Result:
    """Score a set of masks on disk against a benchmark, as `scr evaluate` does.

    Masks may have any layout that `scr init` reads; labels names their structures, such as
    {1: "right_lung", 2: "left_lung"}.
    """

def evaluate_shard(
    masks: str | os.PathLike[str],
    benchmark: str | os.PathLike[str],
    shard: str,
    observer: str = "reference",
    measures: Sequence[str] | None = None,
    labels: Mapping[int | str, str] | None = None,
) -> str:
    """Score the images of one shard, "I/N", as `scr evaluate --shard` does."""

def merge(shards: Sequence[str], per_image: bool = True) -> Result:
    """Merge all shards of an evaluation into one result, as `scr merge` does."""

def run_onnx(
    model: str | os.PathLike[str],
    benchmark: str | os.PathLike[str],
    out: str | os.PathLike[str],
    card: str | os.PathLike[str] | None = None,
    model_fold_2: str | os.PathLike[str] | None = None,
    soft: str | os.PathLike[str] | None = None,
) -> str:
    """Segment all images of a benchmark with an ONNX model, in this process; returns the
    record of the run as JSON."""

@final
class Radiograph:
    """Radiograph read from a file."""

    @property
    def pixels(self) -> npt.NDArray[np.uint16]:
        """Grey values of shape (rows, columns), which rise with brightness."""
    @property
    def max_value(self) -> int:
        """Value of white: 255 for 8 bits, 4095 for 12, 65535 for 16."""
    @property
    def spacing(self) -> tuple[float, float] | None:
        """(ROW_SPACING, COLUMN_SPACING) in mm; None where the file does not state it."""

@final
class Layer:
    """Mask of the pixels with one value of a label map."""

    @property
    def value(self) -> int | tuple[int, int, int]:
        """The value: a number, or a colour as (red, green, blue)."""
    @property
    def index(self) -> int | None:
        """Place in the palette, or None without one."""
    @property
    def name(self) -> str | None:
        """Name of the structure, or None where the file does not state it."""
    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Array of shape (rows, columns)."""

def read_radiograph(path: str | os.PathLike[str]) -> Radiograph:
    """Read a radiograph in any format of a benchmark, by the extension of its name."""

def read_mask(path: str | os.PathLike[str]) -> npt.NDArray[np.bool_]:
    """Read a mask, 0 and one other value, in any format of a set of masks."""

def read_layers(path: str | os.PathLike[str]) -> list[Layer]:
    """Read a label map as one mask a value other than background, by ascending values."""

def measures() -> list[MeasureKind]:
    """List the measures."""
