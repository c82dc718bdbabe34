"""Read a digit."""

import json

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
names = json.loads(session.get_modelmeta().custom_metadata_map["class_names"])
image = np.asarray(Image.open("7.png").convert("L"), np.float32)  # 28×28, light ink on black
(probabilities,) = session.run(None, {"image": image[None]})
print(names[probabilities[0].argmax()], probabilities[0].max())
