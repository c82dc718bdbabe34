"""Run a trained network without TensorFlow, from its plain description and its weights.

The description is JSON that a Keras model was translated to (`nnlab.models.describe`); it comes
out of a checkpoint and is not trusted. Each kind of layer is one small class in a fixed table,
held equal to Keras by a test.
"""

from nnlab.inference.graph import Graph, checked_graph
from nnlab.inference.network import Network

__all__ = ["Graph", "Network", "checked_graph"]
