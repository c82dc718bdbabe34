"""The tables that `denoise` prints of its runs."""

from collections.abc import Mapping

from nnlab.experiments.contract import Table
from nnlab.experiments.denoise.scoring import DenoiseDetails
from nnlab.results import THIS_NETWORK, Metrics

WORDS = {
    "rmse": "RMSE",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "character_errors": "characters misread",
}


PLACES = {"rmse": 4, "psnr": 2, "ssim": 4, "character_errors": 3}


def tables(metrics: Metrics[DenoiseDetails]) -> list[Table]:
    """Return the scores beside the baselines, overall and by kind of noise."""
    details = metrics.details
    keys = [key for key in WORDS if key in metrics.scores]
    rows = [
        (name, *(_number(scores, key) for key in keys))
        for name, scores in metrics.by_method.items()
    ]
    kinds = list(details.by_kind[THIS_NETWORK])
    by_kind = [
        (name, *(_number(scores[kind], "rmse") for kind in kinds))
        for name, scores in details.by_kind.items()
    ]
    overall = Table(
        f"{details.test_pages} test pages, cleaned and compared with the ground truth",
        ("", *(WORDS[key] for key in keys)),
        rows,
        _remarks(metrics),
    )
    if len(kinds) < 2:
        return [overall]
    return [overall, Table("RMSE by kind of noise", ("", *kinds), by_kind)]


def _remarks(metrics: Metrics[DenoiseDetails]) -> str:
    error, interval = metrics.details.rmse_of_clean_pages, metrics.details.rmse_interval
    remarks = []
    if interval:
        span = f"{interval.low:.4f} to {interval.high:.4f}"
        remarks.append(
            f"RMSE of this network: {span} (95 % interval over pages with these stains)."
        )
    remarks.append(f"Cleaning pages without stains gives an RMSE of {error:.4f}.")
    for score, why in metrics.unmeasured.items():
        remarks.append(f"Not measured: {WORDS.get(score, score)} ({why}).")
    return " ".join(remarks)


def _number(scores: Mapping[str, float], key: str) -> str:
    return f"{scores[key]:.{PLACES[key]}f}" if key in scores else ""
