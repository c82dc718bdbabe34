"""Images as JSON."""

import base64

import numpy as np

from nnlab.datasets.images.in_json import image_as_json


def test_pixels_come_row_by_row() -> None:
    image = np.array([[0, 1, 2], [253, 254, 255]], np.uint8)
    for one in (image, np.asfortranarray(image), image[::-1][::-1]):
        shown = image_as_json(one)
        assert (shown["width"], shown["height"]) == (3, 2)
        assert list(base64.b64decode(shown["pixels"])) == [0, 1, 2, 253, 254, 255]
