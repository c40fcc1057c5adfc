"""The alarms of a dimension whose files are snapshots: none that ships is one."""

from pathlib import Path

import pytest

from infra import alarms, settings
from tests.dimension.snapshot_files import STOCK
from tests.infra.test_observability_runbook import PARTS, SECTIONS

OF_SNAPSHOTS = {"snapshot-held": "SnapshotsHeld", "snapshot-loading": "SnapshotsLoading"}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """With a dimension of snapshots beside customer."""
    shipped = settings.DEFINITIONS / "customer.toml"
    (tmp_path / "customer.toml").write_text(shipped.read_text())
    (tmp_path / "stock.toml").write_text(STOCK)
    monkeypatch.setattr(settings, "DEFINITIONS", tmp_path)
    return settings.Settings(snowflake_account="ORG-ACCOUNT", dimensions=("customer", "stock"))


def test_it_has_two_more(stage: settings.Settings):
    of_stock = {alarm.section: alarm for alarm in alarms.of_dimension(stage, "stock")}
    of_customer = {alarm.section for alarm in alarms.of_dimension(stage, "customer")}
    assert of_stock.keys() - of_customer == OF_SNAPSHOTS.keys()
    for section, name in OF_SNAPSHOTS.items():
        alarm = of_stock[section]
        assert alarm.metric.to_metric_config().metric_stat.metric_name == name
        assert (alarm.dimension, alarm.threshold, alarm.periods) == ("stock", 1, 1)


@pytest.mark.parametrize("section", OF_SNAPSHOTS)
def test_each_has_a_section_of_the_runbook(section: str):
    assert [part for part in PARTS if f"**{part}**" in SECTIONS[section]] == PARTS
