"""The image under test, built once from generator/Dockerfile, and an emulated S3 beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.ministack import ministack
from tests.image import settings_of_pip
from tests.image.container import Image
from tests.image.engine import Engine, opened
from tests.image.storage import BUCKET, client, objects

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with opened() as engine:
        yield engine


@pytest.fixture(scope="session")
def build(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Image]]:
    """Builds an image of generator/Dockerfile, under a name and with options."""
    secrets = settings_of_pip.secrets(tmp_path_factory.mktemp("pip"))
    built = []

    def run(name: str, *options: str) -> Image:
        tag = f"localhost/customertrack-generator:{name}"
        engine.build(ROOT, ROOT / "generator/Dockerfile", tag, secrets, *options)
        built.append(tag)
        return Image(engine, tag)

    yield run
    for tag in built:
        engine.remove(tag)


@pytest.fixture(scope="session")
def image(build: Callable[..., Image]) -> Image:
    return build("test")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulated AWS. By its number: the image knows no host names of this machine's."""
    with ministack(tmp_path_factory.mktemp("aws")) as emulator:
        yield f"http://127.0.0.1:{emulator.port}"


@pytest.fixture
def endpoint(emulator: str) -> Iterator[str]:
    """The address of an emulated AWS that has the bucket, with nothing in it."""
    s3 = client(emulator)
    s3.create_bucket(Bucket=BUCKET)
    yield emulator
    for key in objects(emulator):
        s3.delete_object(Bucket=BUCKET, Key=key)
    s3.delete_bucket(Bucket=BUCKET)
