"""How the floor, the peers and the replay read a batch: with the columns and the quoting told, which saves guessing."""

from benchmarks.columns import attributes, listed


def rows(count: int, filename: bool = False) -> str:
    """All rows of `$files`, which have so many attributes, as text; with the column `filename` if that is asked for."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in ("customer_id", *attributes(count), "op", "updated_at"))
    return f"""
    read_csv(
        $files, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', filename = {filename},
        columns = {{{columns}}}
    )
"""


def last_state_per_key(count: int) -> str:
    """The last row of each key in `$files`.

    The peers are made for snapshots, one row per key and load, so each gets this, which is what its users would give
    it. The versions inside a batch are lost to them.
    """
    return f"""
    SELECT
        customer_id::BIGINT AS customer_id, {listed(count)},
        op, updated_at::TIMESTAMP AS updated_at,
        hash(customer_id, {listed(count)})::VARCHAR AS row_version
    FROM {rows(count)}
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, row_version) = 1
"""
