"""Small compressed streams that tests of the decoders in crates/scr-formats/src/codec read.

    python make_streams.py          # needs numpy, imagecodecs and pyjpegls

Writes streams, and for those with loss what CharLS and OpenJPEG decode, as
16-bit numbers, low byte first. `pattern` is the image; the tests have it too.
"""

from pathlib import Path

import imagecodecs
import jpeg_ls
import numpy

WIDTH, HEIGHT = 29, 19
OUT = Path(__file__).resolve().parents[2] / "crates/scr-formats/src/codec/streams"


def pattern(bits):
    """Flat rows and columns, a ramp and noise, over the whole range."""
    row, col = numpy.mgrid[:HEIGHT, :WIDTH].astype(numpy.int64)
    noise = (col * col * 31 + row * row * 17 + col * row * 5) * 257
    ramp = (col * 37 + row * 11) << max(bits - 11, 0)
    values = numpy.where(row % 4 == 1, ramp, noise)
    values = numpy.where((row % 4 == 0) | (col < 5), 3, values)
    return (values & ((1 << bits) - 1)).astype(numpy.uint8 if bits <= 8 else numpy.uint16)


def smooth(bits):
    """Slow waves, for codecs with loss."""
    row, col = numpy.mgrid[:HEIGHT, :WIDTH]
    wave = (numpy.sin(col / 4) + numpy.cos(row / 3) + 2.2) / 4.4
    return (wave * ((1 << bits) - 1)).astype(numpy.uint8 if bits <= 8 else numpy.uint16)


def jpeg_ls_encode(image, bits, lossy_error=0):
    pixels = image.astype("<u1" if bits <= 8 else "<u2").tobytes()
    form = {"rows": HEIGHT, "columns": WIDTH, "samples_per_pixel": 1, "bits_stored": bits}
    return bytes(jpeg_ls.encode_pixel_data(pixels, lossy_error, **form))


def write(name, stream, decoded=None):
    (OUT / name).write_bytes(stream)
    if decoded is not None:
        assert decoded.shape == (HEIGHT, WIDTH)
        (OUT / (name + ".raw")).write_bytes(decoded.astype("<u2").tobytes())


def main():
    OUT.mkdir(exist_ok=True)
    for bits in (8, 12, 16):
        stream = jpeg_ls_encode(pattern(bits), bits)
        write(f"lossless_{bits}.jls", stream)
        assert (imagecodecs.jpegls_decode(stream) == pattern(bits)).all()
    stream = jpeg_ls_encode(smooth(8), 8, lossy_error=2)
    write("near_2.jls", stream, imagecodecs.jpegls_decode(stream))
    for bits in (8, 12):
        stream = imagecodecs.jpeg2k_encode(
            pattern(bits), codecformat="J2K", reversible=True, bitspersample=bits, level=0
        )
        assert (imagecodecs.jpeg2k_decode(stream) == pattern(bits)).all()
        write(f"reversible_{bits}.j2k", stream)
    stream = imagecodecs.jpeg2k_encode(
        pattern(16).astype(numpy.int32).astype(numpy.int16), codecformat="J2K", reversible=True, level=0
    )
    write("signed_16.j2k", stream)
    stream = imagecodecs.jpeg2k_encode(smooth(12), codecformat="J2K", reversible=False, bitspersample=12, level=40)
    write("irreversible_12.j2k", stream, imagecodecs.jpeg2k_decode(stream))


if __name__ == "__main__":
    main()
