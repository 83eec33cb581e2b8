"""Measures of agreement between segmentation masks, and the evaluation of a set of
masks against a benchmark: the same numbers as the command `scr evaluate`."""

import os
from collections.abc import Sequence
from typing import Any, Literal, SupportsFloat, TypedDict, final

import numpy as np
import numpy.typing as npt
import pandas as pd

__version__: str
EVALUATOR_VERSION: str
"""Version of the scoring rules: it changes whenever a score can."""

class Problem(TypedDict):
    """One thing that is wrong. Only a type: no class of this name is there at run time."""

    place: str
    expected: str
    found: str
    hint: str

class MeasureKind(TypedDict):
    """A kind of measure. Only a type: no class of this name is there at run time."""

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
    """Everything that is wrong with the input, at once; str() is the list as text."""

    problems: list[Problem]

@final
class Result:
    """A set of masks scored against a benchmark."""

    @property
    def images(self) -> list[dict[str, Any]]:
        """A record an image and object: image, fold, object, measures."""
    @property
    def image_measures(self) -> list[dict[str, Any]]:
        """A record an image: image, fold, what is measured on whole images."""
    @property
    def summary(self) -> list[dict[str, Any]]:
        """A record an object and measure: mean, sd, ..., ci95_low, ci95_high, n, n_undefined."""
    @property
    def notices(self) -> list[str]:
        """What was passed over in the set of masks."""
    def to_json(self) -> str:
        """What `scr evaluate --format json` prints, byte for byte."""
    def to_dict(self) -> dict[str, Any]:
        """The same, parsed."""
    def to_pandas(
        self, table: Literal["images", "image_measures", "summary"] = "images"
    ) -> pd.DataFrame:
        """One of the tables; undefined values are NaN."""

def evaluate(
    reference: npt.NDArray[np.bool_ | np.integer[Any]],
    prediction: npt.NDArray[np.bool_ | np.integer[Any]],
    spacing: SupportsFloat | Sequence[SupportsFloat] | None = None,
    measures: Sequence[str] | None = None,
) -> dict[str, float | None]:
    """Measure how well two masks of shape (rows, columns) agree.

    spacing is in mm: one number, or (ROW_SPACING, COLUMN_SPACING), y before x.
    """

def evaluate_dir(
    masks: str | os.PathLike[str],
    benchmark: str | os.PathLike[str],
    observer: str = "reference",
    measures: Sequence[str] | None = None,
    per_image: bool = True,
) -> Result:
    """Score a set of masks on disk against a benchmark, as `scr evaluate` does."""

def measures() -> list[MeasureKind]:
    """What there is to measure."""
