"""Writes the Parquet files of the feeds, which are not to be read as text: `python -m tests.feeds.parquet_files`."""

import duckdb

from tests.feeds.feed import FOLDER

_DMS = """
SELECT
    NULLIF("Op", 'NULL') AS "Op", dms_commit_at, account_no::INTEGER AS account_no,
    TRY_CAST(balance_limit AS DECIMAL(18, 2)) AS balance_limit, TRY_CAST(opened_on AS DATE) AS opened_on,
    is_active::BOOLEAN AS is_active, NULLIF(tier, 'NULL') AS tier, NULLIF(notes, 'NULL') AS notes, dms_change_seq,
    TRY_CAST("BI_account_no" AS INTEGER) AS "BI_account_no"
FROM read_csv('{}', header = true, all_varchar = true)
"""
_AIRBYTE = """
SELECT
    _airbyte_raw_id, epoch_ms(_airbyte_extracted_at::BIGINT)::TIMESTAMP_MS AS _airbyte_extracted_at,
    from_json(
        _airbyte_meta,
        '{{"sync_id": "BIGINT", "changes": [{{"field": "VARCHAR", "change": "VARCHAR", "reason": "VARCHAR"}}]}}'
    ) AS _airbyte_meta,
    _airbyte_generation_id::BIGINT AS _airbyte_generation_id, (_airbyte_data ->> 'id')::BIGINT AS id,
    _airbyte_data ->> 'name' AS name, _airbyte_data ->> 'city' AS city,
    (_airbyte_data ->> '_ab_cdc_lsn')::DOUBLE AS _ab_cdc_lsn,
    _airbyte_data ->> '_ab_cdc_updated_at' AS _ab_cdc_updated_at,
    _airbyte_data ->> '_ab_cdc_deleted_at' AS _ab_cdc_deleted_at
FROM read_csv('{}', header = true, all_varchar = true)
"""
_PLAIN = {
    "part-00000.parquet": """
SELECT 'set' AS op, n, contact_id, NULL::BIGINT AS was_contact_id, email, city, "at"::TIMESTAMP AS "at"
FROM (
    VALUES (1, 1, 'x@x.org', 'Rome', '2026-03-02 05:00:00'), (2, 2, NULL, 'Bonn', '2026-03-02 05:00:00')
) AS v (n, contact_id, email, city, "at")
""",
    "part-00001.parquet": """
SELECT op, n, contact_id, was_contact_id::BIGINT AS was_contact_id, email, "at"::TIMESTAMP AS "at"
FROM (
    VALUES
        ('set', 9, 1, NULL, 'y@x.org', '2026-03-02 10:00:00'),
        ('set', 10, 22, 2, 'b@x.org', '2026-03-02 12:00:00'),
        ('clear', 12, NULL, NULL, NULL, '2026-03-03 00:00:00'),
        ('set', 13, 1, NULL, 'z@x.org', '2026-03-03 00:00:00'),
        ('del', 14, 1, NULL, NULL, '2026-03-03 06:00:00')
) AS v (op, n, contact_id, was_contact_id, email, "at")
""",
}


def _written(query: str, feed: str, name: str) -> None:
    folder = FOLDER / feed / "files"
    folder.mkdir(exist_ok=True)
    duckdb.sql(f"COPY ({query}) TO '{folder / name}' (FORMAT parquet)")


def main() -> None:
    """From the same feeds in CSV, and from the rows above."""
    for csv, parquet, query in (
        ("dms_csv", "dms_parquet", _DMS),
        ("airbyte_csv", "airbyte_parquet", _AIRBYTE),
    ):
        for file in sorted((FOLDER / csv / "files").iterdir()):
            _written(query.format(file), parquet, f"{file.stem}.parquet")
    for name, query in _PLAIN.items():
        _written(query, "parquet", name)


if __name__ == "__main__":
    main()
