"""The real CDK CLI, as package-lock.json pins it, against the emulator."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.emulator.ministack import ACCOUNT, REGION, ROOT, EmulatorError, MiniStack
from tests.emulator.processes import Ended, run

_CLI = ROOT / "node_modules/.bin/cdk"
# What the app is, what it looks at the definitions with, and what it puts into the package of the functions.
_APP = ("customertrack", "dimensions", "generator", "infra", "lambdas", "sql")
_FILES = ("cdk.json", ".wheels/lambda/wheels.zip")
# Seconds that any one command may take, on a busy machine.
_PATIENCE = 300


class DeployError(EmulatorError):
    """`cdk deploy` or `cdk destroy` failed; the message is what it said."""


@dataclass(frozen=True)
class Cdk:
    """The CLI with one app and one context. `out` is a folder for what it makes, `project` the checkout of the app."""

    emulator: MiniStack
    out: Path
    context: Mapping[str, str] = field(default_factory=dict)
    project: Path = ROOT

    def with_context(self, **changes: str) -> "Cdk":
        """The same with other settings."""
        return replace(self, context={**self.context, **changes})

    def of_a_copy(self) -> "Cdk":
        """The same from a copy of the checkout, for somebody to change."""
        project = self.out / "checkout"
        for name in _APP:
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _FILES:
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, project / name)
        return replace(self, project=project)

    def bootstrap(self) -> Ended:
        """Prepare the account for deploys. Raises DeployError."""
        # From a folder without a cdk.json, or the app would run first, for nothing.
        return _succeeded(self._run("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self.out))

    def deploy(self) -> Ended:
        """Deploy or update the stack. Raises DeployError."""
        words = ["--require-approval", "never", "--outputs-file", str(self._outputs)]
        return _succeeded(self._run("deploy", *self._synthesized(), *words))

    def diff(self) -> Ended:
        """Compare with what is deployed: exit code 1 if something differs."""
        return self._run("diff", *self._synthesized(), "--fail")

    def destroy(self) -> Ended:
        """Take the stack down. Raises DeployError."""
        return _succeeded(self._run("destroy", *self._synthesized(), "--force"))

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack that was deployed last."""
        (outputs,) = json.loads(self._outputs.read_text(encoding="utf-8")).values()
        return outputs

    @property
    def _outputs(self) -> Path:
        return self.out / "outputs.json"

    def _synthesized(self) -> list[str]:
        """The words that name the app: its assembly, made once for each context, because that takes seconds."""
        settings = json.dumps([str(self.project), sorted(self.context.items())])
        assembly = self.out / f"assembly-{hashlib.sha256(settings.encode()).hexdigest()[:12]}"
        if not assembly.exists():
            words = [word for name, value in self.context.items() for word in ("--context", f"{name}={value}")]
            _succeeded(self._run("synth", "--quiet", "--output", str(assembly), *words))
        return ["--app", str(assembly)]

    def _run(self, verb: str, *words: str, folder: Path | None = None) -> Ended:
        command = [str(_CLI), verb, *words, "--no-notices", "--no-color"]
        environment = self.emulator.environment() | {
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CI": "true",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        }
        return run(command, env=environment, folder=folder or self.project, seconds=_PATIENCE)


def _succeeded(ended: Ended) -> Ended:
    if ended.code != 0:
        # The events before it are many, and say the same.
        raise DeployError(ended.output[ended.output.rfind("Failed resources:") + 1 :])
    return ended
