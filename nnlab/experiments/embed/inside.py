"""The plane with its landmarks, and what the decoder draws at a place."""

from typing import Any

import numpy as np

from nnlab.datasets.images.formed_pictures import one_in_form, several
from nnlab.datasets.images.in_json import image_as_json
from nnlab.errors import UsageError
from nnlab.experiments.contract import Answer, Model
from nnlab.experiments.embed.config import EmbedLook, EmbedQuery
from nnlab.experiments.embed.scoring import decoder, described, encoder
from nnlab.plots.plane_ranges import axis_ranges


def plane(model: Model[Any]) -> Answer:
    """Return the landmarks with the numbers of their classes, and the part of the plane to draw."""
    facts = model.facts
    places = facts.get("landmarks", [])
    x, y = axis_ranges(np.array(places, np.float64).reshape(-1, 2))
    return {
        "class_names": facts["class_names"],
        "points": [
            [*place, number]
            for place, number in zip(places, facts.get("landmark_classes", []), strict=True)
        ],
        "x": list(x),
        "y": list(y),
    }


def shown(model: Model[Any], query: EmbedQuery, look: EmbedLook, given: str) -> Answer:
    """Describe the place of a picture, or the one that `look` names, and draw it.

    Raises:
        UsageError: There is both a picture and a place, or neither.
        NnlabError: The picture cannot be read.
    """
    if (look.x is None) != (look.y is None):
        raise UsageError("expected both coordinates of a place, x and y, got one")
    facts = model.facts
    height, width = facts["image_shape"]
    seen: Answer = {}
    if look.x is None:
        path, form = one_in_form(given, (height, width), facts["characters"])
        place = encoder(model.network).answer(form.image[None])[0]
        seen = {"input": str(path), "image": image_as_json(form.image)}
        if len(form.characters) > 1:
            seen["remarks"] = [several(path, form, "expected a picture of one")]
    elif given:
        raise UsageError("x and y replace the picture; leave out one of the two")
    else:
        place = np.array([look.x, look.y], np.float32)
    drawn = decoder(model.network).answer(place[None]).reshape(height, width)
    return {
        **seen,
        **described(place, facts, query.top),
        "drawn": image_as_json((np.clip(drawn, 0, 1) * 255).round().astype(np.uint8)),
    }
