"""Read a digit."""

import json

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
names = json.loads(session.get_modelmeta().custom_metadata_map["class_names"])
height, width = session.get_inputs()[0].shape[1:]
# light ink on black, in the middle; nnlab itself also crops pictures, and inverts dark ink
picture = Image.open("7.png").convert("L").resize((width, height))
image = np.asarray(picture, np.float32)
(probabilities,) = session.run(None, {"image": image[None]})
print(names[probabilities[0].argmax()], probabilities[0].max())
