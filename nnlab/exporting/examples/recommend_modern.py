"""Recommend five items that go with a basket."""

import json

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("network.onnx")
items = json.loads(session.get_modelmeta().custom_metadata_map["items"])
basket = np.zeros((1, len(items)), np.float32)
for item in items[:2]:  # or the names of your own items
    basket[0, items.index(item)] = 1
(logits,) = session.run(None, {"basket": basket})
logits[basket > 0] = -np.inf  # they are in the basket already
scores = np.exp(logits) / np.exp(logits).sum()
for code in scores[0].argsort()[::-1][:5]:
    print(items[code], scores[0, code])
