"""What a file in `experiments/` has to say of its settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic

from nnlab.errors import UsageError
from nnlab.experiments.contract.records import ConfigT
from nnlab.options import changed, flag_name, from_mapping
from nnlab.training.settings import PRESETS, REPORT, USUAL_RATES


class Configuring(Generic[ConfigT]):
    """The part of an experiment that makes the settings of a training.

    Attributes:
        name: The command's name.
        Config: Frozen dataclass of the training options.
        presets: Values of Config by the name of the preset; the report's are Config's defaults.
        options_of_models: Fields of Config that only one `model` uses, by that model.
        data_options: The fields of Config that choose the data, for `nnlab evaluate`.
        part_options: Those of them that choose a part of the same test set.
        dataset_option: The one of them that takes the name of a data set.
        network_options: Fields of Config and of Query both; an answer comes from a network that
            was trained with the Query's values of them.
    """

    name: ClassVar[str]
    Config: type[ConfigT]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({REPORT: {}})
    options_of_models: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType({})
    data_options: ClassVar[tuple[str, ...]] = ("dataset",)
    part_options: ClassVar[tuple[str, ...]] = ()
    dataset_option: ClassVar[str] = "dataset"
    network_options: ClassVar[tuple[str, ...]] = ()

    def defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the preset's values for the options that depend on other options."""
        return {}

    def configure(self, given: Mapping[str, Any], where: str) -> ConfigT:
        """Make a Config from the options given and the preset's values for the rest.

        Raises:
            UsageError: An option is unknown, or its value is not allowed, or there is no such
                preset.
        """
        preset = given.get("preset", REPORT)
        self.check_preset(preset, where)
        table = self.presets.get(preset, {}) if isinstance(preset, str) else {}
        table = self._for_model(table, given)
        values = {**table, **given}
        from_mapping(self.Config, values, where)  # so that `defaults` sees values of their types
        own = {**table, **self.defaults(values)}
        config = from_mapping(self.Config, {**own, **self._rate(own, given)}, where)
        self._check_used(config, given, where)
        return config

    def _rate(self, own: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is given, with a learning rate that suits an optimizer of one's own."""
        usual = {one.name: one.default for one in dataclasses.fields(self.Config)}
        chosen = given.get("optimizer", "")
        if chosen in USUAL_RATES and chosen != own.get("optimizer", usual["optimizer"]):
            return {"learning_rate": USUAL_RATES[chosen], **given}
        return given

    def _for_model(self, table: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a preset's values, without those of a model that is not to be trained."""
        chosen = given.get("model", table.get("model"))
        others = {
            name
            for model, names in self.options_of_models.items()
            for name in (names if chosen is not None and model != chosen else ())
        }
        return {name: value for name, value in table.items() if name not in others}

    def _check_used(self, config: ConfigT, given: Mapping[str, Any], where: str) -> None:
        """Refuse a value for an option that only another model has."""
        defaults = {one.name: one.default for one in dataclasses.fields(self.Config)}
        for model, names in self.options_of_models.items():
            for name in names if model != getattr(config, "model", model) else ():
                if name in given and getattr(config, name) != defaults[name]:
                    raise UsageError(f"{where}: {flag_name(name)} needs --model {model}")

    def check_preset(self, preset: Any, where: str) -> None:
        """Refuse a preset that other experiments have, but not this one.

        Raises:
            UsageError: It is not one of `presets`.
        """
        if isinstance(preset, str) and preset in PRESETS and preset not in self.presets:
            raise UsageError(f"{where}: {self.name} has only the preset {', '.join(self.presets)}")

    def validated_by(self, config: ConfigT) -> tuple[str, ...]:
        """Return the settings that must be equal for validation scores to be comparable."""
        held_out = (name for name in ("validation", "split_seed") if hasattr(config, name))
        return (*self.data_options, *held_out)

    def config_for_evaluation(self, config: ConfigT, given: Mapping[str, Any]) -> ConfigT:
        """Return the network's Config, or with `given` one that chooses other data."""
        if not given:
            return config
        fields = dataclasses.fields(self.Config)
        others = {one.name: one.default for one in fields if one.name in self.data_options}
        return changed(config, "evaluate", **{**others, **given})
