"""The layer kind and settings in `nnlab.inference` that correspond to each Keras class."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.errors import NnlabError

Counterpart = tuple[str, dict[str, Any]]
"""A kind of layer, and its settings as in a network description."""

CALL_FLAGS = {"MultiHeadAttention": "use_causal_mask", "ReversibleEmbedding": "reverse"}
"""The arguments of calls that may be True; what they say becomes a setting."""

MEMORY = "_memory"
"""Attention is two nodes. The name of the first, which computes keys and values, ends so."""


def counterparts(layer: Any, flag: bool) -> dict[str, Counterpart]:
    """Translate a call of a Keras layer.

    Args:
        layer: A layer or operation of a functional model.
        flag: The argument of the call that `CALL_FLAGS` names.

    Returns:
        The nodes that compute it, in order, by what follows the layer's name: one (an empty text),
        or for attention two.

    Raises:
        NnlabError: NumPy inference does not support the class or one of its settings.
    """
    import keras

    class_name = type(layer).__name__
    # A derived class, or another of the same name, may compute something else.
    if class_name not in _KINDS or type(layer) is not getattr(keras.layers, class_name):
        raise NnlabError(
            f"layer {layer.name!r} is a {class_name}, which NumPy inference does not support; "
            f"it supports {', '.join(sorted(_KINDS))}"
        )
    kind, settings = _KINDS[class_name]
    made = settings(layer)
    if class_name == "ReversibleEmbedding":
        made["reverse"] = flag
    if class_name != "MultiHeadAttention":
        return {"": (kind, made)}
    units = int(layer._output_dense.kernel.shape[-1])
    return {
        MEMORY: ("attention_memory", made),
        "": (kind, {**made, "units": units, "causal": flag}),
    }


def variable_name(layer: Any, variable: Any) -> str:
    """Name a variable of a layer as its node does: `hidden_1/kernel`."""
    if type(layer).__name__ != "MultiHeadAttention":
        return f"{layer.name}/{variable.name}"
    part = variable.path.split("/")[-2].removeprefix("attention_")
    owner = f"{layer.name}{MEMORY}" if part in ("key", "value") else layer.name
    return f"{owner}/{part}_{variable.name}"


def _require(layer: Any, **only: Any) -> None:
    """Refuse settings with other values than `only`, which inference does not support."""
    for setting, value in only.items():
        got = getattr(layer, setting)
        if got != value:
            raise NnlabError(
                f"layer {layer.name!r}: expected {setting}={value!r}, got {got!r}, "
                "which NumPy inference does not support"
            )


def _activation(layer: Any) -> str:
    return _activation_name(layer, layer.activation)


def _activation_name(layer: Any, activation: Any) -> str:
    import keras

    name = getattr(activation, "__name__", repr(activation))
    if getattr(keras.activations, name, None) is not activation:
        raise NnlabError(f"layer {layer.name!r}: expected a Keras activation, got {name!r}")
    return name


def _rescaling(layer: Any) -> dict[str, Any]:
    return {name: np.asarray(getattr(layer, name)).tolist() for name in ("scale", "offset")}


def _flatten(layer: Any) -> dict[str, Any]:
    _require(layer, data_format="channels_last")
    return {}


def _reshape(layer: Any) -> dict[str, Any]:
    return {"shape": list(layer.target_shape)}


def _dense(layer: Any) -> dict[str, Any]:
    return {
        "units": layer.units,
        "activation": _activation(layer),
        "use_bias": layer.use_bias,
    }


def _conv2d(layer: Any) -> dict[str, Any]:
    _require(layer, data_format="channels_last", dilation_rate=(1, 1), groups=1)
    return {
        "filters": layer.filters,
        "kernel_size": list(layer.kernel_size),
        "strides": list(layer.strides),
        "padding": layer.padding,
        "activation": _activation(layer),
        "use_bias": layer.use_bias,
    }


def _conv2d_transpose(layer: Any) -> dict[str, Any]:
    _require(layer, data_format="channels_last", dilation_rate=(1, 1), output_padding=None)
    _require(layer, kernel_size=layer.strides)
    return {
        "filters": layer.filters,
        "size": list(layer.strides),
        "activation": _activation(layer),
        "use_bias": layer.use_bias,
    }


def _multi_head_attention(layer: Any) -> dict[str, Any]:
    _require(layer, value_dim=layer.key_dim, _attention_axes=(1,), _use_gate=False)
    _require(layer, _sliding_window=None)
    return {"heads": layer.num_heads, "key_size": layer.key_dim, "use_bias": layer.use_bias}


def _layer_normalization(layer: Any) -> dict[str, Any]:
    _require(layer, axis=[-1], center=True, scale=True, rms_scaling=False)
    return {"epsilon": layer.epsilon}


def _batch_normalization(layer: Any) -> dict[str, Any]:
    _require(layer, axis=-1, center=True, scale=True)
    return {"epsilon": layer.epsilon}


def _recurrent(layer: Any) -> dict[str, Any]:
    _require(layer, go_backwards=False, stateful=False, zero_output_for_mask=False)
    activations = [
        _activation_name(layer, one) for one in (layer.activation, layer.recurrent_activation)
    ]
    if activations != ["tanh", "sigmoid"]:
        raise NnlabError(
            f"layer {layer.name!r}: expected the activations tanh and sigmoid, got "
            f"{' and '.join(activations)}, which NumPy inference does not support"
        )
    names = ("units", "return_sequences", "return_state", "use_bias")
    return {name: getattr(layer, name) for name in names}


def _gru(layer: Any) -> dict[str, Any]:
    _require(layer, reset_after=True)
    return _recurrent(layer)


def _reversible_embedding(layer: Any) -> dict[str, Any]:
    _require(layer, tie_weights=True, reverse_dtype=None, logit_soft_cap=None)
    return _embedding(layer)


def _embedding(layer: Any) -> dict[str, Any]:
    _require(layer, lora_enabled=False, quantization_mode=None)
    return {name: getattr(layer, name) for name in ("input_dim", "output_dim", "mask_zero")}


def _up_sampling2d(layer: Any) -> dict[str, Any]:
    _require(layer, data_format="channels_last")
    return {"size": list(layer.size), "interpolation": layer.interpolation}


def _max_pooling2d(layer: Any) -> dict[str, Any]:
    _require(layer, data_format="channels_last")
    return {
        "pool_size": list(layer.pool_size),
        "strides": list(layer.strides),
        "padding": layer.padding,
    }


_KINDS: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "Activation": ("activation", lambda layer: {"activation": _activation(layer)}),
    "Add": ("add", lambda _: {}),
    "BatchNormalization": ("batch_normalization", _batch_normalization),
    "Concatenate": ("concatenate", lambda layer: {"axis": layer.axis}),
    "Conv2D": ("conv2d", _conv2d),
    "Conv2DTranspose": ("conv2d_transpose", _conv2d_transpose),
    "Dense": ("dense", _dense),
    "Dropout": ("dropout", lambda _: {}),
    "Embedding": ("embedding", _embedding),
    "Flatten": ("flatten", _flatten),
    "GRU": ("gru", _gru),
    "LSTM": ("lstm", _recurrent),
    "LayerNormalization": ("layer_normalization", _layer_normalization),
    "Masking": ("masking", lambda layer: {"mask_value": layer.mask_value}),
    "MaxPooling2D": ("max_pooling2d", _max_pooling2d),
    "MultiHeadAttention": ("attention", _multi_head_attention),
    "Multiply": ("multiply", lambda _: {}),
    "RepeatVector": ("repeat_vector", lambda layer: {"count": layer.n}),
    "Rescaling": ("rescale", _rescaling),
    "Reshape": ("reshape", _reshape),
    "ReversibleEmbedding": ("reversible_embedding", _reversible_embedding),
    "UpSampling2D": ("up_sampling2d", _up_sampling2d),
}
