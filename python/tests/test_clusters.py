"""Recipes of the documentation for Dask, Ray and Spark run on local clusters as they are printed."""

import os
import re
import sys
from pathlib import Path

import pytest
import scr_eval

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "evaluate-on-a-cluster.md"
# Package of the recipe with each title.
ENGINES = {"Dask": "distributed", "Ray": "ray", "Spark": "pyspark"}


def recipe(title):
    (section,) = [part for part in PAGE.read_text().split("\n## ")[1:] if part.startswith(title)]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


def engine(title):
    """Skips the test without the package, unless `SCR_REQUIRE_CLUSTERS` names it."""
    if ENGINES[title] in os.environ.get("SCR_REQUIRE_CLUSTERS", "").split(","):
        return __import__(ENGINES[title])
    return pytest.importorskip(ENGINES[title], reason=f"{ENGINES[title]} is not installed")


@pytest.fixture
def folder(own_benchmark, monkeypatch):
    """Folder with `BENCHMARK` and `MASKS`, which is the current one."""
    folder = own_benchmark.root.parent
    os.rename(own_benchmark.root, folder / "BENCHMARK")
    os.rename(own_benchmark.masks, folder / "MASKS")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    return folder


@pytest.mark.parametrize("title", list(ENGINES))
def test_a_recipe_gives_the_bytes_of_one_run(title, folder):
    found = engine(title)
    names = {"__name__": "recipe"}
    code = recipe(title).replace('"MASKS"', f'"{folder}/MASKS"').replace('"BENCHMARK"', f'"{folder}/BENCHMARK"')
    try:
        exec(compile(code, str(PAGE), "exec"), names)
    finally:
        if title == "Ray":
            found.shutdown()
        if title == "Spark" and "spark" in names:
            names["spark"].stop()
    whole = scr_eval.evaluate_dir("MASKS", "BENCHMARK").to_json()
    assert (folder / "result.json").read_text() == whole


def test_shards_of_a_killed_worker_are_done_again(folder):
    distributed = engine("Dask")
    mark = folder / "killed"

    def score(shard):
        import os, signal
        import scr_eval
        if shard == "3/8" and not mark.exists():
            mark.write_text("once")
            os.kill(os.getpid(), signal.SIGKILL)
        return scr_eval.evaluate_shard(f"{folder}/MASKS", f"{folder}/BENCHMARK", shard)

    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        shards = client.gather(client.map(score, [f"{number}/8" for number in range(1, 9)]))
    assert mark.exists()
    whole = scr_eval.evaluate_dir("MASKS", "BENCHMARK").to_json()
    assert scr_eval.merge(shards).to_json() == whole


def test_shards_are_those_of_the_command_and_faults_are_refused(benchmark, scr):
    second = scr_eval.evaluate_shard(benchmark.masks, benchmark.root, "2/3")
    line = ["evaluate", benchmark.masks, "--benchmark", benchmark.root, "--shard", "2/3"]
    assert second.encode() == scr(*line)
    with pytest.raises(scr_eval.ProblemsError, match="expected I/N"):
        scr_eval.evaluate_shard(benchmark.masks, benchmark.root, "4/3")
    with pytest.raises(scr_eval.ProblemsError, match="2 missing: 1/3, 3/3"):
        scr_eval.merge([second])
    with pytest.raises(scr_eval.ProblemsError, match="a shard as evaluate_shard"):
        scr_eval.merge(["{}"])
