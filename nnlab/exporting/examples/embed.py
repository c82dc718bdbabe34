"""Find the place of a letter in the plane."""

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
height, width = session.get_inputs()[0].shape[1:]
picture = Image.open("letter.png").convert("L").resize((width, height))  # light ink on black
image = np.asarray(picture, np.float32)
plane, pixels = session.run(None, {"image": image[None]})
print(plane[0])
Image.fromarray((pixels[0].reshape(image.shape) * 255).round().astype(np.uint8)).save("drawn.png")
