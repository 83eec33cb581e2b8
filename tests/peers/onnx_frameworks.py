#!/usr/bin/env python3
"""Agreement of `scr segment MODEL.onnx` with onnxruntime on models of Keras and JAX.

Needs numpy, pillow and onnxruntime, with tensorflow and tf2onnx for Keras and flax and jax2onnx for JAX; a
framework that is not installed is skipped. Models read channels last, weights are random, and images have the
size of the input, so that nothing is resampled. Prints the largest difference of probabilities, which are
read from 16-bit PNGs (steps of 1.5e-5); fails above 1e-4.

    python3 tests/peers/onnx_frameworks.py --scr target/release/scr
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
from PIL import Image

SIDE = 256
STRUCTURES = ["right_lung", "left_lung"]
CARD = f"""[input]
size = [{SIDE}, {SIDE}]
scaling = "none"
channels = 1
layout = "nhwc"
[output]
kind = "sigmoid"
threshold = 0.5
structures = {json.dumps(STRUCTURES)}
"""


def keras_models(folder):
    """U-Nets with three normalisations, by tf2onnx and by Keras' own exporter."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    try:
        import keras
        import tensorflow  # noqa: F401
    except ImportError as missing:
        print(f"skipped: Keras ({missing})")
        return
    layers = keras.layers

    def unet(norm):
        values = image = keras.Input((SIDE, SIDE, 1))
        skips = []
        for width in (8, 16, 32):
            values = layers.Conv2D(width, 3, padding="same", use_bias=False)(values)
            values = layers.Activation("relu")(norm()(values))
            skips.append(values)
            values = layers.Dropout(0.2)(layers.MaxPooling2D()(values))
        values = layers.Conv2D(64, 3, padding="same", activation="relu")(values)
        for width, skip in zip((32, 16, 8), reversed(skips)):
            if width == 16:
                values = layers.UpSampling2D(interpolation="bilinear")(values)
            else:
                values = layers.Conv2DTranspose(width, 2, strides=2, padding="same")(values)
            values = layers.Concatenate()([values, skip])
            values = layers.SeparableConv2D(width, 3, padding="same", activation="swish")(values)
        return keras.Model(image, layers.Conv2D(len(STRUCTURES), 1, activation="sigmoid")(values))

    norms = {
        "batch normalisation": layers.BatchNormalization,
        "layer normalisation": layers.LayerNormalization,
        "group normalisation": lambda: layers.GroupNormalization(4),
    }
    for name, norm in norms.items():
        keras.utils.set_random_seed(3)
        network = unet(norm)
        network(np.zeros((1, SIDE, SIDE, 1), np.float32))
        path, saved = folder / f"{name}.onnx", folder / f"{name}-saved"
        network.export(saved, verbose=False)
        convert = [sys.executable, "-m", "tf2onnx.convert", "--saved-model", saved, "--opset", "17", "--output", path]
        subprocess.run(convert, capture_output=True, check=True)
        yield f"Keras U-Net, {name}, by tf2onnx", path


def jax_models(folder):
    """A U-Net of flax, by jax2onnx."""
    try:
        import jax.numpy as jnp
        from flax import nnx
        from jax2onnx import to_onnx
    except ImportError as missing:
        print(f"skipped: JAX ({missing})")
        return

    class Block(nnx.Module):
        def __init__(self, n_in, n_out, rngs):
            self.convolution = nnx.Conv(n_in, n_out, (3, 3), rngs=rngs)
            self.norm = nnx.GroupNorm(n_out, num_groups=4, rngs=rngs)

        def __call__(self, values):
            return nnx.relu(self.norm(self.convolution(values)))

    class UNet(nnx.Module):
        def __init__(self, rngs):
            self.down = nnx.List([Block(n, m, rngs) for n, m in ((1, 8), (8, 16), (16, 32))])
            up = ((32, 16), (16, 8))
            self.doubled = nnx.List([nnx.ConvTranspose(n, m, (2, 2), strides=(2, 2), rngs=rngs) for n, m in up])
            self.up = nnx.List([Block(2 * m, m, rngs) for _, m in up])
            self.last = nnx.Conv(8, len(STRUCTURES), (1, 1), rngs=rngs)

        def __call__(self, values):
            skips = []
            for level, block in enumerate(self.down):
                if level > 0:
                    values = nnx.max_pool(values, window_shape=(2, 2), strides=(2, 2))
                values = block(values)
                skips.append(values)
            for doubled, block, skip in zip(self.doubled, self.up, reversed(skips[:-1])):
                values = block(jnp.concatenate([doubled(values), skip], -1))
            return nnx.sigmoid(self.last(values))

    path = folder / "jax.onnx"
    to_onnx(UNet(nnx.Rngs(3)), [(1, SIDE, SIDE, 1)], return_mode="file", output_path=str(path))
    yield "flax U-Net, group normalisation, by jax2onnx", path


def pictures(folder):
    """Smooth 16-bit pictures."""
    random = np.random.default_rng(1)
    for index in range(3):
        small = Image.fromarray(random.random((12, 12)).astype(np.float32))
        grey = np.clip(np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)), 0, 1)
        path = folder / f"case{index}.png"
        Image.fromarray((grey * 65535).astype(np.uint16)).save(path)
        yield path


def largest_difference(scr, model, images, folder):
    """Largest difference of probabilities from onnxruntime's."""
    card = folder / "model.toml"
    card.write_text(CARD)
    with tempfile.TemporaryDirectory() as out:
        out = pathlib.Path(out)
        line = [scr, "segment", model, *images, "--card", card, "--out", out / "masks", "--soft", out / "soft"]
        subprocess.run(line, check=True, stderr=subprocess.PIPE)
        session, largest = onnxruntime.InferenceSession(str(model)), 0.0
        for image in images:
            values = np.asarray(Image.open(image)).astype(np.float32)[None, :, :, None] / 65535
            expected = session.run(None, {session.get_inputs()[0].name: values})[0][0]
            for channel, structure in enumerate(STRUCTURES):
                found = np.asarray(Image.open(out / "soft" / structure / image.name)).astype(float) / 65535
                largest = max(largest, float(np.abs(found - expected[:, :, channel]).max()))
    return largest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scr", default="target/release/scr")
    options = parser.parse_args()
    n_models, failed = 0, False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        images = list(pictures(folder))
        for models in (keras_models, jax_models):
            for name, model in models(folder):
                try:
                    result = {"largest_difference": largest_difference(options.scr, model, images, folder)}
                    failed |= result["largest_difference"] > 1e-4
                except subprocess.CalledProcessError as error:
                    result, failed = {"error": error.stderr.decode(errors="replace").strip()}, True
                print(json.dumps({"name": name, **result}), flush=True)
                n_models += 1
    sys.exit(failed or n_models == 0)


if __name__ == "__main__":
    main()
