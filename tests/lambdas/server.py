"""A Snowflake as the driver sees it over HTTP: sign-in, statements, sign-out. What it was sent is kept."""

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.lambdas.account import Refused

Rows = tuple[list[str], list[tuple[Any, ...]]]
# The pattern of the files, and the folder on the stage.
_PUT = re.compile(r"PUT 'file://([^']+)' @[^/]+/(\S+) AUTO_COMPRESS = FALSE OVERWRITE = TRUE")


class Server:
    """`answer` gives the columns and rows of a statement, or raises an error of the tests' account.

    `stage`: the folder of this machine that stands for every stage, into which the driver itself puts files.
    `refusal` is the code and message with which a sign-in is refused. `aborted` is set when the driver wants a
    statement to be cancelled.
    """

    def __init__(self, answer: Callable[[str], Rows], stage: Path | None = None) -> None:
        self.answer = answer
        self.stage = stage
        self.refusal: tuple[str, str] | None = None
        self.logins: list[dict[str, Any]] = []
        self.statements: list[str] = []
        self.sign_outs = 0
        self.aborted = threading.Event()
        self.port = 0

    def reply(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What Snowflake answers to a request, by its address."""
        place = urlsplit(path)
        if place.path == "/session/v1/login-request":
            self.logins.append(body["data"] | {"parameters": parse_qs(place.query)})
            return self._login()
        if place.path == "/queries/v1/query-request":
            self.statements.append(body["sqlText"])
            return self._statement(body["sqlText"])
        if place.path == "/queries/v1/abort-request":
            self.aborted.set()
        if place.path == "/session" and "delete=true" in place.query:
            self.sign_outs += 1
        return {"success": True, "code": None, "message": None, "data": {}}

    def _login(self) -> dict[str, Any]:
        if self.refusal:
            code, message = self.refusal
            return {"success": False, "code": code, "message": message, "data": {}}
        data = {"token": "t", "masterToken": "m", "sessionId": 1, "parameters": [], "sessionInfo": {}}
        return {"success": True, "code": None, "message": None, "data": data}

    def _statement(self, text: str) -> dict[str, Any]:
        put = _PUT.fullmatch(text)
        if put and self.stage:
            return {"success": True, "code": None, "message": None, "data": self._upload(put[1], put[2])}
        try:
            columns, rows = self.answer(text)
        except Refused as error:
            code, state = f"{error.errno:06d}", error.sqlstate
            data = {"queryId": "q", "sqlState": state, "errorCode": code, "internalError": False}
            return {"success": False, "code": code, "message": str(error), "data": data}
        kind = {"type": "text", "nullable": True, "length": 1000, "precision": None, "scale": None, "byteLength": 1000}
        data = {
            "rowtype": [{"name": name, **kind} for name in columns],
            "rowset": [list(row) for row in rows],
            "total": len(rows),
            "returned": len(rows),
            "queryId": "q",
            "queryResultFormat": "json",
            "parameters": [],
        }
        return {"success": True, "code": None, "message": None, "data": data}

    def _upload(self, source: str, place: str) -> dict[str, Any]:
        """What tells the driver to put files: which, and where the stage is kept."""
        return {
            "command": "UPLOAD",
            "src_locations": [source],
            "stageInfo": {"locationType": "LOCAL_FS", "location": f"{self.stage}/{place}", "creds": {}},
            "parallel": 4,
            "autoCompress": False,
            "overwrite": True,
            "sourceCompression": "none",
            "queryId": "q",
        }


@contextmanager
def serving(answer: Callable[[str], Rows], stage: Path | None = None) -> Iterator[Server]:
    """A server on a port of this machine, while the block runs. `stage`: see Server."""
    snowflake = Server(answer, stage)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                sent = gzip.decompress(sent)
            body = json.dumps(snowflake.reply(self.path, json.loads(sent or "{}"))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        snowflake.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield snowflake
        finally:
            http.shutdown()
            thread.join()
