"""Benchmark folders and pictures for notebooks."""

import xml.etree.ElementTree as ElementTree

import numpy
import pytest
import scr_eval
from conftest import IMAGES, OBJECTS, SHAPE, write_png


@pytest.fixture
def opened(benchmark):
    return scr_eval.Benchmark.from_folder(benchmark.root)


def test_the_definition_is_the_folders(opened):
    assert (opened.id, opened.title) == ("small", "small")
    assert opened.images == list(IMAGES)
    assert opened.folds == IMAGES
    assert opened.objects == OBJECTS
    assert opened.observers == ["reference", "second"]
    assert "4 images" in opened._repr_html_() and "small" in repr(opened)


def test_masks_and_radiographs_are_arrays(own_benchmark):
    opened = scr_eval.Benchmark.from_folder(own_benchmark.root)
    lungs, _ = own_benchmark.arrays("a1", "lungs")
    found = opened.mask("a1", "lungs")
    assert found.dtype == bool and (found == lungs).all()
    assert (opened.mask("a1", "lungs", "second") != lungs).any()
    with pytest.raises(scr_eval.ProblemsError, match="a1.png"):
        opened.radiograph("a1")
    write_png(own_benchmark.root / "images" / "a1.png", lungs)
    radiograph = opened.radiograph("a1")
    assert (radiograph.pixels == lungs * 255).all() and radiograph.max_value == 255
    with pytest.raises(KeyError, match="none"):
        opened.mask("none", "lungs")
    with pytest.raises(KeyError, match="lungs, heart"):
        opened.mask("a1", "spleen")


def test_scores_of_arrays_are_those_of_files(benchmark, opened):
    result = opened.evaluate(benchmark.masks, measures=["dice", "masd"])
    assert result.to_json() == scr_eval.evaluate_dir(
        benchmark.masks, benchmark.root, measures=["dice", "masd"]
    ).to_json()
    expected = {(row["image"], row["object"]): row for row in result.images}
    for image in IMAGES:
        predictions = {name: benchmark.arrays(image, name)[1] for name in OBJECTS}
        found = opened.score(image, predictions, ["dice", "masd"])
        for name, values in found.items():
            row = expected[image, name]
            assert values == {"dice": row["dice"], "masd_mm": row["masd_mm"]}


def test_problems_of_predictions_name_their_object(benchmark, opened):
    with pytest.raises(scr_eval.ProblemsError) as error:
        opened.score("a1", {"lungs": numpy.ones((3, 4), bool), "heart": numpy.zeros(SHAPE)})
    assert [problem["place"] for problem in error.value.problems] == ["heart", "lungs"]
    with pytest.raises(scr_eval.ProblemsError, match="benchmark.toml"):
        scr_eval.Benchmark.from_folder(benchmark.masks)


def test_an_overlay_is_a_picture_that_a_notebook_draws(own_benchmark, tmp_path):
    reference, prediction = own_benchmark.arrays("a1", "lungs")
    opened = scr_eval.Benchmark.from_folder(own_benchmark.root)
    write_png(own_benchmark.root / "images" / "a1.png", reference)
    drawn = opened.overlay("a1", "lungs", prediction)
    ElementTree.fromstring(drawn.svg)
    assert "data:image/png" in drawn.svg and drawn._repr_html_() == drawn.svg
    drawn.save(tmp_path / "drawn.svg")
    assert (tmp_path / "drawn.svg").read_text() == drawn.svg
    assert "data:image/png" not in opened.overlay("b2", "lungs").svg, "no radiograph is there"

    for grey in [reference.astype("u1") * 200, reference.astype("u2") * 4000]:
        assert "data:image/png" in scr_eval.overlay(reference, prediction, grey).svg
    assert "data:image/png" not in scr_eval.overlay(reference, prediction).svg
    with pytest.raises(TypeError, match="radiograph"):
        scr_eval.overlay(reference, prediction, reference * 0.5)
    with pytest.raises(scr_eval.ProblemsError, match="the reference's shape"):
        scr_eval.overlay(reference, prediction[1:])


def test_a_notebook_draws_the_tables_of_a_result(benchmark, opened):
    html = opened.evaluate(benchmark.masks)._repr_html_()
    assert html.count("<table>") == 3 and "Dice coefficient" in html and "(mm)" in html
