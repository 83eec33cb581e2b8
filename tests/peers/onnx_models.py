#!/usr/bin/env python3
"""Agreement of `scr run onnx` with onnxruntime on architectures that PyTorch exports.

Needs numpy, pillow, onnx, onnxruntime, torch, onnxscript and segmentation_models_pytorch; with monai and
einops the networks of MONAI run too. Weights are random;
batch normalisations and the scale of the output are set so that probabilities spread over 0 to 1.
Images have the size of the input, so that nothing is resampled. For each architecture: the
largest difference of probabilities, pixels of masks that differ though both probabilities are
further than 0.001 from the threshold, and times an image in one run on as many threads.

    python3 tests/peers/onnx_models.py --scr target/release/scr [--only NAME] [--opset N] [--legacy]
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime
import segmentation_models_pytorch as smp
import torch
from PIL import Image
from torch import nn

SIDE = 256
THRESHOLD = 0.5
STRUCTURES = ["right_lung", "left_lung"]


class Block(nn.Sequential):
    def __init__(self, n_in, n_out, norm):
        layers = []
        for n in (n_in, n_out):
            layers += [nn.Conv2d(n, n_out, 3, padding=1), norm(n_out), nn.LeakyReLU(0.01)]
        super().__init__(*layers)


class PlainUNet(nn.Module):
    """U-Net with transposed convolutions (as nnU-Net, with instance normalisation)."""

    def __init__(self, norm=nn.InstanceNorm2d, width=16, depth=4):
        super().__init__()
        widths = [width << level for level in range(depth)]
        self.down = nn.ModuleList(
            Block(n_in, n, norm) for n_in, n in zip([1] + widths[:-1], widths)
        )
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(2 * n, n, 2, stride=2) for n in reversed(widths[:-1])
        )
        self.merge = nn.ModuleList(Block(2 * n, n, norm) for n in reversed(widths[:-1]))
        self.pool = nn.MaxPool2d(2)
        self.last = nn.Conv2d(width, len(STRUCTURES), 1)

    def forward(self, x):
        kept = []
        for level, block in enumerate(self.down):
            x = block(self.pool(x) if level else x)
            kept.append(x)
        for up, merge, skipped in zip(self.up, self.merge, reversed(kept[:-1])):
            x = merge(torch.cat([up(x), skipped], 1))
        return self.last(x)


class Landmarks(nn.Module):
    """Regressor of 2 x 12 points as shares of the sides."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            Block(1, 16, nn.BatchNorm2d), nn.MaxPool2d(4), Block(16, 32, nn.BatchNorm2d),
            nn.MaxPool2d(4), Block(32, 64, nn.BatchNorm2d), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(64, 48),
        )

    def forward(self, x):
        return torch.sigmoid(self.features(x)).reshape(-1, 24, 2)


class Probabilities(nn.Module):
    def __init__(self, network, scale, shift):
        super().__init__()
        self.network, self.scale, self.shift = network, scale, shift

    def forward(self, x):
        return torch.sigmoid((self.network(x) - self.shift) * self.scale)


class FirstOutput(nn.Module):
    """Network whose first output counts, where it has several for deep supervision."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        found = self.network(x)
        while isinstance(found, (list, tuple)):
            found = found[0]
        return found


def monai_architectures():
    """Networks of MONAI; DynUNet is nnU-Net's."""
    try:
        from monai.networks import nets
    except ImportError:
        print("skipped: MONAI is not installed", file=sys.stderr)
        return {}
    n_out, widths = len(STRUCTURES), (16, 32, 64, 128)
    networks = {
        "UNet": lambda: nets.UNet(2, 1, n_out, widths, (2, 2, 2), num_res_units=2),
        "BasicUNet": lambda: nets.BasicUNet(2, 1, n_out, (16, 16, 32, 64, 128, 16)),
        "BasicUNet++": lambda: nets.BasicUNetPlusPlus(2, 1, n_out, (16, 16, 32, 64, 128, 16)),
        "AttentionUnet": lambda: nets.AttentionUnet(2, 1, n_out, widths[:3], (2, 2)),
        "SegResNet": lambda: nets.SegResNet(2, 8, 1, n_out),
        "DynUNet": lambda: nets.DynUNet(
            2, 1, n_out, [3] * 4, [1, 2, 2, 2], [2, 2, 2], filters=list(widths)
        ),
        "VNet": lambda: nets.VNet(2, 1, n_out),
        "UNETR": lambda: nets.UNETR(
            1, n_out, (SIDE, SIDE), feature_size=16, hidden_size=96, mlp_dim=192, num_heads=4,
            spatial_dims=2,
        ),
        "SwinUNETR": lambda: nets.SwinUNETR(1, n_out, feature_size=12, spatial_dims=2),
    }
    return {f"MONAI {name}": lambda make=make: FirstOutput(make()) for name, make in networks.items()}


def architectures():
    common = dict(encoder_weights=None, in_channels=1, classes=len(STRUCTURES))
    return {
        "U-Net, instance norm": lambda: PlainUNet(),
        "U-Net, batch norm": lambda: PlainUNet(nn.BatchNorm2d),
        "U-Net, ResNet-18": lambda: smp.Unet("resnet18", **common),
        "U-Net++, ResNet-18": lambda: smp.UnetPlusPlus("resnet18", **common),
        "DeepLabV3, ResNet-18": lambda: smp.DeepLabV3("resnet18", **common),
        "DeepLabV3+, EfficientNet-B0": lambda: smp.DeepLabV3Plus("efficientnet-b0", **common),
        "FPN, ResNet-18": lambda: smp.FPN("resnet18", **common),
        "FPN, EfficientNet-B0": lambda: smp.FPN("efficientnet-b0", **common),
        "MA-Net, ResNet-18": lambda: smp.MAnet("resnet18", **common),
        "PSPNet, ResNet-18": lambda: smp.PSPNet("resnet18", **common),
        "SegFormer, MiT-B0": lambda: smp.Segformer(
            "mit_b0", **{**common, "in_channels": 3}
        ),
        "landmark regressor": Landmarks,
        **monai_architectures(),
    }


def images(folder, n=4):
    """A benchmark of smooth pictures, 16 bits, with masks that nobody looks at."""
    random = np.random.default_rng(1)
    names = []
    (folder / "images").mkdir(parents=True)
    for structure in STRUCTURES:
        (folder / "masks" / structure).mkdir(parents=True)
    for index in range(n):
        small = Image.fromarray(random.random((12, 12)).astype(np.float32))
        grey = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        grey = (np.clip(grey, 0, 1) * 65535).astype(np.uint16)
        name = f"case{index}"
        Image.fromarray(grey).save(folder / "images" / f"{name}.png")
        names.append(name)
    return names


def export(network, n_channels, path, opset, is_legacy):
    example = torch.rand(1, n_channels, SIDE, SIDE)
    exporter = {} if is_legacy else {"external_data": False}
    torch.onnx.export(
        network, (example,), str(path), opset_version=opset, dynamo=not is_legacy, verbose=False,
        input_names=["x"], output_names=["y"], **exporter,
    )


def spread(network, sample):
    """Network whose probabilities spread over 0 to 1."""
    network.train()
    with torch.no_grad():
        for _ in range(20):
            network(sample)
    network.eval()
    with torch.no_grad():
        found = network(sample)
    return Probabilities(network, 2.0 / max(float(found.std()), 1e-6), float(found.mean())).eval()


def read(path):
    return np.asarray(Image.open(path))


def compare(name, make, scr, folder, names, opset, is_legacy):
    torch.manual_seed(7)
    network = make()
    n_channels = 3 if "MiT" in name else 1
    is_points = isinstance(network, Landmarks)
    pictures = [read(folder / "images" / f"{n}.png").astype(np.float32) / 65535 for n in names]
    stack = np.repeat(np.stack(pictures)[:, None], n_channels, 1).astype(np.float32)
    network = network.eval() if is_points else spread(network, torch.from_numpy(stack))
    work = folder / name.replace(" ", "_").replace(",", "").replace("+", "p")
    work.mkdir()
    model, card = work / "model.onnx", work / "model.toml"
    try:
        export(network, n_channels, model, opset, is_legacy)
    except torch.onnx.errors.OnnxExporterError as error:
        return {"name": name, "error": f"PyTorch does not export it: {str(error).splitlines()[0]}"}
    card.write_text(
        f'[input]\nsize = [{SIDE}, {SIDE}]\nscaling = "none"\nchannels = {n_channels}\n'
        f"[output]\nstructures = {json.dumps(STRUCTURES)}\n"
        + ('kind = "landmarks"\npoints = [12, 12]\ncoordinates = "shares"\n' if is_points
           else f'kind = "sigmoid"\nthreshold = {THRESHOLD}\n')
    )
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    begin = time.perf_counter()
    peer = [session.run(None, {"x": image[None]})[0][0] for image in stack]
    peer_s = (time.perf_counter() - begin) / len(names)
    out = work / "out"
    ran = subprocess.run(
        [scr, "segment", model, *[folder / "images" / f"{n}.png" for n in names],
         "--card", card, "--out", out, "--soft", work / "soft"],
        capture_output=True, text=True,
    )
    if ran.returncode:
        return {"name": name, "error": ran.stderr.strip()}
    checked = subprocess.run(
        [scr, "model", "check", model, "--card", card, "--image", folder / "images" / f"{names[0]}.png"],
        capture_output=True, text=True, check=True,
    )
    result = {"name": name, "MB": round(model.stat().st_size / 1e6, 1), "onnxruntime_ms": round(peer_s * 1e3)}
    result["check"] = next(line for line in checked.stdout.splitlines() if line.startswith("on one"))
    largest, wrong, near = 0.0, 0, 0
    for image, expected in zip(names, peer):
        for index, structure in enumerate(STRUCTURES):
            mask = read(out / structure / f"{image}.png") > 0
            if is_points:
                from PIL import ImageDraw
                canvas = Image.new("1", (SIDE, SIDE))
                points = [tuple(p) for p in expected.reshape(-1, 2)[12 * index:12 * index + 12] * SIDE]
                ImageDraw.Draw(canvas).polygon(points, fill=1)
                union = (mask | np.asarray(canvas)).sum()
                result["polygon_overlap"] = float((mask & np.asarray(canvas)).sum() / max(union, 1))
                continue
            soft = read(work / "soft" / structure / f"{image}.png").astype(np.float64) / 65535
            largest = max(largest, float(np.abs(soft - expected[index]).max()))
            is_near = np.abs(expected[index] - THRESHOLD) < 1e-3
            differs = mask != (expected[index] >= THRESHOLD)
            wrong += int((differs & ~is_near).sum())
            near += int(differs.sum())
    if not is_points:
        result |= {"largest_difference": largest, "pixels_differ": near, "beyond_0.001": wrong}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scr", default="target/release/scr")
    parser.add_argument("--only")
    parser.add_argument("--opset", type=int, default=18)
    parser.add_argument("--legacy", action="store_true", help="exporter by tracing")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = images(folder)
        for name, make in architectures().items():
            if options.only and options.only not in name:
                continue
            result = compare(name, make, options.scr, folder, names, options.opset, options.legacy)
            print(json.dumps(result), flush=True)
            is_bad = result.get("largest_difference", 0) > 1e-4 or result.get("beyond_0.001", 0)
            failed |= "error" in result or bool(is_bad)
    sys.exit(failed)


if __name__ == "__main__":
    main()
