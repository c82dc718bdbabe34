"""Run all benchmarks, keep their figures, and print those of the version before beside them.

    python tools/bench.py             # writes benchmarks/results/VERSION.json
    python tools/bench.py sweep       # prints the figures of one benchmark, and writes nothing

Most run on embedded samples, so that they compare from version to version; no_digits, translating,
beams and recommending need data sets. If one fails, the others run, and nothing is written. Figures
in seconds compare on the same machine only; ratios of two ways on one machine travel better.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version

from nnlab import machine, versions

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RESULTS = BENCHMARKS / "results"
OPTIONS = {
    "training": ["--dataset", "sample"],
    "generation": [],
    "cleaning": ["--height", "1752", "--width", "1240"],
    "exporting": [],
    "adding": ["--base", "10"],
    "sweep": ["--dataset", "sample", "--runs", "4"],
    "serving": ["--seconds", "20"],
    "foreign_digits": [],
    "no_digits": [],
    "many_pages": ["--pages", "2"],
    "translating": [],
    "beams": ["--texts", "100"],
    "recommending": [],
    "scikit_learn": ["--dataset", "sample"],
    "digit_forms": ["--dataset", "sample", "--images", "500"],
}
"""What each benchmark is run with."""
NEED_SCIKIT_LEARN = ("foreign_digits", "scikit_learn")
EXTRA = BENCHMARKS.parent / ".venv-bench"
"""Where `make bench` puts scikit-learn, because trainings start later where it is installed."""


def measure(name: str) -> dict[str, float]:
    """Run a benchmark and return its figures."""
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        command = [sys.executable, str(BENCHMARKS / f"{name}.py"), *OPTIONS[name]]
        print(f"python benchmarks/{name}.py", *OPTIONS[name], flush=True)
        further = {"PYTHONPATH": str(EXTRA)} if name in NEED_SCIKIT_LEARN else {}
        environment = {**os.environ, **further}
        subprocess.run([*command, "--json", kept.name], check=True, env=environment)
        figures: dict[str, float] = json.loads(Path(kept.name).read_text())
    return figures


def facts() -> dict[str, Any]:
    """Return what the figures depend on, besides nnlab."""
    memory = machine.system_memory()
    return {
        "day": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": machine.cores(),
        "gigabytes": round(memory / 1e9, 1) if memory else None,
        "versions": versions.installed(),
    }


def _processor() -> str:
    """Return the name of the processor: Linux tells it in a file only."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor()


def newest(folder: Path) -> dict[str, Any]:
    """Return what is kept of the newest version, which may be the present one; empty if nothing."""
    files = sorted(folder.glob("*.json"), key=lambda file: Version(file.stem))
    found: dict[str, Any] = json.loads(files[-1].read_text()) if files else {}
    return found


def beside(figures: dict[str, Any], before: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each figure: its name, now, before, and now / before."""
    yield f"{'':58}{'now':>10}{'before':>10}{'ratio':>8}"
    for benchmark, measured in figures.items():
        for name, figure in measured.items():
            old = before.get(benchmark, {}).get(name)
            earlier = f"{old:>10g}" if old is not None else f"{'-':>10}"
            ratio = f"{figure / old:>8.2f}" if old else f"{'-':>8}"
            yield f"{f'{benchmark}: {name}':58}{figure:>10g}{earlier}{ratio}"


def main() -> None:
    """Measure, print, and keep what is complete."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="BENCHMARK", help=", ".join(OPTIONS))
    names = parser.parse_args().names or list(OPTIONS)
    if unknown := [name for name in names if name not in OPTIONS]:
        parser.error(f"no benchmark {unknown[0]}; known: {', '.join(OPTIONS)}")
    before = newest(RESULTS)
    figures, failed = {}, []
    for name in names:
        try:
            figures[name] = measure(name)
        except subprocess.CalledProcessError:
            failed.append(name)
    if before:
        print(f"\nbefore: nnlab {before['nnlab']}, {before['machine']['day']}")
    print("\n".join(beside(figures, before.get("figures", {}))))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; nothing is kept")
    if names == list(OPTIONS):
        RESULTS.mkdir(exist_ok=True)
        kept = {"nnlab": versions.own(), "machine": facts(), "options": OPTIONS, "figures": figures}
        file = RESULTS / f"{versions.own()}.json"
        file.write_text(json.dumps(kept, indent=2) + "\n")
        print(f"\nkept in {file}")


if __name__ == "__main__":
    main()
