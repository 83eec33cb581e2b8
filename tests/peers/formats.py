"""The readers of image files against those of the field, pixel for pixel.

Reads the test files that the field's packages bring, and files that this script writes
with them, once with a peer and once with `scr_eval`, and prints a table: how many files
of each format were accepted, how many of these are equal to the peer's pixels, and why the
others were refused. Exit 1 when an accepted file differs.

    python formats.py [--out TABLE.md] [FILE OR FOLDER...]

Needs the wheel of python/, numpy, pillow, nibabel, SimpleITK, pynrrd, tifffile, imagecodecs,
pydicom; `--install` fetches the peers into the running environment. A format is a class below:
its peer, the test files of the package, and the files to write.
"""

import argparse
import collections
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

from dicom_files import Dicom

PEERS = ["numpy", "pillow", "scikit-image", "nibabel", "SimpleITK", "pynrrd", "tifffile", "imagecodecs", "pydicom"]
PEERS += ["pydicom-data", "pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pylibjpeg-rle", "pyjpegls"]

ROUNDING = ", equal but for rounding"


def packaged(package, *patterns):
    """Files that a package brings."""
    found = importlib.util.find_spec(package)
    folders = [pathlib.Path(p) for p in found.submodule_search_locations] if found else []
    return [f for folder in folders for pattern in patterns for f in sorted(folder.rglob(pattern))]


def picture(kind="uint8", size=(61, 47)):
    """A radiograph of sorts: smooth, with edges and noise, in every value of the type's range."""
    import numpy as np

    width, height = size
    y, x = np.mgrid[:height, :width]
    noise = np.random.default_rng(5).normal(0, 9, (height, width))
    grey = 120 + 90 * np.sin(x / 9) * np.cos(y / 7) + 30 * ((x // 13 + y // 11) % 2) + noise
    grey = np.clip(grey, 0, 255)
    scale = {"uint8": 1, "int8": 0.49, "uint16": 257, "int16": 128}.get(np.dtype(kind).name, 16)
    return np.rint(grey * scale).astype(kind)


def labels(values=(0, 1, 2)):
    """A label map of discs."""
    import numpy as np

    y, x = np.mgrid[:47, :61]
    found = np.full((47, 61), values[0])
    for index, value in enumerate(values[1:]):
        found[(x - 15 - 28 * index) ** 2 + (y - 23) ** 2 < 150] = value
    return found


class Format:
    """A format: `peer` reads a file as an array, `files` are those of packages, and `write`
    makes more in a folder."""

    name = ""
    extensions = ()

    def peer(self, path):
        raise NotImplementedError

    def files(self):
        return []

    def tolerance(self, path):
        """Greatest difference that is rounding."""
        return 0

    def write(self, folder):
        pass


class Pillow(Format):
    def peer(self, path):
        import numpy as np
        from PIL import Image

        with Image.open(path) as image:
            if getattr(image, "n_frames", 1) > 1:
                raise ValueError(f"{image.n_frames} frames")
            if image.mode == "1":
                image = image.convert("L") if image.format == "BMP" else image
            if image.mode == "P":
                image = image.convert("RGBA" if "transparency" in image.info else "RGB")
            return np.asarray(image)


class Png(Pillow):
    name, extensions = "PNG", ("png",)

    def files(self):
        return packaged("skimage", "*.png")

    def peer(self, path):
        import imagecodecs

        # Depth and colour type. Pillow reads colours of 16 bits as 8, and scales grey values of
        # less than 8 bits, which are labels here.
        depth, kind = path.read_bytes()[24:26]
        if depth == 16 and kind != 0:
            return imagecodecs.imread(path, codec="png")
        found = super().peer(path)
        return found // (255 // (2**depth - 1)) if kind == 0 and 1 < depth < 8 else found

    def write(self, folder):
        from PIL import Image

        grey = Image.fromarray(picture())
        Image.fromarray(picture("uint16")).save(folder / "grey16.png")
        for mode in ["L", "LA", "RGB", "RGBA"]:
            grey.convert(mode).save(folder / f"{mode}.png")
        Image.merge("RGB", [grey, grey.rotate(180), grey]).save(folder / "colour.png")
        grey.convert("P").save(folder / "palette.png")
        grey.quantize(16).convert("L").save(folder / "labels.png", bits=4)
        masks = labels((0, 1, 255))
        Image.fromarray(masks.astype("uint8")).save(folder / "label-map.png")
        Image.fromarray(masks > 0).save(folder / "1bit.png")
        indexed = Image.fromarray(masks.astype("uint8"))
        indexed.putpalette([v for i in range(256) for v in (i, 255 - i, i // 2)])
        indexed.save(folder / "indexed.png")


class Jpeg(Pillow):
    name, extensions = "JPEG", ("jpg", "jpeg")

    def files(self):
        return packaged("skimage", "*.jpg", "*.jpeg")

    def peer(self, path):
        import imagecodecs

        try:
            return super().peer(path)
        except Exception:
            return imagecodecs.imread(path, codec="jpeg8")

    def write(self, folder):
        import imagecodecs
        from PIL import Image

        grey = Image.fromarray(picture())
        for quality in [10, 50, 75, 95, 100]:
            grey.save(folder / f"grey-{quality}.jpg", quality=quality)
            grey.save(folder / f"progressive-{quality}.jpg", quality=quality, progressive=True)
            for sampling in [0, 1, 2]:
                name = f"rgb-{quality}-{sampling}.jpg"
                grey.convert("RGB").save(folder / name, quality=quality, subsampling=sampling)
        grey.convert("RGB").save(folder / "keep-rgb.jpg", quality=90, keep_rgb=True)
        Image.merge("RGB", [grey, grey.rotate(180), grey]).save(folder / "colour.jpg")
        grey.convert("CMYK").save(folder / "cmyk.jpg")
        grey.save(folder / "restarts.jpg", restart_marker_rows=1)
        for size in [(1, 1), (8, 8), (7, 9), (64, 3), (300, 200)]:
            Image.fromarray(picture(size=size)).save(folder / f"size-{size[0]}x{size[1]}.jpg")
        deep = picture("uint16") >> 4
        for level in [50, 90, 100]:
            bytes_ = imagecodecs.jpeg8_encode(deep, bitspersample=12, level=level)
            (folder / f"12bit-{level}.jpg").write_bytes(bytes_)
        for predictor in range(1, 8):
            for bits, values in [(8, picture()), (12, deep), (16, picture("uint16"))]:
                kind = {"bitspersample": bits, "lossless": True, "predictor": predictor}
                bytes_ = imagecodecs.jpeg8_encode(values, **kind)
                (folder / f"lossless-{bits}-{predictor}.jpg").write_bytes(bytes_)


class WebP(Pillow):
    name, extensions = "WebP", ("webp",)

    def write(self, folder):
        from PIL import Image

        grey = Image.fromarray(picture())
        grey.convert("RGB").save(folder / "lossless.webp", lossless=True)
        grey.convert("RGBA").save(folder / "alpha.webp", lossless=True)
        grey.convert("RGB").save(folder / "lossy.webp", quality=80)


class Bmp(Pillow):
    name, extensions = "BMP", ("bmp",)

    def write(self, folder):
        from PIL import Image

        grey = Image.fromarray(picture())
        for mode in ["1", "L", "P", "RGB", "RGBA"]:
            grey.convert(mode).save(folder / f"{mode}.bmp")


class Pgm(Pillow):
    name, extensions = "PGM", ("pgm",)

    def write(self, folder):
        from PIL import Image

        Image.fromarray(picture()).save(folder / "grey.pgm")
        Image.fromarray(picture("uint16")).save(folder / "grey16.pgm")
        values = picture()
        text = "\n".join(" ".join(map(str, row)) for row in values)
        header = f"P2\n# text\n{values.shape[1]} {values.shape[0]}\n255\n"
        (folder / "text.pgm").write_text(header + text + "\n")


class Gif(Pillow):
    name, extensions = "GIF", ("gif",)

    def files(self):
        return packaged("skimage", "*.gif")

    def write(self, folder):
        from PIL import Image

        Image.fromarray((labels() > 0).astype("uint8") * 255).save(folder / "mask.gif")
        Image.fromarray(labels((0, 90, 200)).astype("uint8")).save(folder / "labels.gif")


class Tiff(Format):
    name, extensions = "TIFF, BigTIFF", ("tif", "tiff")

    def files(self):
        return packaged("skimage", "*.tif*")

    def peer(self, path):
        import tifffile

        with tifffile.TiffFile(path) as file:
            page = file.pages[0]
            if len(file.pages) > 1:
                raise ValueError(f"{len(file.pages)} pages")
            found = page.asarray()
            if page.photometric.name == "MINISWHITE":
                found = (2**page.bitspersample - 1) - found if found.dtype.kind == "u" else ~found
            if page.photometric.name == "PALETTE":
                found = (page.colormap[:, found] >> 8).astype("uint8").transpose(1, 2, 0)
            return found

    def write(self, folder):
        import numpy as np
        import tifffile

        def save(name, values, **kind):
            tifffile.imwrite(folder / f"{name}.tif", values, **kind)

        for kind in ["uint8", "uint16", "uint32", "int16", "int32", "float32"]:
            values = picture(kind)
            save(kind, values)
            save(f"big-{kind}", values, bigtiff=True, byteorder=">")
        save("float-fractions", picture() / np.float32(7))
        for name in ["lzw", "zlib", "packbits", "zstd", "jpeg", "lzma"]:
            save(name, picture(), compression=name)
        for name in ["lzw", "zlib"]:
            save(f"{name}-predictor", picture("uint16"), compression=name, predictor=True)
        save("tiles", picture(size=(300, 200)), tile=(64, 80), compression="zlib")
        save("strips", picture(), rowsperstrip=5)
        save("white-is-zero", picture(), photometric="miniswhite")
        save("rgb", np.stack([picture()] * 3, -1), photometric="rgb")
        save("colour", np.stack([picture(), picture()[::-1], picture()], -1), photometric="rgb")
        save("planar", np.stack([picture()] * 3), photometric="rgb", planarconfig="separate")
        ramp = np.arange(256, dtype=np.uint16) * 257
        save("palette", picture(), photometric="palette", colormap=np.stack([ramp] * 3))
        save("pages", np.stack([picture()] * 3))
        save("1bit", labels() > 0)


class Nifti(Format):
    name, extensions = "NIfTI-1, NIfTI-2", ("nii", "nii.gz")

    def files(self):
        return packaged("nibabel", "*.nii", "*.nii.gz")

    def peer(self, path):
        import nibabel
        import numpy as np

        found = np.asarray(nibabel.load(path).dataobj)
        if found.ndim > 2 and found[0, 0].size > 1:
            raise ValueError(f"shape {found.shape}")
        return found.reshape(found.shape[:2]).T

    def write(self, folder):
        import nibabel
        import numpy as np
        import SimpleITK as sitk

        affine = np.diag([0.7, 0.5, 1, 1])
        for kind in ["uint8", "int16", "uint16", "int32", "float32", "float64", "int64"]:
            values = picture(kind).T
            for name, of in [("one", nibabel.Nifti1Image), ("two", nibabel.Nifti2Image)]:
                of(values, affine, dtype=kind).to_filename(folder / f"{name}-{kind}.nii.gz")
                of(values[..., None], affine, dtype=kind).to_filename(folder / f"{name}-{kind}-3d.nii")
        scaled = nibabel.Nifti1Image(picture().T / 7, affine)
        scaled.set_data_dtype(np.int16)
        scaled.to_filename(folder / "scaled.nii")
        image = sitk.GetImageFromArray(picture("uint16"))
        image.SetSpacing([0.2, 0.3])
        sitk.WriteImage(image, str(folder / "sitk.nii.gz"))


class Sitk(Format):
    def peer(self, path):
        import SimpleITK as sitk

        found = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        while found.ndim > 2 and found.shape[0] == 1:
            found = found[0]
        return found


class MetaImage(Sitk):
    name, extensions = "MetaImage", ("mha", "mhd")

    def write(self, folder):
        import numpy as np
        import SimpleITK as sitk

        for kind in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]:
            image = sitk.GetImageFromArray(picture(kind))
            image.SetSpacing([0.2, 0.3])
            for compressed in [False, True]:
                sitk.WriteImage(image, str(folder / f"{kind}-{compressed}.mha"), compressed)
        volume = sitk.GetImageFromArray(picture()[None])
        sitk.WriteImage(volume, str(folder / "one-slice.mha"))
        sitk.WriteImage(sitk.GetImageFromArray(np.stack([picture()] * 3)), str(folder / "slices.mha"))
        sitk.WriteImage(image, str(folder / "detached.mhd"))


class Nrrd(Format):
    name, extensions = "NRRD, .seg.nrrd", ("nrrd",)

    def files(self):
        return packaged("nrrd", "*.nrrd")

    def peer(self, path):
        import nrrd

        found, header = nrrd.read(str(path))
        if "list" in str(header.get("kinds", [""])[0]):
            raise ValueError(f"shape {found.shape}")
        found = found.reshape([n for axis, n in enumerate(found.shape) if axis < 2 or n > 1])
        return found.T

    def write(self, folder):
        import nrrd
        import numpy as np
        import SimpleITK as sitk

        for kind in ["uint8", "int8", "uint16", "int16", "int32", "float32"]:
            for encoding in ["raw", "gzip", "ascii", "bzip2"]:
                header = {"encoding": encoding, "spacings": [0.2, 0.3]}
                nrrd.write(str(folder / f"{kind}-{encoding}.nrrd"), picture(kind).T, header)
        nrrd.write(str(folder / "detached.nhdr"), picture().T)
        image = sitk.GetImageFromArray(picture("uint16"))
        sitk.WriteImage(image, str(folder / "sitk.nrrd"), True)


class Npy(Format):
    name, extensions = "NumPy", ("npy",)

    def peer(self, path):
        import numpy as np

        found = np.load(path, allow_pickle=False)
        while found.ndim > 2 and found.shape[0] == 1:
            found = found[0]
        return found.reshape(found.shape[:2]) if found.ndim == 3 and found.shape[2] == 1 else found

    def write(self, folder):
        import numpy as np

        for kind in ["uint8", "int8", "uint16", ">u2", "int32", "int64", "uint64", "float32", ">f8"]:
            np.save(folder / f"{kind.strip('>')}-{kind[0] == '>'}.npy", picture(kind))
        np.save(folder / "bool.npy", labels() > 0)
        np.save(folder / "fortran.npy", np.asfortranarray(picture("uint16")))
        np.save(folder / "channel.npy", picture()[..., None])
        np.save(folder / "stack.npy", np.stack([picture()] * 3))
        np.save(folder / "fractions.npy", picture() / 7)


FORMATS = [Png, Jpeg, Tiff, Bmp, Pgm, WebP, Gif, Nifti, MetaImage, Nrrd, Npy, Dicom]


def ours(path):
    """Pixels by `scr_eval`: as a radiograph, else as a label map. Raises the radiograph's
    problem when the file is neither."""
    import numpy as np
    import scr_eval

    try:
        return "radiograph", scr_eval.read_radiograph(path).pixels
    except scr_eval.ProblemsError as error:
        problem = error.problems[0]
    try:
        layers = scr_eval.read_layers(path)
    except scr_eval.ProblemsError:
        raise ValueError(f"{problem['found']}; expected {problem['expected']}") from None
    if not layers:
        raise ValueError(f"{problem['found']}; expected {problem['expected']}")
    colours = any(isinstance(layer.value, tuple) for layer in layers)
    shape = layers[0].mask.shape + ((3,) if colours else ())
    found = np.zeros(shape, np.int64)
    for layer in layers:
        found[layer.mask] = layer.value
    return "label map", found


def grey(values):
    """Equal channels as one."""
    import numpy as np

    if values.ndim == 3 and values.shape[2] in (2, 4):
        if (values[..., -1] != np.iinfo(values.dtype).max).any():
            values = np.where(values[..., -1:] == 0, 0, values)
        values = values[..., :-1]
    if values.ndim == 3 and (values == values[..., :1]).all():
        values = values[..., 0]
    return values


def compare(form, path):
    """Outcome of a file, and the reason."""
    import numpy as np

    try:
        theirs, reason = grey(np.asarray(form.peer(path))), None
    except Exception as error:
        theirs, reason = None, str(error) or type(error).__name__
    try:
        kind, found = ours(path)
    except ValueError as error:
        return "refused", str(error)
    if theirs is None:
        return "only ours", reason
    found = grey(found)
    if found.shape != theirs.shape:
        return "differs", f"{kind}: shape {found.shape}, {theirs.shape} by the peer"
    differing = np.count_nonzero(found.astype(np.float64) != theirs.astype(np.float64))
    if differing:
        most = np.abs(found.astype(np.float64) - theirs.astype(np.float64)).max()
        if most <= form.tolerance(path):
            return "equal", kind + ROUNDING
        return "differs", f"{kind}: {differing} values by at most {most:g}"
    return "equal", kind


def general(reason):
    """The reason without what differs from file to file."""
    reason = re.sub(r"(/\S+/)", "", reason)
    reason = re.sub(r" at column \d+, row \d+", "", reason)
    reason = re.sub(r"-?\d[\d.e+-]*", "N", reason)
    return reason[:110]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("more", nargs="*", type=pathlib.Path, help="files and folders to read as well")
    parser.add_argument("--out", type=pathlib.Path, help="write the table as Markdown")
    parser.add_argument("--verbose", action="store_true", help="print every file")
    parser.add_argument("--install", action="store_true", help="fetch the peers with pip first")
    arguments = parser.parse_args()
    if arguments.install:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *PEERS], check=True)
    more = []
    for path in arguments.more:
        more += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]

    lines, differing = [], 0
    for form in [of() for of in FORMATS]:
        outcomes = collections.Counter()
        reasons = collections.defaultdict(collections.Counter)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            form.write(folder)
            ends = tuple("." + extension for extension in form.extensions)
            written = sorted(folder.iterdir())
            files = [*form.files(), *written, *more]
            for path in [p for p in files if p.name.lower().endswith(ends)]:
                outcome, reason = compare(form, path)
                outcomes[outcome] += 1
                reasons[outcome][general(reason)] += 1
                if arguments.verbose or outcome == "differs":
                    print(f"{outcome:10} {path.name}: {reason}")
        differing += outcomes["differs"]
        accepted = outcomes["equal"] + outcomes["differs"] + outcomes["only ours"]
        refused = "; ".join(f"{n} x {reason}" for reason, n in reasons["refused"].most_common())
        lines.append(
            f"| {form.name} | {sum(outcomes.values())} | {accepted} | {outcomes['equal']} |"
            f" {outcomes['only ours']} | {refused or 'none'} |"
        )
    table = "\n".join(
        [
            "| format | files | accepted | equal to the peer | peer cannot read | refused, and why |",
            "|---|---|---|---|---|---|",
            *lines,
        ]
    )
    print(table)
    if arguments.out:
        arguments.out.write_text(table + "\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
