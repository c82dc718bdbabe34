"""Signed distance fields of glyphs: distance of each point from the outline, positive inside.

From such a field, a glyph can be drawn at any position, size, rotation and stroke width.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nnlab.errors import DataError

GLYPH = 28
"""The longer side of a glyph in pixels of its field."""
FIELD = 48
"""The side of a field: the glyph, and a margin for distortions."""
OVERSAMPLING = 2

# Text fonts that matplotlib ships. They are listed because its symbol fonts map letters to other
# signs, and because a later version with more fonts must not change the sample. DejaVu Sans Mono is
# left out because its zeros are dotted.
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmr10", "cmb10", "cmss10", "cmtt10", "cmti10"),
)


def distance_fields(alphabet: str) -> np.ndarray:
    """Return the field of every character in every font that has all of them.

    Returns:
        float32 (fonts, characters, FIELD, FIELD), in units of the glyph's longer side.

    Raises:
        DataError: No font has all the characters, or one of them has no ink.
    """
    fields = [[_field(path, char) for char in alphabet] for path in _fonts_with(alphabet)]
    if not fields:
        raise DataError(f"none of matplotlib's fonts has all the characters of {alphabet!r}")
    return np.array(fields, np.float32)


def _fonts_with(alphabet: str) -> Iterator[Path]:
    import matplotlib
    from matplotlib.ft2font import FT2Font

    wanted = {ord(char) for char in alphabet}
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in FONTS:
        path = folder / f"{name}.ttf"
        if path.is_file() and wanted <= FT2Font(path).get_charmap().keys():
            yield path


def _field(path: Path, char: str) -> np.ndarray:
    from PIL import Image, ImageDraw, ImageFont
    from scipy.ndimage import distance_transform_edt

    def font(size: float) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)

    left, top, right, bottom = font(100).getbbox(char)
    longer = max(right - left, bottom - top, 1)
    side = FIELD * OVERSAMPLING
    page = Image.new("L", (side, side))
    glyph = font(100 * GLYPH * OVERSAMPLING / longer)
    left, top, right, bottom = glyph.getbbox(char)
    corner = ((side - left - right) / 2, (side - top - bottom) / 2)
    ImageDraw.Draw(page).text(corner, char, fill=255, font=glyph)
    ink = np.asarray(page) > 127
    if not ink.any():
        raise DataError(f"the character {char!r} has no ink")
    distance = distance_transform_edt(ink) - distance_transform_edt(~ink)
    blocks = distance.reshape(FIELD, OVERSAMPLING, FIELD, OVERSAMPLING)
    result: np.ndarray = blocks.mean(axis=(1, 3)) / (GLYPH * OVERSAMPLING)
    return result
