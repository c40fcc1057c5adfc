"""The image under test, built once from generator/Dockerfile, and an emulated S3 beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from tests.image import settings_of_pip
from tests.image.container import Image
from tests.image.engine import Engine, opened
from tests.image.storage import BUCKET, client

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


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of an emulated AWS that has the bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    # The server keeps its buckets in this process, longer than it lives.
    urlopen(Request(f"{address}/moto-api/reset", method="POST")).close()
    client(address).create_bucket(Bucket=BUCKET)
    try:
        yield address
    finally:
        server.stop()
