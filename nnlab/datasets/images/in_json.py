"""Grey images as JSON, for a page to draw."""

import base64
from typing import Any

import numpy as np


def pixels_as_text(image: np.ndarray) -> str:
    """Return the pixels of uint8 (height, width), row by row, in base64."""
    return base64.b64encode(np.ascontiguousarray(image, np.uint8).tobytes()).decode()


def image_as_json(image: np.ndarray) -> dict[str, Any]:
    """Return uint8 (height, width) with its size."""
    height, width = image.shape
    return {"width": width, "height": height, "pixels": pixels_as_text(image)}
