"""Conversion of arrays to masks: accepted and refused arrays."""

import numpy
import pytest
import scr_eval
from conftest import ellipse

INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
MEASURES = ["overlap", "specificity", "masd", "hausdorff_95", "nsd@1px"]
REFERENCE = ellipse((50, 70), 25, 30, 18, 22)
PREDICTION = ellipse((50, 70), 27, 33, 20, 19)
EXPECTED = scr_eval.evaluate(REFERENCE, PREDICTION, measures=MEASURES)


def found(prediction, reference=REFERENCE):
    return scr_eval.evaluate(reference, prediction, measures=MEASURES)


def problem(prediction, reference=REFERENCE):
    """The only problem of a call."""
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate(reference, prediction)
    (only,) = error.value.problems
    return only


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, "intp", "longlong"])
def test_every_dtype_gives_the_same_numbers(dtype):
    assert found(PREDICTION.astype(dtype)) == EXPECTED


@pytest.mark.parametrize("dtype", INTEGERS)
def test_the_other_value_may_be_any(dtype):
    limits = numpy.iinfo(dtype)
    for value in {1, 7, limits.min, limits.max} - {0}:
        assert found(numpy.where(PREDICTION, value, 0).astype(dtype)) == EXPECTED, value


def test_reference_and_prediction_may_differ_in_dtype_and_value():
    assert found(PREDICTION.astype("u1") * 255, REFERENCE.astype("i8") * -3) == EXPECTED


def test_bytes_of_bools_other_than_1_are_true():
    odd = numpy.where(PREDICTION, 2, 0).astype("u1")
    odd[25, 33] = 255
    assert found(odd.view(bool)) == EXPECTED


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
def test_any_strides_are_read(dtype):
    mask = PREDICTION.astype(dtype)
    wide = numpy.ones((100, 210), dtype)
    wide[::2, 1::3] = mask
    cut = numpy.ones((60, 90), dtype)
    cut[5:55, 8:78] = mask
    kept = mask.copy()
    kept.flags.writeable = False
    for view in [
        numpy.asfortranarray(mask),
        wide[::2, 1::3],
        cut[5:55, 8:78],
        mask[::-1].copy()[::-1],
        numpy.ascontiguousarray(mask[:, ::-1])[:, ::-1],
        numpy.ascontiguousarray(mask[::-1, ::-1])[::-1, ::-1],
        mask.T.copy().T,
        numpy.stack([mask, mask[::-1]], axis=-1)[..., 0],
        kept,
    ]:
        assert found(view) == EXPECTED, view.strides


@pytest.mark.parametrize("dtype", [">i2", "<i2", ">u4", "<u4", ">i8", "<i8"])
def test_any_byte_order_is_read(dtype):
    assert found(PREDICTION.astype(dtype) * numpy.array(258, dtype)) == EXPECTED
    assert found(PREDICTION.astype(dtype)[:, ::-1].copy()[:, ::-1]) == EXPECTED


def test_misaligned_numbers_are_read():
    records = numpy.zeros(PREDICTION.shape, [("other", "u1"), ("mask", "i4")])
    records["other"] = 9
    records["mask"] = PREDICTION * 70000
    assert not records["mask"].flags.aligned
    assert found(records["mask"]) == EXPECTED


def test_one_row_for_all_rows_is_read():
    row = PREDICTION[25]
    whole = numpy.tile(row, (50, 1))
    assert found(numpy.broadcast_to(row, (50, 70))) == found(whole)
    assert found(numpy.broadcast_to(numpy.True_, (50, 70))) == found(numpy.ones((50, 70), bool))


def test_subclasses_are_read(tmp_path):
    stored = tmp_path / "mask.npy"
    numpy.save(stored, PREDICTION)
    assert found(numpy.load(stored, mmap_mode="r")) == EXPECTED


@pytest.mark.parametrize("width", [1, 7, 63, 64, 65, 127, 128, 129, 200])
def test_each_pixel_counts_once_whatever_the_width(width):
    rng = numpy.random.default_rng(width)
    for dtype in ["bool", "u1", "i4"]:
        a, b = (rng.random((2, 5, width)) < 0.5).astype(dtype)
        values = scr_eval.evaluate(a, b, measures=["overlap", "specificity"])
        both, either = (a.astype(bool) & b).astype(bool).sum(), (a | b).astype(bool).sum()
        assert values["overlap"] == (both / either if either else 1.0)
        background = (a == 0).sum()
        expected = ((a == 0) & (b == 0)).sum() / background if background else None
        assert values["specificity"] == expected


def test_the_arrays_are_left_as_they_were():
    before = PREDICTION.copy()
    found(PREDICTION)
    assert (before == PREDICTION).all()


def test_empty_masks_follow_the_policy():
    none, some = numpy.zeros((4, 5), bool), numpy.eye(4, 5, dtype=bool)
    measures = ["overlap", "dice", "masd", "hausdorff", "nsd@0px"]
    both = scr_eval.evaluate(none, none, measures=measures)
    assert both == {"overlap": 1, "dice": 1, "masd_px": 0, "hausdorff_px": 0, "nsd@0px": 1}
    for pair in [(none, some), (some, none)]:
        one = scr_eval.evaluate(*pair, measures=measures)
        assert one == {
            "overlap": 0, "dice": 0, "masd_px": None, "hausdorff_px": None, "nsd@0px": 0,
        }


def test_one_value_that_is_not_0_fills_the_image():
    full = numpy.full((4, 5), 255, "u1")
    values = scr_eval.evaluate(numpy.ones((4, 5), bool), full, measures=["dice", "specificity"])
    assert values == {"dice": 1.0, "specificity": None}


def test_a_third_value_is_refused_wherever_it_is():
    for dtype in INTEGERS:
        for row, column in [(0, 0), (25, 33), (49, 69)]:
            mask = PREDICTION.astype(dtype)
            mask[row, column] = 3
            wrong = problem(mask)
            assert wrong["place"] == "prediction"
            assert wrong["expected"] == "0 for background and one other value"
            assert wrong["found"].startswith("3 values: 0, 1, 3"), dtype
            assert "prediction == 1" in wrong["hint"]
            assert problem(numpy.asfortranarray(mask)) == wrong


def test_two_values_without_0_are_refused():
    assert problem(PREDICTION * 254 + 1)["found"] == "1 and 255"
    assert problem(PREDICTION.astype("i2") * 2 - 1)["found"] == "-1 and 1"


def test_counting_values_ends():
    many = numpy.arange(50 * 70).reshape(50, 70)
    assert problem(many)["found"] == "at least 1000 values: 0, 1, 2, 3, 4, ..."


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "O", "U1", "M8[s]"])
def test_other_dtypes_are_refused(dtype):
    wrong = problem(numpy.zeros((50, 70)).astype(dtype))
    assert wrong["expected"] == "an array of bool or integer dtype"
    assert str(numpy.dtype(dtype)) in wrong["found"]
    assert "no threshold" in wrong["hint"]


def test_records_are_refused():
    assert "dtype" in problem(numpy.zeros((50, 70), [("a", "u1")]))["found"]


@pytest.mark.parametrize("shape", [(), (70,), (1, 50, 70), (50, 70, 1)])
def test_other_axes_are_refused(shape):
    wrong = problem(numpy.zeros(shape, bool))
    assert wrong["expected"] == "an array of shape (rows, columns)"
    assert wrong["found"] == f"shape {shape}"


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_arrays_without_pixels_are_refused(shape):
    empty = numpy.zeros(shape, bool)
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate(empty, empty)
    assert [p["found"] for p in error.value.problems] == [f"shape {shape}"] * 2


def test_arrays_larger_than_files_may_be_are_refused():
    huge = numpy.broadcast_to(numpy.False_, (1 << 20, 1 << 20))
    assert problem(huge)["expected"] == "at most 67108864 pixels"


def test_other_shapes_are_refused():
    wrong = problem(PREDICTION[:, :-1])
    assert wrong["expected"] == "the reference's shape (50, 70)"
    assert wrong["found"] == "shape (50, 69)"
    assert problem(PREDICTION.T)["found"] == "shape (70, 50)"


def test_masked_arrays_are_refused():
    masked = numpy.ma.masked_array(PREDICTION, mask=False)
    assert "filled" in problem(masked)["hint"]
    assert found(masked.filled(0)) == EXPECTED


@pytest.mark.parametrize("other", [None, 1, "mask.png", [[0, 1]], PREDICTION.tobytes()])
def test_what_is_no_array_is_no_mask(other):
    with pytest.raises(TypeError, match="prediction: expected a numpy array"):
        scr_eval.evaluate(REFERENCE, other)


def test_everything_that_is_wrong_is_listed_at_once():
    with pytest.raises(ValueError) as error:
        scr_eval.evaluate(PREDICTION * 0.5, PREDICTION[None], 0.0, ["hd95", "nsd@2"])
    assert [p["place"] for p in error.value.problems] == [
        "measures", "measures", "prediction", "reference", "spacing",
    ]
    assert str(error.value).startswith("5 problems\n  measures: expected ")
    for wrong in error.value.problems:
        assert list(wrong) == ["place", "expected", "found", "hint"]
        assert f"{wrong['place']}: expected {wrong['expected']}" in str(error.value)
