"""Writing PDF files whose pages are pictures, page after page."""

import io
import math
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from nnlab.datasets.pages.pdf import POINTS

if TYPE_CHECKING:
    from PIL.Image import Image

TREE, CATALOG = 1, 2
"""Numbers of the objects that list the pages, and that the file begins with."""
OFFSETS, BYTES = 273, 279
"""TIFF tags: where the only strip of an image begins, and how long it is."""


class PackedPage(NamedTuple):
    """A page as it stands in a file: width and height in points, and its picture, compressed."""

    width: float
    height: float
    picture: tuple[bytes, ...]


def packed(picture: "Image", dpi: tuple[float, float], jpeg: dict[str, Any]) -> PackedPage:
    """Compress a picture: black and white as G4 fax, the others as JPEG (ISO 32000-1, 7.4).

    Args:
        picture: Of mode 1, L or RGB.
        dpi: Dots per inch across and down.
        jpeg: Options of Pillow for JPEG.
    """
    width, height = (POINTS * side / dots for side, dots in zip(picture.size, dpi, strict=True))
    return PackedPage(width, height, _image(picture, jpeg))


def write_pdf(packed_pages: Iterable[PackedPage], file: IO[bytes]) -> None:
    """Write pages to a file that is open at its start (ISO 32000-1, 7.7).

    Args:
        packed_pages: One or more; each is fetched after the one before is written.
        file: Where to.
    """
    places: dict[int, int] = {}
    pages: list[int] = []

    def write(number: int, *parts: bytes) -> None:
        places[number] = file.tell()
        file.write(b"%d 0 obj\n" % number + b"".join(parts) + b"\nendobj\n")

    file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for width, height, picture in packed_pages:
        image = CATALOG + 1 + 3 * len(pages)
        content, page = image + 1, image + 2
        write(image, *picture)
        write(content, *_stream(b"", b"%.4f 0 0 %.4f 0 0 cm /page Do" % (width, height)))
        write(
            page,
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f]" % (TREE, width, height),
            b" /Contents %d 0 R /Resources << /XObject << /page %d 0 R >> >> >>" % (content, image),
        )
        pages.append(page)
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    write(TREE, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids))
    write(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % TREE)
    start, count = file.tell(), len(places) + 1
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
    file.writelines(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    file.write(b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (count, CATALOG))
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)


def _image(picture: "Image", jpeg: dict[str, Any]) -> tuple[bytes, ...]:
    size = b"/Width %d /Height %d " % picture.size
    head = b"/Type /XObject /Subtype /Image " + size
    if picture.mode == "1":
        parameters = b"/K -1 /BlackIs1 true /Columns %d /Rows %d" % picture.size
        fax = b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms "
        return _stream(head + fax + b"<< " + parameters + b" >>", _fax(picture))
    colours = b"/DeviceGray" if picture.mode == "L" else b"/DeviceRGB"
    packed = io.BytesIO()
    picture.save(packed, "JPEG", **jpeg)
    kind = b"/ColorSpace " + colours + b" /BitsPerComponent 8 /Filter /DCTDecode"
    return _stream(head + kind, packed.getvalue())


def _fax(picture: "Image") -> bytes:
    """Compress black and white as G4, by way of a TIFF with one strip."""
    from PIL import Image

    tiff = io.BytesIO()
    whole = math.ceil(picture.width / 8) * picture.height
    picture.save(tiff, "TIFF", compression="group4", strip_size=whole)
    with Image.open(tiff) as saved:
        tags: Any = saved.tag_v2  # type: ignore[attr-defined]
        (start,), (length,) = tags[OFFSETS], tags[BYTES]
    return tiff.getvalue()[start : start + length]


def _stream(head: bytes, content: bytes) -> tuple[bytes, ...]:
    return (b"<< " + head + b" /Length %d >>\nstream\n" % len(content), content, b"\nendstream")
