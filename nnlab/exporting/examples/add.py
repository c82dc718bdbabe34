"""Add two numbers."""

import json

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("network.onnx")
characters = json.loads(session.get_modelmeta().custom_metadata_map["characters"])
digits = session.get_outputs()[0].shape[1] - 1  # an answer can have one digit more
question = "1+1".ljust(2 * digits + 1)[::-1]
one_hot = np.zeros((1, len(question), len(characters)), np.float32)
for place, character in enumerate(question):
    one_hot[0, place, characters.index(character)] = 1
(probabilities,) = session.run(None, {"question": one_hot})
print("".join(characters[code] for code in probabilities[0].argmax(axis=-1)))
