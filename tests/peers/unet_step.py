#!/usr/bin/env python3
"""Time of a training step of `scr train unet` beside PyTorch's on the same network, in one run.

Needs torch. `scr` trains on eight phantoms of 512 px twice, for few and for many steps; the difference
over the difference of steps is the time of a step, augmentation included. PyTorch computes the
network, the loss, the gradient and AdamW on random images, without augmentation. Both use as many threads.

    python3 tests/peers/unet_step.py --scr target/release/scr [--side 256] [--threads 2]
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import torch
import torch.nn.functional as F
from torch import nn

FEW, MANY = 2, 22
N_STRUCTURES = 5


def block(n_in, n_out):
    layers = []
    for n in (n_in, n_out):
        layers += [
            nn.Conv2d(n, n_out, 3, padding=1, bias=False),
            nn.InstanceNorm2d(n_out, affine=True),
            nn.LeakyReLU(0.01),
        ]
    return nn.Sequential(*layers)


class Network(nn.Module):
    """The network of crates/scr-unet/src/architecture.rs."""

    def __init__(self, width):
        super().__init__()
        channels = [width * multiple for multiple in (1, 2, 4, 6, 6)]
        self.down = nn.ModuleList(
            block(4 if level == 0 else channels[level - 1], n) for level, n in enumerate(channels)
        )
        levels = range(len(channels) - 2, -1, -1)
        self.up = nn.ModuleList(
            block(channels[level] + channels[level + 1], channels[level]) for level in levels
        )
        self.last = nn.Conv2d(channels[0], 4 * N_STRUCTURES, 3, padding=1)

    def forward(self, values):
        values, skips = F.pixel_unshuffle(values, 2), []
        for level, down in enumerate(self.down):
            values = down(F.max_pool2d(values, 2) if level else values)
            skips.append(values)
        skips.pop()
        for up in self.up:
            doubled = F.interpolate(values, scale_factor=2, mode="nearest")
            values = up(torch.cat([skips.pop(), doubled], 1))
        return F.pixel_shuffle(self.last(values), 2)


def torch_step(side, width, batch):
    torch.manual_seed(1)
    network = Network(width)
    images = torch.randn(batch, 1, side, side)
    masks = (torch.rand(batch, N_STRUCTURES, side, side) < 0.3).float()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.05)
    times = []
    for _ in range(12):
        begin = time.perf_counter()
        logits = network(images)
        p = torch.sigmoid(logits)
        both, squares = (p * masks).sum((2, 3)), (p * p + masks).sum((2, 3))
        dice = 1 - (2 * both + 1) / (squares + 1)
        loss = F.binary_cross_entropy_with_logits(logits, masks) + dice.mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        times.append(time.perf_counter() - begin)
    n_parameters = sum(parameter.numel() for parameter in network.parameters())
    return statistics.median(times[2:]), n_parameters


def scr_step(scr, folder, options, environment):
    times = []
    for steps in (FEW, MANY):
        out = folder / f"{steps}.model"
        command = [scr, "train", "unet", "--benchmark", folder / "phantoms", "--fold", "1"]
        command += ["--out", out, "--set", f"steps={steps}", *options]
        begin = time.perf_counter()
        subprocess.run(command, check=True, env=environment, capture_output=True)
        times.append(time.perf_counter() - begin)
    return (times[1] - times[0]) / (MANY - FEW)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scr", required=True, type=pathlib.Path)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    environment = {**os.environ, "RAYON_NUM_THREADS": str(given.threads)}
    options = []
    for key in ("side", "width", "batch"):
        options += ["--set", f"{key}={getattr(given, key)}"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        phantoms = ["phantom", "--out", folder / "phantoms", "--images", "16", "--size", "512"]
        subprocess.run([given.scr, *phantoms], check=True, capture_output=True)
        ours = scr_step(given.scr.resolve(), folder, options, environment)
    theirs, n_parameters = torch_step(given.side, given.width, given.batch)
    print(f"{n_parameters} parameters, {given.batch} images of {given.side} px, {given.threads} threads")
    print(f"scr      {ours:.3f} s a step")
    print(f"PyTorch  {theirs:.3f} s a step; ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
