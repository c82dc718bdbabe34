"""Add two numbers of any length, digit by digit."""

import json

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("network.onnx")
digits = json.loads(session.get_modelmeta().custom_metadata_map["digits"])
first, second = "1", "1"
length = max(len(first), len(second)) + 1
columns = np.zeros((1, length, 2 * len(digits)), np.float32)
for offset, number in ((0, first), (len(digits), second)):
    for place, digit in enumerate(reversed(number.zfill(length))):  # ones first
        columns[0, place, offset + digits.index(digit)] = 1
(probabilities,) = session.run(None, {"columns": columns})
answer = "".join(digits[digit] for digit in reversed(probabilities[0].argmax(axis=-1)))
print(answer.lstrip("0") or "0")
