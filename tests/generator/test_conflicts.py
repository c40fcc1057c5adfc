"""S3 when two runs write the same name at the same moment: a server that answers as S3 does then."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from generator import GeneratorError, sink
from generator.sink import TRIES, S3Sink

CONFLICT, THERE, STORED = (409, "ConditionalRequestConflict"), (412, "PreconditionFailed"), (200, "")


class Bucket:
    """`answers` are given one after the other, the last for ever; `writes` are the conditions and bodies that came."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.writes: list[tuple[str | None, bytes]] = []


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    said = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said.writes.append((self.headers.get("If-None-Match"), body))
            status, code = said.answers.pop(0) if len(said.answers) > 1 else said.answers[0]
            answer = f"<Error><Code>{code}</Code><Message>as S3 says it</Message></Error>".encode() if code else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            """Quiet."""

    monkeypatch.setattr(sink, "PAUSE", 0)
    for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    # As a body in one piece, which is what is compared.
    monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield said
        http.shutdown()
        thread.join()


@pytest.mark.parametrize(("answers", "written"), [([STORED], True), ([THERE], False)])
@pytest.mark.parametrize("conflicts", range(TRIES))
def test_a_conflict_is_tried_again_until_s3_says_what_became_of_it(
    bucket: Bucket, conflicts: int, answers: list[tuple[int, str]], written: bool
):
    bucket.answers = [CONFLICT] * conflicts + answers
    assert S3Sink("s3://landing-bucket/in/").write("a.csv", [b"x", b"y"]) is written
    assert bucket.writes == [("*", b"xy")] * (conflicts + 1)


def test_a_conflict_that_never_ends_is_an_error_with_the_next_step(bucket: Bucket):
    bucket.answers = [CONFLICT]
    with pytest.raises(GeneratorError, match=r"a\.csv \(as S3 says it\): run it again; something else keeps writing"):
        S3Sink("s3://landing-bucket/in/").write("a.csv", [b"x"])
    assert len(bucket.writes) == TRIES


@pytest.mark.parametrize(
    ("action", "do"),
    [("s3:PutObject", lambda it: it.write("a.csv", [b"x"])), ("s3:ListBucket", lambda it: it.missing({"a.csv"}))],
)
def test_what_is_denied_names_the_permission(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, action: str, do):
    """By the client's own answer: the listing is no PUT."""
    from botocore.exceptions import ClientError

    def denied(*_args, **_kwargs):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "any")

    it = S3Sink("s3://landing-bucket/in/")
    monkeypatch.setattr(it._client, "_make_api_call", denied)
    with pytest.raises(GeneratorError, match=rf"\(Access Denied\): grant {action} on that prefix"):
        do(it)
