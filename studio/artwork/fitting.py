"""Convert any image to directories' requirements: square, 1400 to 3000 pixels, a JPEG in RGB of at
most 512 kB.
"""

from __future__ import annotations

import io
import sys
from typing import cast

from PIL import Image, ImageCms, ImageOps

from studio.artwork.cover import read_picture
from studio.errors import WorkspaceError
from studio.messages.message import message

# Apple's limits of artwork, in pixels and bytes.
MIN_PX, MAX_PX = 1400, 3000
# Smaller pictures (icons, buttons, lines) would be blurred when enlarged to 1400 pixels.
_FEWEST_PX = 300
MAX_BYTES = 512_000
QUALITIES = (92, 86, 80, 72, 64, 54, 42, 30, 18, 8)
_STRIP_PX = 256
_BITS_PER_SAMPLE = 258  # TIFF 6.0, section 8
# The share of a tall picture's excess that is cropped at its top: faces are in the upper half.
TAKEN_OFF_ABOVE = 0.25
JPEG = b"\xff\xd8\xff"


def is_fit(content: bytes, where: object) -> bool:
    """Whether a picture can be published unchanged.

    :raises WorkspaceError: it is no picture, or a damaged one.
    """
    facts = read_picture(content, where)
    square = facts.width == facts.height and MIN_PX <= facts.width <= MAX_PX
    return (
        square
        and (facts.format, facts.mode) == ("JPEG", "RGB")
        and facts.is_upright
        and facts.is_srgb
        and len(content) < MAX_BYTES
    )


def fitted_picture(content: bytes, where: object) -> bytes:
    """Convert a picture to the requirements; unchanged if it meets them already. Deterministic.

    The longer side is cropped, transparency becomes white, colours become sRGB, a small picture is
    enlarged, a large file is compressed more.

    :raises WorkspaceError: it is not a picture, damaged, or too small to be enlarged.
    """
    if is_fit(content, where):
        return content
    with Image.open(io.BytesIO(content)) as opened:
        side = min(opened.size)
        if side < _FEWEST_PX:
            raise WorkspaceError(
                where,
                message(
                    "has {width} × {height} pixels: enlarged, it would be a blur",
                    width=opened.width,
                    height=opened.height,
                ),
                message(
                    "Take the picture in its full size: {fewest} pixels a side at least, better "
                    "{smallest}.",
                    fewest=_FEWEST_PX,
                    smallest=MIN_PX,
                ),
            )
        profile = opened.info.get("icc_profile")
        has_32_bits = _has_32_bits(opened)
        ImageOps.exif_transpose(opened, in_place=True)
        left = (opened.width - side) // 2
        top = round((opened.height - side) * TAKEN_OFF_ABOVE)
        square = opened.crop((left, top, left + side, top + side))
        opened.close()  # frees its pixels: 100 MB, of which there are copies
    if has_32_bits:
        square = _highest_byte(square)
    picture = _on_white(_in_srgb(square, profile))
    wanted = max(MIN_PX, min(MAX_PX, side))
    encoded = b""
    for px in dict.fromkeys((wanted, min(wanted, 2000), MIN_PX)):
        sized = picture if px == side else picture.resize((px, px), Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            output = io.BytesIO()
            sized.save(output, "JPEG", quality=quality, optimize=True, progressive=False)
            encoded = output.getvalue()
            if len(encoded) < MAX_BYTES:
                return encoded
    return encoded


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the picture from its ICC profile to sRGB; unchanged if the profile cannot be read or
    does not match its mode.
    """
    if not profile:
        return picture
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode in {"P", "PA"}:
        picture = picture.convert(mode)
    try:
        converted = ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, ValueError):
        return picture
    return picture if converted is None else converted


def _has_32_bits(picture: Image.Image) -> bool:
    """Whether a picture has 32-bit integers per pixel, as a TIFF may."""
    tags = getattr(picture, "tag_v2", {})
    return picture.mode == "I" and tuple(tags.get(_BITS_PER_SAMPLE, ())) == (32,)


def _highest_byte(picture: Image.Image) -> Image.Image:
    """Convert it to 8-bit grey: the highest byte that any pixel uses. Pillow reads numbers from
    2^31 on as negative.
    """
    least, most = cast("tuple[int, int]", picture.getextrema())
    used = 4 if least < 0 else max(1, (most.bit_length() + 7) // 8)
    place = used - 1 if sys.byteorder == "little" else 4 - used
    return Image.frombytes("L", picture.size, picture.tobytes()[place::4])


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture in RGB, on a white background."""
    if picture.mode.startswith(("I", "F")):
        # Pillow clips values above 255 instead of scaling them. Integers have 16 bits per pixel,
        # which older versions of Pillow call 32; floats are between 0 and 1.
        scale = 255 if picture.mode == "F" else 1 / 256
        wide = picture if picture.mode == "F" else picture.convert("I")
        picture = wide.point(lambda value: value * scale + 0).convert("L")
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    # In strips: otherwise four copies of it would be in memory at once.
    whole = Image.new("RGB", picture.size)
    for top in range(0, picture.height, _STRIP_PX):
        box = (0, top, picture.width, min(picture.height, top + _STRIP_PX))
        layer = picture.crop(box).convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        whole.paste(Image.alpha_composite(ground, layer).convert("RGB"), box)
    return whole
