"""Find the place of a letter in the plane."""

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
image = np.asarray(Image.open("letter.png").convert("L"), np.float32)  # 28×28, light ink on black
plane, pixels = session.run(None, {"image": image[None]})
print(plane[0])
Image.fromarray((pixels[0].reshape(image.shape) * 255).astype(np.uint8)).save("drawn.png")
