"""Python blocks of the documentation run as they are printed."""

import os
import re
from pathlib import Path

import pytest
from conftest import SHAPE, write_png

import numpy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "train-with-scores.md"
PACKAGES = ["torch", "torchmetrics", "monai"]


def blocks():
    """Title of the section and code of every Python block."""
    for section in PAGE.read_text().split("\n## ")[1:]:
        title = section.splitlines()[0]
        for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
            yield pytest.param(code, id=title)


@pytest.mark.parametrize("code", list(blocks()))
def test_a_block_of_the_page_runs(code, own_benchmark, monkeypatch):
    for package in PACKAGES:
        if re.search(rf"(import|from) .*\b{package}\b", code):
            pytest.importorskip(package, reason=f"{package} is not installed")
    for image in ["a1", "b2", "c3", "d4"]:
        write_png(own_benchmark.root / "images" / f"{image}.png", numpy.ones(SHAPE, bool))
    folder = own_benchmark.root.parent
    os.rename(own_benchmark.root, folder / "BENCHMARK")
    monkeypatch.chdir(folder)
    exec(compile("import numpy, scr_eval\n" + code, str(PAGE), "exec"), {})


def test_the_page_has_a_block_for_every_package():
    codes = "".join(str(block.values) for block in blocks())
    assert all(package in codes for package in PACKAGES)
