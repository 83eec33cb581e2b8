"""Files of images as arrays."""

import numpy
import pytest
import scr_eval

from conftest import write_png


def test_a_mask_is_an_array_of_bool(tmp_path):
    mask = numpy.array([[0, 1, 0], [1, 1, 0]], dtype=bool)
    write_png(tmp_path / "mask.png", mask)
    found = scr_eval.read_mask(tmp_path / "mask.png")
    assert found.dtype == bool and (found == mask).all()
    numpy.save(tmp_path / "mask.npy", mask)
    assert (scr_eval.read_mask(str(tmp_path / "mask.npy")) == mask).all()


def test_a_radiograph_has_its_values_white_and_spacing(tmp_path):
    values = numpy.array([[0, 300, 65535], [7, 8, 9]], dtype="<u2")
    header = (
        "NDims = 2\nDimSize = 3 2\nElementType = MET_USHORT\nElementSpacing = 0.7 0.5\n"
        "ElementDataFile = LOCAL\n"
    )
    (tmp_path / "image.mha").write_bytes(header.encode() + values.tobytes())
    image = scr_eval.read_radiograph(tmp_path / "image.mha")
    assert image.pixels.dtype == numpy.uint16 and (image.pixels == values).all()
    # Between rows, then between columns, as everywhere in this module.
    assert (image.max_value, image.spacing) == (65535, (0.5, 0.7))


def test_a_label_map_is_a_layer_a_value(tmp_path):
    values = numpy.array([[0, 5, 2], [5, 0, 0]], dtype="u1")
    header = (
        "NRRD0005\ntype: uchar\ndimension: 2\nsizes: 3 2\nencoding: raw\n"
        "Segment0_Name:=right lung\nSegment0_LabelValue:=5\n\n"
    )
    (tmp_path / "labels.seg.nrrd").write_bytes(header.encode() + values.tobytes())
    layers = scr_eval.read_layers(tmp_path / "labels.seg.nrrd")
    assert [(layer.value, layer.name, layer.index) for layer in layers] == [
        (2, None, None),
        (5, "right lung", None),
    ]
    assert all((layer.mask == (values == layer.value)).all() for layer in layers)


def test_a_file_that_is_not_read_is_named_with_the_reason(tmp_path):
    (tmp_path / "mask.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(scr_eval.ProblemsError) as error:
        scr_eval.read_mask(tmp_path / "mask.jpg")
    [problem] = error.value.problems
    assert problem["place"].endswith("mask.jpg") and "a JPEG image" in problem["found"]
    with pytest.raises(scr_eval.ProblemsError):
        scr_eval.read_radiograph(tmp_path / "missing.png")
