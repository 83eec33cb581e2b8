"""Values, keys and units of two arrays."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest
import scr_eval

DEFAULT = "overlap dice sensitivity specificity precision masd assd hausdorff hausdorff_95".split()
ROW = numpy.array([[1, 1, 0, 0]])
MOVED = numpy.array([[0, 0, 1, 1]])


def blobs(seed, shape=(90, 70)):
    """Two similar, irregular masks."""
    from scipy import ndimage

    rng = numpy.random.default_rng(seed)
    common = ndimage.gaussian_filter(rng.normal(size=shape), 5)
    own = [ndimage.gaussian_filter(rng.normal(size=shape), 3) for _ in range(2)]
    return [common / common.std() + 0.4 * o / o.std() > 0.2 for o in own]


def by_scipy(reference, prediction, sampling=(1, 1)):
    """The measures by their definitions, from scipy's distance transform."""
    from scipy import ndimage

    def boundary(mask):
        return mask & ~ndimage.binary_erosion(mask)

    def distances(start, end, sampling=sampling):
        to = ndimage.distance_transform_edt(~boundary(end), sampling=sampling)
        return to[boundary(start)]

    def band(mask, width):
        return mask & (ndimage.distance_transform_edt(~boundary(mask)) < width)

    tp = (reference & prediction).sum()
    fp, fn = (~reference & prediction).sum(), (reference & ~prediction).sum()
    there, back = distances(reference, prediction), distances(prediction, reference)
    both = numpy.concatenate([there, back])
    in_px = numpy.concatenate(
        [distances(reference, prediction, (1, 1)), distances(prediction, reference, (1, 1))]
    )
    bands = band(reference, 3), band(prediction, 3)
    return {
        "overlap": tp / (tp + fp + fn),
        "dice": 2 * tp / (2 * tp + fp + fn),
        "sensitivity": tp / (tp + fn),
        "specificity": (~reference & ~prediction).sum() / (~reference).sum(),
        "precision": tp / (tp + fp),
        "masd": (there.mean() + back.mean()) / 2,
        "assd": both.mean(),
        "hausdorff": both.max(),
        "hausdorff_95": max(numpy.percentile(there, 95), numpy.percentile(back, 95)),
        "hausdorff_95.pooled": numpy.percentile(both, 95),
        "nsd@2px": (in_px <= 2).mean(),
        "nsd@1.5mm": (both <= 1.5).mean(),
        "boundary_iou@3px": (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum(),
    }


def test_the_example_of_the_docs_is_right():
    values = scr_eval.evaluate(ROW, numpy.array([[0, 1, 1, 0]]), measures=["dice", "hausdorff"])
    assert values == {"dice": 0.5, "hausdorff_px": 1.0}
    assert all(type(value) is float for value in values.values())


def test_the_default_measures_come_in_the_order_of_tables():
    keys = [f"{key}_px" if key in DEFAULT[5:] else key for key in DEFAULT]
    assert list(scr_eval.evaluate(ROW, MOVED)) == keys
    assert list(scr_eval.evaluate(ROW, MOVED, 0.5)) == [k.replace("_px", "_mm") for k in keys]


def test_values_come_in_the_order_asked_for():
    keys = ["nsd@2px", "hausdorff_95.pooled", "dice", "masd.i8"]
    expected = ["nsd@2px", "hausdorff_95.pooled_px", "dice", "masd.i8_px"]
    assert list(scr_eval.evaluate(ROW, MOVED, measures=keys)) == expected
    assert list(scr_eval.evaluate(ROW, MOVED, measures=tuple(keys))) == expected


def test_a_spacing_of_two_is_between_rows_then_between_columns():
    along_a_row = scr_eval.evaluate(ROW, MOVED, (7.0, 0.5), ["hausdorff"])
    assert along_a_row == {"hausdorff_mm": 1.0}
    along_a_column = scr_eval.evaluate(ROW.T, MOVED.T, (7.0, 0.5), ["hausdorff"])
    assert along_a_column == {"hausdorff_mm": 14.0}


@pytest.mark.parametrize("spacing", [0.5, (0.5, 0.5), [0.5, 0.5], numpy.array([0.5, 0.5])])
def test_one_spacing_may_be_written_in_several_ways(spacing):
    assert scr_eval.evaluate(ROW, MOVED, spacing, ["masd"]) == {"masd_mm": 0.75}


def test_a_whole_number_is_a_spacing():
    assert scr_eval.evaluate(ROW, MOVED, 2, ["hausdorff"]) == {"hausdorff_mm": 4.0}
    assert scr_eval.evaluate(ROW, MOVED, numpy.float32(2), ["hausdorff"]) == {"hausdorff_mm": 4.0}


@pytest.mark.parametrize(
    "spacing",
    [0, 0.0, -0.5, float("nan"), float("inf"), (0.5, 0), (-1, 0.5), (0.5, float("nan")),
     (0.5,), (0.5, 0.5, 0.5), (), "0.5", "ab", {"x": 1}],
)
def test_a_spacing_that_is_not_positive_is_refused(spacing):
    with pytest.raises(ValueError) as error:
        scr_eval.evaluate(ROW, MOVED, spacing, ["nsd@1mm"])
    (wrong,) = error.value.problems
    assert wrong["place"] == "spacing"
    assert "(row_spacing, column_spacing)" in wrong["expected"]
    assert wrong["found"] in (str(spacing), repr(spacing))


def test_lengths_in_mm_need_a_spacing():
    with pytest.raises(ValueError) as error:
        scr_eval.evaluate(ROW, MOVED, measures=["nsd@2mm", "dice", "boundary_iou@3mm"])
    places = [wrong["place"] for wrong in error.value.problems]
    assert places == ["measure `boundary_iou@3mm`", "measure `nsd@2mm`"]
    assert scr_eval.evaluate(ROW, MOVED, 1.0, ["nsd@2mm"]) == {"nsd@2mm": 1.0}


@pytest.mark.parametrize("key", ["", "hd95", "nsd", "nsd@2", "dice@2px", "masd.pooled", "Dice"])
def test_an_unknown_key_is_explained(key):
    with pytest.raises(ValueError) as error:
        scr_eval.evaluate(ROW, MOVED, measures=["dice", key])
    (wrong,) = error.value.problems
    assert wrong["found"] == f"`{key}`"
    assert wrong["hint"]


def test_no_keys_are_no_measures():
    with pytest.raises(ValueError, match="at least one key"):
        scr_eval.evaluate(ROW, MOVED, measures=[])


@pytest.mark.parametrize("measures", ["dice", 3, [3], [b"dice"], {"dice": 1}])
def test_keys_are_a_list_of_text(measures):
    with pytest.raises(TypeError):
        scr_eval.evaluate(ROW, MOVED, measures=measures)


def test_arguments_have_their_names():
    values = scr_eval.evaluate(reference=ROW, prediction=MOVED, spacing=1.0, measures=["dice"])
    assert values == {"dice": 0.0}


@pytest.mark.parametrize("sampling", [None, 0.35, (0.7, 0.4)])
@pytest.mark.parametrize("seed", range(5))
def test_values_equal_those_of_scipy(seed, sampling):
    pytest.importorskip("scipy", reason="scipy computes the same independently")
    pair = blobs(seed)
    axes = (1, 1) if sampling is None else numpy.broadcast_to(sampling, 2)
    expected = by_scipy(*pair, sampling=tuple(axes))
    if sampling is None:
        del expected["nsd@1.5mm"]
    found = scr_eval.evaluate(*pair, sampling, list(expected))
    assert [key.removesuffix("_px").removesuffix("_mm") for key in found] == list(expected)
    numpy.testing.assert_allclose(list(found.values()), list(expected.values()), rtol=1e-12)


def test_threads_get_the_same_values():
    rng = numpy.random.default_rng(1)
    pairs = [rng.random((2, 200, 200)) < 0.5 for _ in range(40)]
    one_by_one = [scr_eval.evaluate(*pair) for pair in pairs]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda pair: scr_eval.evaluate(*pair), pairs)) == one_by_one


def test_problems_survive_pickling():
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate(ROW, MOVED, -1)
    again = pickle.loads(pickle.dumps(error.value))
    assert type(again) is scr_eval.ProblemsError
    assert (str(again), again.problems) == (str(error.value), error.value.problems)
