"""The settings of a stage, read from the context of CDK: all of it is checked before anything is synthesised."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from infra.checks import nearest
from infra.combinations import check_together
from infra.errors import SettingsError
from infra.settings import CHECKS, NO_ACCOUNT, ONLY_SYNTH, Settings


def settings_from(context: Mapping[str, Any]) -> Settings:
    """The settings of the stage that `context`, all of CDK's context, chooses.

    Raises SettingsError for a setting or stage that is unknown, missing, or cannot be.
    """
    values = chosen_values(context)
    if context.get(ONLY_SYNTH):
        values.setdefault("snowflake_account", NO_ACCOUNT)
    if "snowflake_account" not in values:
        raise SettingsError(
            f"snowflake_account is not set: write it into cdk.json under context.stages.{values['stage']}, or give it "
            "with -c snowflake_account=MYORG-MYACCOUNT (Snowsight shows it under Account, View account details)"
        )
    settings = Settings(**values)
    check_together(settings)
    return settings


def chosen_values(context: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting that has a value in the chosen stage, by name, checked; what has no default may be missing.

    `context` holds CDK's own keys, `stages` (a stage's name to its settings) and what -c gave, which goes before.
    Raises SettingsError.
    """
    given = {name: value for name, value in context.items() if not _is_of_cdk(name)}
    stages = _stages(given.pop("stages", {}))
    _refuse_unknown(given, "-c or the context of cdk.json", set(CHECKS))
    stage = CHECKS["stage"]("stage", given.get("stage", "dev"))
    if stage not in stages:
        raise SettingsError(
            f"there is no stage '{stage}' in cdk.json, only {', '.join(sorted(stages)) or 'none'}: choose one with "
            "-c stage=NAME, or add it under context.stages"
        )
    raw = {**stages[stage], **given, "stage": stage}
    checked = {name: CHECKS[name](name, value) for name, value in raw.items()}
    return {each.name: each.default for each in fields(Settings) if each.default is not MISSING} | checked


def _is_of_cdk(name: str) -> bool:
    """Whether a key of the context is CDK's own: feature flags and lookups have a colon or a slash in their name."""
    return ":" in name or "/" in name


def _stages(raw: Any) -> dict[str, dict[str, Any]]:
    """`stages` of the context, all of them checked for their names, so that a typing error shows before its day."""
    if not isinstance(raw, dict) or not all(isinstance(values, dict) for values in raw.values()):
        raise SettingsError('stages is not of the form {"dev": {"snowflake_account": "..."}}: correct it in cdk.json')
    for stage, values in raw.items():
        CHECKS["stage"]("the name of a stage in cdk.json", stage)
        _refuse_unknown(values, f"context.stages.{stage} of cdk.json", set(CHECKS) - {"stage"})
    return raw


def _refuse_unknown(given: Mapping[str, Any], place: str, known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise SettingsError(f"there is no setting '{name}' (in {place}): {nearest(name, known)}")
