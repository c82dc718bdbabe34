"""Continue a text with the likeliest characters, one step of the network per character."""

import json

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("network.step.onnx")  # written with --step
characters = json.loads(session.get_modelmeta().custom_metadata_map["characters"])
units = session.get_inputs()[1].shape[1]
hidden = cell = np.zeros((1, units), np.float32)
text = "".join(one for one in "there was no " if one in characters) or characters[0]
for place in range(100):
    step = np.array([[characters.index(text[place])]], np.float32)
    given = {"text": step, "memory_hidden": hidden, "memory_cell": cell}
    probabilities, hidden, cell = session.run(None, given)
    if place == len(text) - 1:
        text += characters[probabilities[0, 0].argmax()]
print(text)
