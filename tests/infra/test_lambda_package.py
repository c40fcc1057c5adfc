"""The functions' zip file: what is in it, for which machine, how big, and that it is the same for the same sources."""

import ast
import os
import shutil
from email.parser import BytesParser
from pathlib import Path
from struct import unpack_from
from zipfile import ZipFile

import aws_cdk
import pytest
from aws_cdk import aws_lambda
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import lambda_package
from infra.lambda_package import content_hash, lambda_code, package, sources
from infra.lambda_wheels import RUNTIME_BRINGS, TARGET, UNPACKED
from infra.package_error import PackageError

ROOT = Path(__file__).parents[2]
# What a stage deploys if nothing else is said.
STAGE = ("customer",)
# ELF: the machine's number, and where a file has it.
AARCH64, MACHINE = 183, 18


@pytest.fixture(scope="module")
def made() -> Path:
    return package(ROOT, STAGE)


@pytest.fixture(scope="module")
def content(made: Path) -> dict[str, bytes]:
    with ZipFile(made) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the package is made of, in a folder of its own."""
    folder = tmp_path / "checkout"
    for path in [*sources(ROOT, STAGE), ROOT / UNPACKED]:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return folder


def named(content: dict[str, bytes], suffix: str) -> list[str]:
    return [name for name in content if name.endswith(suffix)]


def test_it_has_our_code_and_the_sql_of_the_stage_and_no_more_of_us(content: dict[str, bytes]):
    expected = {*ROOT.glob("lambdas/**/*.py"), *ROOT.glob("sql/V*.sql"), *ROOT.glob("sql/customer/**/*.sql")}
    for room in ("migrations", "reads", "sqltext"):
        expected |= set(ROOT.glob(f"customertrack/{room}/*.py"))
    expected |= {ROOT / "customertrack" / name for name in ("__init__.py", "errors.py", "warehouse.py")}
    ours = ("lambdas/", "customertrack/", "snowglobe/", "sql/", "generator/", "infra/", "tests/", "benchmarks/")
    found = {name for name in content if name.startswith(ours)}
    assert found == {path.relative_to(ROOT).as_posix() for path in expected}
    assert all(content[name] == (ROOT / name).read_bytes() for name in found)
    assert any(name.startswith("sql/customer/invariants/") for name in found)


def test_what_our_code_imports_of_us_is_there(content: dict[str, bytes]):
    for name in named(content, ".py"):
        if name.startswith(("lambdas/", "customertrack/")):
            for module in imported(content[name]):
                path = module.replace(".", "/")
                assert {f"{path}.py", f"{path}/__init__.py"} & content.keys(), f"{name} imports {module}"


def imported(source: bytes) -> set[str]:
    """The modules of ours that a source imports by `from`, which is how all of it is written."""
    found = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module}
    return {module for module in found if module.partition(".")[0] in {"lambdas", "customertrack"}}


def test_what_the_runtime_brings_is_not_there_and_all_else_that_is_needed_is(content: dict[str, bytes]):
    metadata = [BytesParser().parsebytes(content[name]) for name in named(content, ".dist-info/METADATA")]
    there = {canonicalize_name(each["Name"]) for each in metadata}
    assert {"snowflake-connector-python", "aws-lambda-powertools"} <= there
    assert not there & RUNTIME_BRINGS
    tops = {name.partition("/")[0] for name in content}
    assert not tops & {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py"}
    for each in metadata:
        for needed in map(Requirement, each.get_all("Requires-Dist", [])):
            if needed.marker is None or needed.marker.evaluate(TARGET):
                assert canonicalize_name(needed.name) in there | RUNTIME_BRINGS, f"{each['Name']} needs {needed}"


def test_all_machine_code_is_for_arm64_and_that_python(content: dict[str, bytes]):
    programs = {name for name, data in content.items() if data.startswith((b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe"))}
    assert {"_cffi_backend.cpython-314-aarch64-linux-gnu.so"} < programs
    for name in programs:
        assert content[name].startswith(b"\x7fELF"), name
        assert unpack_from("<H", content[name], MACHINE) == (AARCH64,), name
        assert ".cpython-" not in name or ".cpython-314-aarch64-" in name
    assert programs >= set(named(content, ".so"))


def test_nothing_is_carried_that_does_not_run(content: dict[str, bytes]):
    unused = (".c", ".cpp", ".h", ".hpp", ".pyi", ".pyx", "/RECORD")
    assert [name for name in content if name.endswith(unused)] == []
    assert [name for name in content if {"tests", "sboms"} & {*Path(name).parts}] == []


def test_it_carries_no_bytecode(content: dict[str, bytes]):
    """That of the Python that packs would be of no use to the functions' Python."""
    assert len(named(content, ".py")) > 500
    assert named(content, ".pyc") == []


def test_it_is_within_its_budget_and_says_so(made: Path, capsys: pytest.CaptureFixture[str]):
    assert made.stat().st_size < 30_000_000
    assert package(ROOT, STAGE) == made
    size = made.stat().st_size / 1_000_000
    assert capsys.readouterr().err == f"Lambda package: {size:.1f} MB zipped, 30 MB allowed\n"


def test_over_the_budget_it_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lambda_package, "BUDGET_MB", 2)
    with pytest.raises(PackageError, match=r"has \d+\.\d MB zipped and may have 2: leave out"):
        lambda_code(ROOT, STAGE)


def test_the_same_sources_make_the_same_file(made: Path, checkout: Path):
    for path in checkout.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    # None of it is part of the package.
    (checkout / "lambdas/__pycache__").mkdir()
    (checkout / "lambdas/__pycache__/x.pyc").write_bytes(b"x")
    (checkout / "sql/README.md").write_text("x")
    (checkout / "sql/product").mkdir()
    (checkout / "sql/product/R__10_raw.sql").write_text("SELECT 1;\n")
    assert content_hash(checkout, STAGE) == content_hash(ROOT, STAGE)
    assert package(checkout, STAGE).read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    "changed", ["lambdas/__init__.py", "customertrack/migrations/runner.py", "sql/customer", UNPACKED]
)
def test_another_content_is_another_asset(checkout: Path, changed: str | Path):
    before = content_hash(checkout, STAGE)
    path = checkout / changed
    if path == checkout / UNPACKED:
        with ZipFile(path, "a") as archive:
            archive.writestr("another.py", b"")
    elif path.is_dir():
        (path / "R__99_new.sql").write_text("SELECT 1;\n")
    else:
        path.write_text("'''Another.'''\n")
    assert content_hash(checkout, STAGE) != before


def test_each_dimension_of_a_stage_brings_its_folder():
    def folders(*dimensions: str) -> set[str]:
        found = [path.relative_to(ROOT / "sql").parts for path in sources(ROOT, dimensions) if path.suffix == ".sql"]
        return {parts[0] for parts in found if len(parts) > 1}

    assert folders("customer") == {"customer"}
    assert folders("customer", "product") == {"customer", "product"}


def test_without_wheels_it_says_what_to_do(checkout: Path):
    (checkout / UNPACKED).unlink()
    with pytest.raises(PackageError, match=r"^\.wheels/lambda/wheels\.zip is not there: make synth .* fetches"):
        lambda_code(checkout, STAGE)


def synthesised(root: Path, folder: Path) -> Path:
    """The one zip file that CDK makes an asset of."""
    app = aws_cdk.App(outdir=str(folder))
    aws_lambda.Function(
        aws_cdk.Stack(app, "Stack"),
        "Function",
        code=lambda_code(root, STAGE),
        handler="lambdas.watch.handler.handler",
        runtime=aws_lambda.Runtime.PYTHON_3_14,
        architecture=aws_lambda.Architecture.ARM_64,
    )
    app.synth()
    (asset,) = folder.glob("asset.*.zip")
    return asset


def test_synth_takes_the_file_as_it_is_without_docker(
    made: Path, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CDK_DOCKER", "false")
    asset = synthesised(ROOT, tmp_path / "one")
    assert asset.read_bytes() == made.read_bytes()
    assert synthesised(checkout, tmp_path / "two").name == asset.name
