"""Translate a sentence, one step of the decoder per character.

(nnlab also adds a missing full stop, and removes it from the translation.)
"""

import json

import numpy as np
import onnxruntime

encoder = onnxruntime.InferenceSession("network.encoder.onnx")  # written with --step
decoder = onnxruntime.InferenceSession("network.decoder.onnx")
metadata = encoder.get_modelmeta().custom_metadata_map
known = json.loads(metadata["source_characters"])
characters = json.loads(metadata["target_characters"])
sentence = [character for character in "I am cold." if character in known]
source = np.zeros((1, len(sentence), len(known)), np.float32)
for place, character in enumerate(sentence):
    source[0, place, known.index(character)] = 1
hidden, cell = encoder.run(None, {"source": source})
code, translation = 0, ""  # characters[0] begins a translation, characters[1] ends it
while code != 1 and len(translation) < 200:
    target = np.zeros((1, 1, len(characters)), np.float32)
    target[0, 0, code] = 1
    given = {"target": target, "encoder_1": hidden, "encoder_2": cell}
    probabilities, hidden, cell = decoder.run(None, given)
    code = 1 + int(probabilities[0, 0, 1:].argmax())
    translation += characters[code]
print(translation.strip())
