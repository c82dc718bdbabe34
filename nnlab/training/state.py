"""The variables of a training besides the weights: those of the optimizer and dropout seeds."""

from collections.abc import Mapping
from typing import Any

import numpy as np

SEED_STATE = "seed_generator_state"


def optimizer_variables(optimizer: Any) -> dict[str, Any]:
    """Name the variables of a built optimizer, with numbers because its paths are not unique."""
    return {
        f"{optimizer.name}/{number:03d}_{variable.name}": variable
        for number, variable in enumerate(optimizer.variables)
    }


def seed_variables(model: Any) -> dict[str, Any]:
    """Name the states of a network's random generators, which Keras weight files leave out."""
    states = [variable for variable in model.variables if variable.name == SEED_STATE]
    return {f"seed_generator/{number:03d}": state for number, state in enumerate(states)}


def values(variables: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Copy variables into arrays of the same names."""
    return {name: variable.numpy() for name, variable in variables.items()}


def assign(variables: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Set variables from arrays of the same names and shapes."""
    for name, variable in variables.items():
        variable.assign(arrays[name])
