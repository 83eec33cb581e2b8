"""Batches of masks, and arrays of other packages."""

import numpy
import pytest
import scr_eval
from conftest import ellipse

MEASURES = ["dice", "masd", "hausdorff_95"]


def batch(shift):
    """Three images of two objects; an object of the last image is empty."""
    masks = [
        [ellipse((40, 50), 20, 15 + shift * i, 12, 8), ellipse((40, 50), 22, 35 - shift * i, 9, 7)]
        for i in range(3)
    ]
    if shift:
        masks[2][1] = numpy.zeros((40, 50), bool)
    return numpy.array(masks)


REFERENCE, PREDICTION = batch(0), batch(1)


class Shared:
    """Array of another package, which has DLPack and nothing else."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Elsewhere(Shared):
    """Array in the memory of another device."""

    def __dlpack__(self, **options):
        raise BufferError("on device cuda:0")


def test_a_batch_has_the_numbers_of_its_pairs():
    found = scr_eval.evaluate_batch(REFERENCE, PREDICTION, (0.5, 0.7), MEASURES)
    assert list(found) == ["dice", "masd_mm", "hausdorff_95_mm"]
    for key, values in found.items():
        assert values.shape == (3, 2) and values.dtype == numpy.float64
        for image in range(3):
            for index in range(2):
                pair = REFERENCE[image, index], PREDICTION[image, index]
                expected = scr_eval.evaluate(*pair, (0.5, 0.7), MEASURES)[key]
                value = values[image, index]
                assert numpy.isnan(value) if expected is None else value == expected
    assert numpy.isnan(found["masd_mm"]).sum() == 1


def test_a_batch_without_an_axis_of_objects():
    found = scr_eval.evaluate_batch(REFERENCE[:, 0], PREDICTION[:, 0], measures=["dice"])
    assert found["dice"].shape == (3,)


def test_an_empty_batch_has_no_values():
    empty = numpy.zeros((0, 4, 5), bool)
    assert scr_eval.evaluate_batch(empty, empty, measures=["dice"])["dice"].shape == (0,)


def test_every_problem_names_its_image():
    wrong = REFERENCE.astype("u1")
    wrong[1, 0, 3, 4] = 7
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate_batch(wrong, PREDICTION * 0.5, measures=["dice"])
    places = [problem["place"] for problem in error.value.problems]
    assert places[:2] == ["prediction[0][0]", "prediction[0][1]"]
    assert places[-1] == "reference[1][0]"
    for shape in [(4, 5), (1, 1, 1, 4, 5)]:
        with pytest.raises(scr_eval.ProblemsError, match="images, rows, columns"):
            scr_eval.evaluate_batch(numpy.zeros(shape, bool), numpy.zeros(shape, bool))
    with pytest.raises(scr_eval.ProblemsError, match="the reference's shape"):
        scr_eval.evaluate_batch(REFERENCE, PREDICTION[:2])


def test_an_array_with_dlpack_is_read_where_it_lies():
    pair = REFERENCE[0, 0].astype("u1"), PREDICTION[0, 0].astype("u1")
    shared = [Shared(mask) for mask in pair]
    assert scr_eval.evaluate(*shared, measures=MEASURES) == scr_eval.evaluate(
        *pair, measures=MEASURES
    )
    batches = [Shared(masks.astype("u1")) for masks in (REFERENCE, PREDICTION)]
    found = scr_eval.evaluate_batch(*batches, measures=["dice"])["dice"]
    assert (found == scr_eval.evaluate_batch(REFERENCE, PREDICTION, measures=["dice"])["dice"]).all()


def test_an_array_on_another_device_is_refused_with_what_to_do():
    mask = REFERENCE[0, 0].astype("u1")
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.evaluate(mask, Elsewhere(mask))
    (only,) = error.value.problems
    assert "cuda:0" in only["found"] and "prediction.detach().cpu()" in only["hint"]


def test_torch_tensors_are_read():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    tensors = [torch.from_numpy(masks.astype("u1")) for masks in (REFERENCE, PREDICTION)]
    found = scr_eval.evaluate_batch(*tensors, measures=["dice"])["dice"]
    assert (found == scr_eval.evaluate_batch(REFERENCE, PREDICTION, measures=["dice"])["dice"]).all()
    learned = torch.ones((4, 5), requires_grad=True)
    with pytest.raises(scr_eval.ProblemsError, match="detach"):
        scr_eval.evaluate(learned, learned)
