"""Content types of HTTP for the files that come and go."""

SUFFIXES = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/tiff": ("tif", "tiff"),
    "image/bmp": ("bmp",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/x-portable-anymap": ("pnm",),
    "application/pdf": ("pdf",),
}
"""Suffixes of pictures and documents by content type, the usual one first."""
UNKNOWN = "application/octet-stream"


def type_of(name: str) -> str:
    """Return the content type of a file by its name."""
    suffix = name.rpartition(".")[2].lower()
    return next((kind for kind, known in SUFFIXES.items() if suffix in known), UNKNOWN)
