"""The kinds of layer that a network description may name: this table and nothing else."""

from nnlab.inference.attention import Attention, AttentionMemory
from nnlab.inference.gru import GRU
from nnlab.inference.images import Conv2D, Conv2DTranspose, MaxPooling2D, UpSampling2D
from nnlab.inference.layer import Layer
from nnlab.inference.layers import (
    Activation,
    Dense,
    Dropout,
    Flatten,
    Rescale,
    Reshape,
)
from nnlab.inference.lstm import LSTM
from nnlab.inference.merges import Add, Concatenate, Multiply
from nnlab.inference.normalization import BatchNormalization, LayerNormalization
from nnlab.inference.sequences import Embedding, Masking, RepeatVector, ReversibleEmbedding

KINDS: dict[str, type[Layer]] = {
    "activation": Activation,
    "add": Add,
    "attention": Attention,
    "attention_memory": AttentionMemory,
    "batch_normalization": BatchNormalization,
    "concatenate": Concatenate,
    "conv2d": Conv2D,
    "conv2d_transpose": Conv2DTranspose,
    "dense": Dense,
    "dropout": Dropout,
    "embedding": Embedding,
    "flatten": Flatten,
    "gru": GRU,
    "layer_normalization": LayerNormalization,
    "lstm": LSTM,
    "masking": Masking,
    "max_pooling2d": MaxPooling2D,
    "multiply": Multiply,
    "repeat_vector": RepeatVector,
    "rescale": Rescale,
    "reshape": Reshape,
    "reversible_embedding": ReversibleEmbedding,
    "up_sampling2d": UpSampling2D,
}
