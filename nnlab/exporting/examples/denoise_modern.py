"""Clean a whole page at once. (nnlab works tile by tile, which takes less memory.)"""

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
page = np.asarray(Image.open("noisy.png").convert("L"), np.float32)
height, width = page.shape
margin = 16  # as nnlab does: the page goes on a little beyond its edges
sides = [(margin, margin + -(side + 2 * margin) % 16) for side in page.shape]  # multiples of 16
(clean,) = session.run(None, {"page": np.pad(page, sides, "edge")[None, :, :, None]})
kept = clean[0, margin : margin + height, margin : margin + width, 0]
Image.fromarray((kept.clip(0, 1) * 255).round().astype(np.uint8)).save("clean.png")
