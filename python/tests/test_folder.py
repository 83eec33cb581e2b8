"""Sets of masks on disk: equality with the command, in every form."""

import json
import multiprocessing
import shutil
import signal
import subprocess
import sys
import warnings
import zipfile

import numpy
import pytest
import scr_eval
from conftest import IMAGES, OBJECTS, Benchmark, write_png

MEASURES = ["dice", "masd", "hausdorff_95.pooled", "nsd@1px", "nsd@0.8mm"]


@pytest.fixture(scope="module")
def result(benchmark):
    return scr_eval.evaluate_dir(benchmark.masks, benchmark.root, measures=MEASURES)


@pytest.mark.parametrize("observer", ["reference", "second"])
@pytest.mark.parametrize("per_image", [True, False])
@pytest.mark.parametrize("measures", [None, MEASURES, ["pixel_error", "dice", "dice"], ["ctr"]])
def test_the_text_is_the_commands_byte_for_byte(benchmark, scr, observer, per_image, measures):
    found = scr_eval.evaluate_dir(
        benchmark.masks, benchmark.root, observer=observer, measures=measures, per_image=per_image
    )
    options = ["--observer", observer, "--format", "json"]
    options += ["--per-image"] * per_image
    options += ["--measures", ",".join(measures)] if measures else []
    printed = scr("evaluate", benchmark.masks, "--benchmark", benchmark.root, *options)
    assert found.to_json().encode() == printed


def test_the_versions_are_the_commands(scr, result):
    assert scr("--version").decode().split() == ["scr", scr_eval.__version__]
    assert result.to_dict()["evaluator_version"] == scr_eval.EVALUATOR_VERSION


def test_values_are_those_of_the_arrays(benchmark, result):
    rows = {(row["image"], row["object"]): row for row in result.images}
    assert list(rows) == [(image, name) for image in IMAGES for name in OBJECTS]
    for (image, name), row in rows.items():
        pair = benchmark.arrays(image, name)
        # benchmark.toml says [x, y] = [0.5, 0.7].
        values = scr_eval.evaluate(*pair, spacing=(0.7, 0.5), measures=MEASURES)
        assert row == {"image": image, "fold": IMAGES[image], "object": name, **values}
        assert list(row)[3:] == list(values)
    assert rows["c3", "heart"]["masd_mm"] is None


def test_the_dict_is_the_text_parsed(result):
    assert result.to_dict() == json.loads(result.to_json())
    assert list(result.to_dict()["objects"]["heart"]) == [
        "dice", "masd_mm", "hausdorff_95.pooled_mm", "nsd@1px", "nsd@0.8mm",
    ]


def test_the_summary_is_a_record_an_object_and_measure(result):
    document = result.to_dict()
    rows = {(row["object"], row["measure"]): row for row in result.summary}
    of_objects = [(o, m) for o, found in document["objects"].items() for m in found]
    of_images = [(None, m) for m in document["image_measures"]]
    assert list(rows) == of_objects + of_images
    for (name, measure), row in rows.items():
        found = document["objects"][name] if name else document["image_measures"]
        expected = dict(found[measure])
        expected["ci95_low"], expected["ci95_high"] = expected.pop("ci95")
        assert row == {"object": name, "measure": measure, **expected}
    assert (rows["heart", "masd_mm"]["n"], rows["heart", "masd_mm"]["n_undefined"]) == (3, 1)


def test_what_is_measured_on_whole_images_has_its_own_records(benchmark, result):
    assert [row["image"] for row in result.image_measures] == list(IMAGES)
    first = result.image_measures[0]
    assert list(first) == ["image", "fold", "pixel_error", "ctr", "ctr_reference", "ctr_difference"]
    pairs = [(benchmark.reference["a1"][s], benchmark.prediction["a1"][s]) for s in benchmark.reference["a1"]]
    assert first["pixel_error"] == numpy.logical_or.reduce([r ^ p for r, p in pairs]).mean()


def test_tables_go_into_pandas(result):
    pandas = pytest.importorskip("pandas", reason="to_pandas needs pandas")
    images = result.to_pandas()
    assert list(images.columns[:3]) == ["image", "fold", "object"]
    assert len(images) == len(IMAGES) * len(OBJECTS)
    assert (images.dtypes.iloc[3:] == "float64").all()
    heart = images[images["object"] == "heart"]
    summary = result.to_pandas("summary")
    row = summary[(summary["object"] == "heart") & (summary["measure"] == "masd_mm")].iloc[0]
    assert (row["n"], row["n_undefined"]) == (3, 1) and heart["masd_mm"].isna().sum() == 1
    assert row["mean"] == pytest.approx(heart["masd_mm"].mean(), rel=1e-14)
    assert list(result.to_pandas("image_measures")["image"]) == list(IMAGES)
    pandas.testing.assert_frame_equal(pandas.DataFrame(result.images), images)
    with pytest.raises(ValueError, match="found `rows`"):
        result.to_pandas("rows")


def test_a_column_of_undefined_values_is_still_of_numbers(own_benchmark):
    pytest.importorskip("pandas", reason="to_pandas needs pandas")
    for image in IMAGES:
        for structure in own_benchmark.reference[image]:
            path = own_benchmark.masks / structure / f"{image}.png"
            write_png(path, numpy.zeros((60, 80), bool))
    empty = scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root, measures=["masd"])
    assert empty.to_pandas()["masd_px"].dtype == "float64"
    assert empty.to_pandas("summary").set_index("measure")["mean"].dtype == "float64"


def test_without_values_of_images_there_are_none(benchmark):
    found = scr_eval.evaluate_dir(benchmark.masks, benchmark.root, per_image=False)
    assert "images" not in found.to_dict()
    assert found.summary
    for read in [lambda: found.images, lambda: found.image_measures, found.to_pandas]:
        with pytest.raises(ValueError, match="per_image=False"):
            read()


def test_paths_may_be_text_and_a_zip_file_is_the_same(benchmark, result, tmp_path):
    path = tmp_path / "masks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(benchmark.masks.rglob("*.png")):
            archive.write(file, file.relative_to(benchmark.masks))
    zipped = scr_eval.evaluate_dir(str(path), str(benchmark.root), measures=MEASURES)
    assert zipped.to_json() == result.to_json()


def test_distances_are_in_pixels_where_the_spacing_is_unknown(own_benchmark):
    found = scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root, measures=["masd"])
    assert list(found.to_dict()["objects"]["heart"]) == ["masd_px"]
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root, measures=["nsd@2mm"])
    assert error.value.problems[0]["place"] == "measure `nsd@2mm`"


def test_a_split_is_scored_on_its_test_set_with_the_spacing_of_each_image(own_benchmark):
    sets = ["test", "train", "test", "validation"]
    rows = [f"{image},{sets[at % 4]},{0.5 + at}\n" for at, image in enumerate(IMAGES)]
    (own_benchmark.root / "images.csv").write_text("image_id,set,mm\n" + "".join(rows))
    file = own_benchmark.root / "benchmark.toml"
    text = file.read_text().replace('spacing_mm = "unknown"', 'spacing_mm = { column = "mm" }')
    file.write_text(text.replace('"fold"', '"set"').replace('"two-fold"', '"split"'))
    with pytest.warns(UserWarning, match="is not scored"):
        found = scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root, measures=["masd"])
    tested = [image for at, image in enumerate(IMAGES) if sets[at % 4] == "test"]
    assert [row["image"] for row in found.image_measures] == tested
    assert {row["fold"] for row in found.images} == {"test"}
    for row in found.images:
        spacing = 0.5 + list(IMAGES).index(row["image"])
        pair = own_benchmark.arrays(row["image"], row["object"])
        assert row["masd_mm"] == scr_eval.evaluate(*pair, spacing=spacing, measures=["masd"])["masd_mm"]


def test_every_problem_of_a_set_is_listed(own_benchmark):
    (own_benchmark.masks / "heart" / "a1.png").unlink()
    (own_benchmark.masks / "heart" / "b2.png").write_bytes(b"no image")
    write_png(own_benchmark.masks / "left_lung" / "d4.png", numpy.zeros((60, 81), bool))
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root)
    text = str(error.value)
    assert text.startswith(f"{len(error.value.problems)} problems\n")
    for part in ["a1", "b2.png", "d4.png", "80x60 pixels", "81x60 pixels"]:
        assert part in text
    for wrong in error.value.problems:
        assert list(wrong) == ["place", "expected", "found", "hint"]


@pytest.mark.parametrize("argument", ["masks", "benchmark"])
def test_a_folder_that_is_not_there_is_a_problem(benchmark, tmp_path, argument):
    folders = {"masks": benchmark.masks, "benchmark": benchmark.root}
    folders[argument] = tmp_path / "nowhere"
    with pytest.raises(ValueError, match="nowhere"):
        scr_eval.evaluate_dir(**folders)


def test_unknown_observers_and_keys_are_problems(benchmark):
    with pytest.raises(ValueError, match="one of reference, second"):
        scr_eval.evaluate_dir(benchmark.masks, benchmark.root, observer="third")
    with pytest.raises(ValueError, match="found `hd95`"):
        scr_eval.evaluate_dir(benchmark.masks, benchmark.root, measures=["hd95"])


def test_what_was_passed_over_is_said(own_benchmark, result):
    assert result.notices == []
    (own_benchmark.masks / "__MACOSX").mkdir()
    (own_benchmark.masks / "__MACOSX" / "rest.png").write_bytes(b"")
    with pytest.warns(UserWarning, match="__MACOSX"):
        found = scr_eval.evaluate_dir(own_benchmark.masks, own_benchmark.root)
    assert len(found.notices) == 1


def test_the_number_of_threads_changes_nothing(benchmark, result, monkeypatch):
    for threads in ["1", "7"]:
        monkeypatch.setenv("RAYON_NUM_THREADS", threads)
        again = scr_eval.evaluate_dir(benchmark.masks, benchmark.root, measures=MEASURES)
        assert again.to_json() == result.to_json()


def test_a_result_says_what_it_is(result):
    assert repr(result).startswith("<scr_eval.Result of sha256:")
    assert repr(result).endswith(" against small: lungs, heart>")


def dice_of_heart(masks, root):
    found = scr_eval.evaluate_dir(masks, root)
    return [row["dice"] for row in found.images]


@pytest.mark.skipif(sys.platform != "linux", reason="forks as Linux does")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_scores_too(benchmark):
    here = dice_of_heart(benchmark.masks, benchmark.root)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        there = pool.apply_async(dice_of_heart, (benchmark.masks, benchmark.root))
        assert there.get(timeout=60) == here


class Stop(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timers")
def test_a_signal_ends_an_evaluation(tmp_path, monkeypatch):
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    # Long work, and the last image is damaged: an evaluation that a signal
    # does not end raises ProblemsError first.
    long = Benchmark(tmp_path)
    noise = numpy.random.default_rng(1).random((500, 500)) < 0.5
    for folder in [long.root / "reference", long.masks]:
        for structure in long.reference["a1"]:
            for image in IMAGES:
                (folder / structure / f"{image}.png").unlink()
            write_png(folder / structure / "i000.png", noise)
            for number in range(1, 50):
                shutil.copy(folder / structure / "i000.png", folder / structure / f"i{number:03}.png")
    lines = "".join(f"i{number:03},1\n" for number in range(50))
    (long.root / "images.csv").write_text("image_id,fold\n" + lines)
    (long.masks / "heart" / "i049.png").write_bytes(b"damaged")

    def stop(number, frame):
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(Stop) as error:
            scr_eval.evaluate_dir(long.masks, long.root, measures=["masd", "masd.corners"])
        assert error.value.__context__ is None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_neither_pandas_nor_scipy_is_imported(benchmark):
    code = (
        "import sys, scr_eval\n"
        f"scr_eval.evaluate_dir({str(benchmark.masks)!r}, {str(benchmark.root)!r})\n"
        "print([m for m in ('pandas', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_label_maps_have_the_scores_of_the_set(benchmark, tmp_path):
    expected = scr_eval.evaluate_dir(benchmark.masks, benchmark.root, measures=MEASURES)
    structures = sorted(folder.name for folder in benchmark.masks.iterdir() if folder.is_dir())
    for image in IMAGES:
        masks = [scr_eval.read_mask(benchmark.masks / name / f"{image}.png") for name in structures]
        # Structures may overlap: one picture each, in a layout without folders.
        for name, mask in zip(structures, masks, strict=True):
            write_png(tmp_path / f"{image}-{name}.png", mask)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = scr_eval.evaluate_dir(tmp_path, benchmark.root, measures=MEASURES)
    assert found.to_dict()["objects"] == expected.to_dict()["objects"]
    assert any("converted from" in notice for notice in found.notices)
    assert [str(warning.message) for warning in said] == found.notices
