"""Decodes and encodes one picture in a process of its own, because decoders of strangers' bytes have had holes.

A script, not a module of the site: it imports Pillow and nothing of ours. The picture comes by standard input and goes
out by standard output as JPEG or PNG without whatever else the file carried: EXIF, comments, profiles, tails.
Exit 0: done; 3: not a picture that we take, the reason on standard error.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 12_000
MEMORY = 768 * 1024 * 1024
SECONDS = 10
REFUSED = 3


class RefusedError(Exception):
    """Why the picture is not taken, in words for the person who sent it."""


def main() -> int:
    kind, content = sys.argv[1], sys.stdin.buffer.read()
    _load_codecs()
    confine()
    try:
        clean = reencode(content, kind)
    except RefusedError as error:
        sys.stderr.write(str(error))
        return REFUSED
    sys.stdout.buffer.write(clean)
    return 0


def _load_codecs() -> None:
    """Pillow imports the rest of itself when it first needs it; confined, it could not."""
    for kind in ("JPEG", "PNG"):
        sample = io.BytesIO()
        Image.new("RGB", (2, 2)).save(sample, kind, exif=Image.Exif())
        reencode(sample.getvalue(), kind)


def confine() -> None:
    """From here on no file and no connection can be opened, and memory and time are short."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def reencode(content: bytes, kind: str) -> bytes:
    """`kind` is JPEG or PNG. Raises RefusedError."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as picture:
            _check_size(picture.size)
            return _encode(_upright(picture), kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError, EOFError, IndexError) as error:
        raise RefusedError("The picture cannot be read") from error


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE:
        raise RefusedError(f"The picture is too large: at most {MOST_PIXELS // 1_000_000} million pixels")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its EXIF says, which is then thrown away."""
    return ImageOps.exif_transpose(picture)


def _encode(picture: Image.Image, kind: str) -> bytes:
    has_alpha = kind == "PNG" and picture.has_transparency_data
    clean = picture.convert("RGBA" if has_alpha else "RGB")
    clean.info = {}
    out = io.BytesIO()
    if kind == "JPEG":
        clean.save(out, "JPEG", quality=85)
    else:
        clean.save(out, "PNG", compress_level=3)
    return out.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
