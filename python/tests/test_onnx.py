"""run_onnx() on a model written byte by byte, without the onnx package."""

import json
import struct

import numpy
import pytest
import scr_eval
from conftest import IMAGES, OBJECTS, SHAPE, STRUCTURES, write_png

CARD = """[input]
size = [60, 80]
scaling = "none"
[output]
kind = "sigmoid"
threshold = 0.5
structures = ["right_lung", "left_lung", "heart"]
"""


def varint(value):
    text = b""
    while value >= 128:
        text += bytes([value & 127 | 128])
        value >>= 7
    return text + bytes([value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    if isinstance(content, str):
        content = content.encode()
    return varint(number << 3 | 2) + varint(len(content)) + content


def value(name, shape):
    sides = b"".join(field(1, field(1, side)) for side in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, sides)))


def model(card=None):
    """Brighter than half: the first structure; darker: the second; the third everywhere."""
    weights = struct.pack("<3f", 20, -20, 0)
    biases = struct.pack("<3f", -10, 10, 1)
    kernel = b"".join(field(1, side) for side in (3, 1, 1, 1)) + field(2, 1) + field(8, "k")
    bias = field(1, 3) + field(2, 1) + field(8, "b")
    conv = b"".join(field(1, name) for name in "xkb") + field(2, "c") + field(4, "Conv")
    graph = (
        field(1, conv)
        + field(1, field(1, "c") + field(2, "y") + field(4, "Sigmoid"))
        + field(5, kernel + field(9, weights))
        + field(5, bias + field(9, biases))
        + field(11, value("x", [1, 1, 60, 80]))
        + field(12, value("y", [1, 3, 60, 80]))
    )
    metadata = field(14, field(1, "scr.card") + field(2, card)) if card else b""
    return field(1, 9) + field(7, graph) + field(8, field(2, 17)) + metadata


@pytest.fixture
def radiographs(own_benchmark):
    """Benchmark whose radiographs are bright on the left half and black on the right."""
    bright = numpy.zeros(SHAPE, bool)
    bright[:, : SHAPE[1] // 2] = True
    for image in IMAGES:
        write_png(own_benchmark.root / "images" / f"{image}.png", bright)
    return own_benchmark.root, bright


def test_a_model_segments_a_benchmark(radiographs, tmp_path):
    root, bright = radiographs
    (tmp_path / "model.onnx").write_bytes(model(CARD))
    out = tmp_path / "found"
    record = json.loads(scr_eval.run_onnx(tmp_path / "model.onnx", root, out))
    assert record["model_digest"].startswith("sha256:")
    assert record["confinement"] == "none: in the caller's process"
    assert json.loads((out / "run.json").read_text()) == record
    assert len(scr_eval.evaluate_dir(out, root).images) == len(IMAGES) * len(OBJECTS)
    for image in IMAGES:
        found = {s: scr_eval.read_mask(out / s / f"{image}.png") for s in STRUCTURES}
        assert numpy.array_equal(found["right_lung"], bright)
        assert numpy.array_equal(found["left_lung"], ~bright)
        assert found["heart"].all()


def test_what_is_wrong_is_said(radiographs, tmp_path):
    root, _ = radiographs
    (tmp_path / "model.onnx").write_bytes(model())
    (tmp_path / "cut.onnx").write_bytes(model()[:100])
    (tmp_path / "card.toml").write_text(CARD)
    (tmp_path / "liver.toml").write_text(CARD.replace("heart", "liver"))
    refused = [
        ("model", None, "a model card in the metadata"),
        ("model", "liver", "liver"),
        ("cut", "card", "a valid ONNX model"),
    ]
    for file, card, words in refused:
        card = card and tmp_path / f"{card}.toml"
        with pytest.raises(scr_eval.ProblemsError, match=words):
            scr_eval.run_onnx(tmp_path / f"{file}.onnx", root, tmp_path / "a", card)
        assert not (tmp_path / "a").exists()
