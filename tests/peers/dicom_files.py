"""DICOM files against pydicom and its plugins, for formats.py; alone, a table by syntax.

    python dicom_files.py [--verbose] [FILE OR FOLDER...]

Reads the files that pydicom and pydicom-data bring, and files in each transfer syntax that
this script writes. A radiograph must have the values of pydicom's `pixel_array` after
`apply_modality_lut` and `apply_voi_lut`, scaled to the range of ours, and turned for
MONOCHROME1; a segmentation those of its frames. Exit 1 when an accepted file differs.

JPEG with loss is decoded by libjpeg-turbo (Pillow for 8 bits, imagecodecs for 12); the inverse
transform of pylibjpeg rounds otherwise, which the standard allows. JPEG 2000 with loss is one of
floating point numbers: single values differ by one.

Needs what formats.py needs, and pydicom-data, pylibjpeg, pylibjpeg-libjpeg,
pylibjpeg-openjpeg, pylibjpeg-rle and pyjpegls.
"""

import argparse
import collections
import importlib.util
import pathlib
import shutil
import sys
import tempfile
import warnings

SYNTAXES = {
    "1.2.840.10008.1.2": "implicit",
    "1.2.840.10008.1.2.1": "explicit",
    "1.2.840.10008.1.2.2": "big-endian",
    "1.2.840.10008.1.2.1.99": "deflate",
    "1.2.840.10008.1.2.5": "RLE",
    "1.2.840.10008.1.2.4.50": "JPEG baseline",
    "1.2.840.10008.1.2.4.51": "JPEG extended",
    "1.2.840.10008.1.2.4.57": "JPEG lossless",
    "1.2.840.10008.1.2.4.70": "JPEG lossless, first order",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS near-lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
}
SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


def read(path):
    import pydicom

    warnings.simplefilter("ignore")
    data = pydicom.dcmread(path, force=True)
    if not hasattr(data, "file_meta"):
        data.file_meta = pydicom.dataset.FileMetaDataset()
    if "TransferSyntaxUID" not in data.file_meta:
        implicit = data.original_encoding[0]
        uid = pydicom.uid.ImplicitVRLittleEndian if implicit else pydicom.uid.ExplicitVRLittleEndian
        data.file_meta.TransferSyntaxUID = uid
    return data


class Dicom:
    """A format of formats.py."""

    name, extensions = "DICOM", ("dcm",)

    def files(self):
        return []

    def tolerance(self, path):
        """Two of 16 bits, or one of 10 bits in a window, for the wavelet with loss."""
        return 128 if read(path).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.91" else 0

    def write(self, folder):
        """Copies the files of packages, which often have no extension, and writes others."""
        packages = [("pydicom", "data/test_files"), ("pydicom", "data/charset_files"), ("data_store", "")]
        for package, below in packages:
            found = importlib.util.find_spec(package)
            for top in found.submodule_search_locations if found else []:
                for path in sorted((pathlib.Path(top) / below).rglob("*")):
                    ending = path.suffix in (".py", ".pyc", ".json", ".md", ".txt", ".zip", ".dump", ".gz")
                    if path.is_file() and not ending and path.name != "README":
                        name = "-".join(path.relative_to(top).parts).removesuffix(".dcm")
                        shutil.copy(path, folder / f"{name}.dcm")
        for name, data in written():
            data.save_as(folder / f"written-{name}.dcm", enforce_file_format=True)
        plain = next(data for name, data in written() if name == "explicit-12")
        plain.save_as(folder / "written-whole.dcm", enforce_file_format=True)
        whole = (folder / "written-whole.dcm").read_bytes()
        (folder / "written-no-preamble.dcm").write_bytes(whole[132:])
        begin = whole.index(b"\x08\x00\x16\x00")
        (folder / "written-no-meta.dcm").write_bytes(whole[begin:])

    def peer(self, path):
        import numpy as np
        import pydicom
        from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

        data = read(path)
        syntax = data.file_meta.TransferSyntaxUID
        plugin = ""
        if syntax in ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"):
            plugin = "pillow"
        elif syntax in ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"):
            plugin = "pyjpegls"
        elif syntax.is_encapsulated:
            plugin = "pylibjpeg"
        if plugin == "pillow" and data.BitsStored > 8:
            stored = jpeg_12(data)
        else:
            stored = pixel_array(data, decoding_plugin=plugin)
        if data.get("SOPClassUID") in SEGMENTATIONS:
            return label_map(data, stored)
        if stored.ndim != 2:
            raise ValueError(f"pixels of shape {stored.shape}")
        if data.BitsAllocated == 1 or data.BitsAllocated == 32:
            return stored
        used = (stored.astype(np.int64) << (64 - data.BitsStored)) >> (64 - data.BitsStored)
        if data.PixelRepresentation == 0:
            used = stored.astype(np.int64) & ((1 << data.BitsStored) - 1)
        has_window = data.get("WindowWidth") not in (None, "")
        has_table = bool(data.get("VOILUTSequence")) and not has_window
        modality = apply_modality_lut(used, data)
        bits = data.BitsStored
        if data.get("ModalityLUTSequence"):
            bits = data.ModalityLUTSequence[0].LUTDescriptor[2]
        if has_table:
            shown = apply_voi_lut(modality.astype(np.int64), data)
            most = (1 << data.VOILUTSequence[0].LUTDescriptor[2]) - 1
        elif has_window:
            shown = window(modality.astype(np.float64), data)
            most = 255 if bits <= 8 else 65535
            shown = np.floor(shown * most + 0.5)
        elif data.get("ModalityLUTSequence"):
            shown, most = modality, (1 << bits) - 1
        else:
            most = (1 << bits) - 1
            shown = used + (1 << (bits - 1) if data.PixelRepresentation == 1 else 0)
            if float(data.get("RescaleSlope", 1)) < 0:
                shown = most - shown
        return most - shown if data.PhotometricInterpretation == "MONOCHROME1" else shown


def jpeg_12(data):
    import imagecodecs
    from pydicom.encaps import get_frame

    stream = get_frame(data.PixelData, 0, number_of_frames=int(data.get("NumberOfFrames", 1)))
    return imagecodecs.jpeg_decode(stream, bitspersample=12)


def window(values, data):
    """Share of white by pydicom's window, whose output range is that of other data."""
    import numpy as np
    from pydicom.pixels import apply_windowing

    dark, bright = (apply_windowing(np.array([v], np.float64), data)[0] for v in (-1e30, 1e30))
    return (apply_windowing(values, data) - dark) / (bright - dark)


def label_map(data, frames):
    import numpy as np

    if data.SegmentationType == "LABELMAP":
        return frames
    frames = frames.reshape(-1, data.Rows, data.Columns)
    groups = data.get("PerFrameFunctionalGroupsSequence", [])
    numbers = [g.SegmentIdentificationSequence[0].ReferencedSegmentNumber for g in groups]
    if len(set(numbers)) != len(numbers):
        raise ValueError("several frames of a segment")
    found = np.zeros((data.Rows, data.Columns), np.int64)
    for number, frame in zip(numbers, frames):
        found[frame > 0] = number
    return found


def empty(values, bits, signed=False):
    """A radiograph in memory."""
    import numpy as np
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = pydicom.uid.DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3.4"
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = 8 if bits <= 8 else 16
    data.BitsStored, data.HighBit, data.PixelRepresentation = bits, bits - 1, int(signed)
    dtype = np.dtype(f"{'i' if signed else 'u'}{data.BitsAllocated // 8}").newbyteorder("<")
    pixels = values.astype(dtype).tobytes()
    data.PixelData = pixels + b"\0" * (len(pixels) % 2)
    data["PixelData"].VR = "OW"
    return data


def image(bits, signed=False):
    """Waves with edges and noise, over the whole range."""
    import numpy as np

    y, x = np.mgrid[:47, :61]
    noise = np.random.default_rng(5).normal(0, 0.02, x.shape)
    grey = 0.5 + 0.35 * np.sin(x / 9) * np.cos(y / 7) + 0.1 * ((x // 13 + y // 11) % 2) + noise
    grey[:9, :20] = 0.25
    grey = np.clip(grey, 0, 1) * ((1 << bits) - 1)
    return np.rint(grey).astype(np.int64) - ((1 << (bits - 1)) if signed else 0)


def encapsulated(data, syntax, stream, parts=1, table=False):
    """The radiograph with a compressed stream in some fragments."""
    from pydicom.encaps import encapsulate, encapsulate_extended  # noqa: F401

    data.file_meta.TransferSyntaxUID = syntax
    data.PixelData = encapsulate([bytes(stream)], fragments_per_frame=parts, has_bot=table)
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True
    return data


def written():
    """Names and radiographs in each syntax, depth and sign."""
    import imagecodecs
    import jpeg_ls
    import numpy as np
    import pydicom

    uid = "1.2.840.10008.1.2."
    for bits, signed in [(8, False), (10, False), (12, False), (12, True), (15, False), (16, False), (16, True)]:
        name = f"{bits}{'-signed' if signed else ''}"
        values = image(bits, signed)
        new = lambda: empty(values, bits, signed)  # noqa: E731
        yield f"explicit-{name}", new()
        data = new()
        data.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
        yield f"deflate-{name}", data
        data = new()
        data.compress(pydicom.uid.RLELossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
        yield f"rle-{name}", data
        data = new()
        data.compress(pydicom.uid.JPEG2000Lossless, generate_instance_uid=False)
        yield f"j2k-{name}", data
        data = new()
        data.compress(pydicom.uid.JPEG2000, j2k_cr=[6], generate_instance_uid=False)
        yield f"j2k-lossy-{name}", data
        container = values.astype(np.uint8 if bits <= 8 else np.uint16) & ((1 << bits) - 1)
        for predictor in range(1, 8):
            stream = imagecodecs.jpeg_encode(container, lossless=True, predictor=predictor, bitspersample=bits)
            syntax = uid + ("4.70" if predictor == 1 else "4.57")
            yield f"jpeg-lossless-{predictor}-{name}", encapsulated(new(), syntax, stream)
        form = {"rows": 47, "columns": 61, "samples_per_pixel": 1, "bits_stored": bits}
        pixels = container.tobytes()
        yield f"jpeg-ls-{name}", encapsulated(new(), uid + "4.80", jpeg_ls.encode_pixel_data(pixels, **form))
        for near in (1, 3, 9):
            stream = jpeg_ls.encode_pixel_data(pixels, near, **form)
            yield f"jpeg-ls-near-{near}-{name}", encapsulated(new(), uid + "4.81", stream)
    for level in (30, 75, 95, 100):
        stream = imagecodecs.jpeg_encode(image(8).astype(np.uint8), level=level)
        yield f"jpeg-8-{level}", encapsulated(empty(image(8), 8), uid + "4.50", stream, parts=3)
        stream = imagecodecs.jpeg_encode(image(12).astype(np.uint16), level=level, bitspersample=12)
        yield f"jpeg-12-{level}", encapsulated(empty(image(12), 12), uid + "4.51", stream, table=True)
    # The grey scale.
    for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        data = empty(image(12), 12)
        data.WindowCenter, data.WindowWidth, data.VOILUTFunction = 1800, 1500, function
        data.RescaleSlope, data.RescaleIntercept = 1, -100
        yield f"window-{function}", data
    data = empty(image(12), 12)
    data.PhotometricInterpretation = "MONOCHROME1"
    yield "monochrome1", data
    overlay = image(12) | ((image(12) % 3 == 0) * 0x1000)
    data = empty(overlay, 12)
    yield "overlay-in-high-bits", data
    data = empty(image(16), 12)
    data.PixelPaddingValue = 0
    yield "padding", data


def main():
    import formats

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("more", nargs="*", type=pathlib.Path, help="files and folders to read as well")
    parser.add_argument("--verbose", action="store_true", help="print every file")
    arguments = parser.parse_args()
    form = Dicom()
    outcomes = collections.defaultdict(collections.Counter)
    reasons = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        form.write(folder)
        paths = sorted(folder.iterdir())
        for path in arguments.more:
            paths += sorted(p for p in path.rglob("*.dcm")) if path.is_dir() else [path]
        for path in paths:
            try:
                uid = str(read(path).file_meta.TransferSyntaxUID)
            except Exception:
                uid = "none"
            name = SYNTAXES.get(uid, uid)
            outcome, reason = formats.compare(form, path)
            if reason.endswith(formats.ROUNDING):
                outcome = "rounded"
            outcomes[name][outcome] += 1
            if outcome == "refused":
                reasons[name][formats.general(reason)] += 1
            if arguments.verbose or outcome in ("differs", "only ours"):
                print(f"{outcome:10} {name}: {path.name}: {reason}")
    print("| syntax | files | accepted | equal to pydicom | equal but for rounding | pydicom cannot read | refused, and why |")
    print("|---|---|---|---|---|---|---|")
    for name in [*SYNTAXES.values(), *sorted(set(outcomes) - set(SYNTAXES.values()))]:
        found = outcomes[name]
        accepted = sum(found.values()) - found["refused"]
        refused = "; ".join(f"{n} x {reason}" for reason, n in reasons[name].most_common())
        print(
            f"| {name} | {sum(found.values())} | {accepted} | {found['equal']} | {found['rounded']} |"
            f" {found['only ours']} | {refused or 'none'} |"
        )
    return 1 if any(found["differs"] for found in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
