"""Translate a sentence with a Transformer, one step of the decoder per subword.

(nnlab also adds a missing full stop, splits texts into sentences, uses beam search, and replaces
names that the network cannot copy.)
"""

import json

import numpy as np
import onnxruntime

encoder = onnxruntime.InferenceSession("network.encoder.onnx")  # written with --step
decoder = onnxruntime.InferenceSession("network.decoder.onnx")
subwords = json.loads(encoder.get_modelmeta().custom_metadata_map["subwords"])
codes, text = [], "\u2581" + "I am cold.".replace(" ", "\u2581")
while text:  # longest pieces first; nnlab itself looks for the likeliest ones
    piece = next(text[:end] for end in range(len(text), 0, -1) if text[:end] in subwords)
    codes.append(subwords.index(piece))
    text = text[len(piece) :]
source = np.array([[*codes, 2]], np.float32)  # 2 ends a text
places = np.arange(1, source.shape[1] + 1, dtype=np.float32)[None]
memory = encoder.run(None, {"source": source, "source_positions": places})
given = dict(zip([one.name for one in encoder.get_outputs()], memory, strict=True))
past = [one for one in decoder.get_inputs() if "_past" in one.name]
for one in past:
    given[one.name] = np.zeros((1, 0, one.shape[-1]), np.float32)
translation = [1]  # 1 begins a text
while translation[-1] != 2 and len(translation) < 64:
    given["target"] = np.full((1, 1), translation[-1], np.float32)
    given["target_positions"] = np.full((1, 1), len(translation), np.float32)
    logits, *kept = decoder.run(None, given)
    given |= {one.name: array for one, array in zip(past, kept, strict=True)}
    translation.append(int(logits[0, 0].argmax()))
print("".join(subwords[code] for code in translation[1:-1]).replace("\u2581", " ").strip())
