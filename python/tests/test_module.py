"""Documentation of the module, and the architecture rules for it."""

import ast
import inspect
import json
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import numpy
import pytest
import scr_eval

FOLDER = Path(__file__).resolve().parents[1]
ROOT = FOLDER.parent


def test_measures_are_the_registrys():
    found = {about["key"]: about for about in scr_eval.measures()}
    assert list(found)[:3] == ["overlap", "dice", "sensitivity"]
    for about in found.values():
        assert list(about) == [
            "key", "name", "definition", "range", "better", "empty", "source", "unit",
            "needs_length", "variants", "equals",
        ]
    assert found["dice"]["definition"] == "2 TP / (2 TP + FP + FN)"
    assert found["masd"]["better"] == "lower"
    assert "medpy: hd95" in found["hausdorff_95"]["equals"]["hausdorff_95.pooled"]
    assert found["hausdorff_95"]["variants"] == ["pooled", "floor", "i8", "i4o", "i8o", "corners"]


def test_measures_are_the_commands(scr):
    printed = json.loads(scr("measures", "--format", "json"))["measures"]
    without = [{k: v for k, v in about.items() if k != "equals"} for about in scr_eval.measures()]
    assert without == printed


def test_every_variant_that_is_listed_is_measured():
    mask = numpy.eye(5, dtype=bool)
    for about in scr_eval.measures():
        length = "@2px" * about["needs_length"]
        unit = "_px" if about["unit"] else ""
        for variant in ["", *("." + variant for variant in about["variants"])]:
            key = about["key"] + variant + length
            assert list(scr_eval.evaluate(mask, mask, measures=[key])) == [key + unit]


def test_the_version_is_the_wheels():
    assert metadata.version("scr-eval") == scr_eval.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", scr_eval.EVALUATOR_VERSION)


CLASSES = ["Benchmark", "Layer", "Overlay", "Radiograph", "Result"]
FUNCTIONS = [
    "evaluate", "evaluate_batch", "evaluate_dir", "evaluate_shard", "measures", "merge", "overlay",
    "read_layers", "read_mask", "read_radiograph", "run_onnx",
]


def stubs():
    """Names and arguments of the stub file."""
    tree = ast.parse((FOLDER / "scr_eval.pyi").read_text())
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        if isinstance(node, ast.ClassDef) and node.name in CLASSES:
            members = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
            found |= {f"{node.name}.{n.name}": n for n in members}
    return found


def test_stubs_and_docs_cover_what_is_there():
    there = {name: getattr(scr_eval, name) for name in FUNCTIONS}
    for name in CLASSES:
        members = vars(getattr(scr_eval, name)).items()
        there |= {f"{name}.{n}": v for n, v in members if n[0] != "_"}
    assert set(stubs()) == set(there)
    for name, member in there.items():
        assert member.__doc__, name
        if callable(member) and not isinstance(member, staticmethod):
            arguments = [argument.arg for argument in stubs()[name].args.args]
            assert list(inspect.signature(member).parameters) == arguments, name
    assert set(scr_eval.__all__) == {
        *FUNCTIONS, *CLASSES, "ProblemsError", "EVALUATOR_VERSION", "__version__",
    }
    for name in [*CLASSES, "ProblemsError"]:
        assert getattr(scr_eval, name).__doc__, name
    assert scr_eval.__doc__


def test_stubs_are_in_the_wheel():
    files = {str(file) for file in metadata.files("scr-eval")}
    assert {"scr_eval/py.typed", "scr_eval/__init__.pyi"} <= files


def versions(lock):
    found = {}
    for name, version in re.findall(r'name = "(.+)"\nversion = "(.+)"', lock.read_text()):
        found.setdefault(name, set()).add(version)
    return found


def test_what_both_lock_files_name_has_one_version():
    here, house = versions(FOLDER / "Cargo.lock"), versions(ROOT / "Cargo.lock")
    differing = {name for name in here if name in house and not here[name] <= house[name]}
    assert not differing, "in python/: cp ../Cargo.lock . && cargo update --workspace"


def test_every_dependency_has_its_line_and_an_open_licence():
    if not shutil.which("cargo"):
        pytest.skip("cargo is not there to ask")
    about = subprocess.run(["rustc", "-vV"], capture_output=True, check=True, text=True).stdout
    # Of this platform alone: a fresh machine has not fetched what only others need.
    host = re.search("host: (.+)", about)[1]
    asked = ["cargo", "metadata", "--format-version", "1", "--offline", "--filter-platform", host]
    found = json.loads(subprocess.run(asked, cwd=FOLDER, capture_output=True, check=True).stdout)
    lines = (ROOT / "docs" / "explanation" / "dependencies.md").read_text()
    for package in found["packages"]:
        if package["name"] == "scr-python":
            for dependency in package["dependencies"]:
                name = dependency["name"]
                assert name.startswith("scr-") or f"`{name}`" in lines, name
        licences = re.split(r" OR |/", package["license"].replace("(", "").replace(")", ""))
        open_ones = "MIT|Apache-2.0|BSD-2-Clause|BSD-3-Clause|0BSD|ISC|Zlib|Unicode-3.0|Unlicense|BSL-1.0"
        is_open = any(
            all(re.match(open_ones, one) for one in licence.split(" AND ")) for licence in licences
        )
        assert is_open, f"{package['name']} is under {package['license']}"
