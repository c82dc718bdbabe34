"""Read a digit, with its pixels permuted as in training."""

import json

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("network.onnx")
metadata = session.get_modelmeta().custom_metadata_map
names = json.loads(metadata["class_names"])
order = [int(place) for place in json.loads(metadata["permutation"])]
height, width = session.get_inputs()[0].shape[1:]
picture = Image.open("7.png").convert("L").resize((width, height))  # light ink on black
image = np.asarray(picture, np.float32)
permuted = image.reshape(-1)[order].reshape(image.shape)
(probabilities,) = session.run(None, {"image": permuted[None]})
print(names[probabilities[0].argmax()], probabilities[0].max())
