"""The Provider framework's own code, from the CDK that deploys it, answers with what a handler raised."""

import json
import subprocess
import sys
import tarfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from lambdas.reason import MOST, fitted, size

LIMIT = 4096
RUNTIME = "package/custom-resources/lib/provider-framework/runtime"
# Calls the framework with a request whose names are as long as AWS allows; the handler's answer is in the file argv[3].
CALL = """
const { Module } = require('module');
const load = Module._load;
const Payload = require('fs').readFileSync(process.argv[2]);
const client = { Lambda: class { async invoke() { return { FunctionError: 'Unhandled', Payload }; } } };
Module._load = (name, ...rest) =>
  name === '@aws-sdk/client-lambda' ? client : name === '@aws-sdk/client-sfn' ? {} : load.call(Module, name, ...rest);
const answered = async (options, body) => { process.stdout.write('\\nANSWER ' + body); };
Object.defineProperty(require('./outbound'), 'httpRequest', { value: answered });
process.env.USER_ON_EVENT_FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:' + 'f'.repeat(64);
require('./framework').onEvent(JSON.parse(process.argv[3]));
"""


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the framework's code, as it is deployed."""
    folder = tmp_path_factory.mktemp("framework")
    (archive,) = Path(str(files("aws_cdk"))).glob("_jsii/aws-cdk-lib@*.tgz")
    wanted = {f"{RUNTIME}/{name}.js" for name in ("cfn-response", "consts", "framework", "outbound", "util")}
    with tarfile.open(archive) as packed:
        for member in packed:
            content = packed.extractfile(member) if member.name in wanted else None
            if content:
                wanted.remove(member.name)
                (folder / Path(member.name).name).write_bytes(content.read())
            # The archive is large.
            if not wanted:
                break
    (folder / "call.js").write_text(CALL)
    return folder


@pytest.fixture
def answered(framework: Path):
    def call(kind: str, message: str) -> tuple[int, dict[str, Any]]:
        """Bytes of the answer, and the answer, if the handler raised an error with that message."""
        guid = "123e4567-e89b-12d3-a456-426614174000"
        request = {
            "RequestType": kind,
            "ResponseURL": "https://example.com/?Signature=hush",
            "StackId": f"arn:aws:cloudformation:ap-southeast-1:123456789012:stack/{'s' * 128}/{guid}",
            "RequestId": guid,
            "LogicalResourceId": "L" * 255,
            "PhysicalResourceId": None if kind == "Create" else "customertrack-abcdefghijklmnop-handshake",
        }
        raised = framework / "raised.json"
        raised.write_text(json.dumps({"errorMessage": message, "errorType": "Failed", "stackTrace": ["  File x"]}))
        node = Path(sys.executable).with_name("node")
        command = [node, "call.js", raised, json.dumps(request)]
        ended = subprocess.run(command, cwd=framework, capture_output=True, text=True, check=True)
        body = ended.stdout.rpartition("\nANSWER ")[2]
        return len(body.encode()), json.loads(body)

    return call


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("letter", ["x", '"', "\n", "ü", "\U0001f40d"])
def test_the_longest_reason_fits_into_the_answer(answered, kind: str, letter: str):
    message = fitted(f"the cause {letter * 5000}; the next step", letter * 300)
    assert size(message) > MOST - 20
    length, answer = answered(kind, message)
    assert answer["Status"] == "FAILED"
    assert message in answer["Reason"]
    assert length <= LIMIT


def test_the_reason_begins_with_the_sentence(answered):
    _, answer = answered("Create", "the cause; the next step")
    assert answer["Reason"].startswith("Error: the cause; the next step\n")


def test_a_create_that_failed_is_not_deleted_by_the_handler(answered):
    _, answer = answered("Create", "the cause")
    assert answer["PhysicalResourceId"] == "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
