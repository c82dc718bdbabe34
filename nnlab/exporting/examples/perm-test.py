"""Read a digit whose pixels are permuted as they were in the training."""

import json

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
metadata = session.get_modelmeta().custom_metadata_map
names = json.loads(metadata["class_names"])
order = [int(place) for place in json.loads(metadata["permutation"])]
image = np.asarray(Image.open("7.png").convert("L"), np.float32)  # 28×28, light ink on black
permuted = image.reshape(-1)[order].reshape(image.shape)
(probabilities,) = session.run(None, {"image": permuted[None]})
print(names[probabilities[0].argmax()], probabilities[0].max())
