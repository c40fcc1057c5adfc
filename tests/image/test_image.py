"""The generator's image, built from its Dockerfile and run as AWS runs it: it writes what the generator writes here."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from customertrack.demo.feed import HomeFeed
from customertrack.demo.memory import remember
from customertrack.local.home import Home
from generator import Faults, Feed, Settings
from generator.feed import FeedFile
from tests.command import Command
from tests.generator.shipped import CUSTOMER, DIMENSIONS
from tests.image.container import LANDING, Image
from tests.image.storage import BUCKET, objects

pytestmark = pytest.mark.image

SETTINGS = Settings(customers=300, seed=7, interval=300)
FAULTS = Faults(late=0.2, malformed=0.05, duplicate_files=0.5)
PREFIX = "landing/customer/"
GENERATOR = Path(__file__).parents[2] / "generator"

WHAT_IT_IS = """
import importlib.util, json, os, pathlib, sys
def writable(folder):
    try:
        pathlib.Path(folder, "x").touch()
    except OSError:
        return False
    return True
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
modules = [*pathlib.Path("/app").rglob("*.py")]
compiled = [path for path in modules if os.path.exists(importlib.util.cache_from_source(str(path)))]
print(json.dumps({
    "user": [os.getuid(), os.getgid()],
    "capabilities": sorted({status[name] for name in ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd")}),
    "no_new_privileges": status["NoNewPrivs"],
    "writable": [folder for folder in ("/", "/app", "/tmp", "/run", "/var/tmp", "/root") if writable(folder)],
    "secrets": [path for path in ("/etc/pip.conf", "/run/secrets") if os.path.exists(path)],
    "modules": len(modules),
    "compiled": len(compiled),
    "generator": sorted(path.name for path in pathlib.Path("/app/generator").glob("*.py")),
}))
"""


AARCH64 = 183
# ELF has the machine's number at 18.
MACHINES = """
import json, pathlib, struct
programs = pathlib.Path("/app/site").rglob("*.so*")
print(json.dumps([struct.unpack_from("<H", path.read_bytes(), 18)[0] for path in programs]))
"""


def task_environment(endpoint: str, k: int, **more: str) -> dict[str, str]:
    """What the task definition and its schedule give the container, and the way to the emulated S3."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "GENERATOR_DEFINITION": (DIMENSIONS / "customer.toml").read_text(),
        "GENERATOR_TO": f"s3://{BUCKET}/{PREFIX}",
        "GENERATOR_INTERVAL": str(SETTINGS.interval),
        "GENERATOR_START": SETTINGS.start.isoformat(),
        "GENERATOR_SEED": str(SETTINGS.seed),
        "GENERATOR_CUSTOMERS": str(SETTINGS.customers),
        "GENERATOR_LATE": str(FAULTS.late),
        "GENERATOR_MALFORMED": str(FAULTS.malformed),
        "GENERATOR_DUPLICATE_FILES": str(FAULTS.duplicate_files),
        "GENERATOR_SLOT_TIME": SETTINGS.slot_start(k).isoformat(),
        **more,
    }


def delivered(batches: list[FeedFile]) -> dict[str, bytes]:
    return {f"{PREFIX}{batch.name}": batch.content() for batch in batches}


def test_it_is_locked_in_and_carries_what_it_runs(image: Image):
    ran = image.run("-c", WHAT_IT_IS, entrypoint="python")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found.pop("modules") == found.pop("compiled") > 1000
    assert found == {
        "user": [65532, 65532],
        "capabilities": ["0000000000000000"],
        "no_new_privileges": "1",
        "writable": [],
        "secrets": [],
        "generator": sorted(path.name for path in GENERATOR.glob("*.py")),
    }


def test_for_arm64_it_is_put_together_on_any_machine(build: Callable[..., Image]):
    # The last stage only copies; its base for another machine cannot be run here, so the first is looked at.
    ran = build("arm64", "--build-arg", "TARGETARCH=arm64", "--target", "built").run(
        "-c", MACHINES, entrypoint="python"
    )
    assert ran.returncode == 0, ran.stderr
    machines = json.loads(ran.stdout)
    assert len(machines) > 10
    assert set(machines) == {AARCH64}


def test_a_slot_is_the_object_that_the_generator_makes_here_and_only_once(image: Image, endpoint: str):
    environ = task_environment(endpoint, 5)
    ran = image.run(environ=environ)
    assert ran.returncode == 0, ran.stderr
    files = Feed(CUSTOMER, SETTINGS, FAULTS).files(5)
    assert objects(endpoint) == delivered(files)
    again = image.run(environ=environ)
    assert again.returncode == 0, again.stderr
    assert again.stderr.splitlines()[:-1] == [f"{file.name}: there already" for file in files]


def test_an_early_slot_brings_the_initial_customers(image: Image, endpoint: str):
    ran = image.run(environ=task_environment(endpoint, 1, GENERATOR_FILL="3", GENERATOR_GZIP="1"))
    assert ran.returncode == 0, ran.stderr
    unpacked = {key: gzip.decompress(content) for key, content in objects(endpoint).items()}
    feed = Feed(CUSTOMER, SETTINGS, FAULTS)
    assert unpacked == {f"{key}.gz": csv for key, csv in delivered(feed.files(0) + feed.files(1)).items()}


def test_a_bucket_that_is_not_there_is_one_sentence(image: Image, endpoint: str):
    ran = image.run(environ=task_environment(endpoint, 0, GENERATOR_TO="s3://no-such-bucket/"))
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.endswith("create the bucket or correct its name")


def test_a_mounted_folder_is_a_landing_zone(image: Image, home: Path, command: Command, tmp_path: Path):
    landing = tmp_path / "landing"
    landing.mkdir()
    # The image's user is nobody on this machine.
    landing.chmod(0o777)
    text = (DIMENSIONS / "customer.toml").read_text()
    flags = ["--definition", text, "--batches", "6", "--seed", "7", "--customers", "300", "--interval", "300"]
    flags += ["--late", "0.2", "--malformed", "0.05", "--duplicate-files", "0.5"]
    ran = image.run("--to", LANDING, *flags, landing=landing)
    assert ran.returncode == 0, ran.stderr
    feed = HomeFeed(text, SETTINGS, FAULTS)
    assert {path.name for path in landing.iterdir()} == {batch.name for batch in feed.feed.run(0, 6)}
    remember(Home(home), feed)
    ingested = command("ingest", landing)
    assert ingested.code == 0, ingested.err
    verified = command("verify")
    assert verified.code == 0, verified.out
    assert "both tables equal the generator's truth after 6 batches" in verified.out
