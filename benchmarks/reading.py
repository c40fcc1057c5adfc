"""How the floor, the peers and the replay read a batch: with the columns and the quoting told, which saves guessing."""

ROWS = """
    read_csv(
        $files, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {
            'customer_id': 'VARCHAR', 'first_name': 'VARCHAR', 'last_name': 'VARCHAR', 'email': 'VARCHAR',
            'street': 'VARCHAR', 'city': 'VARCHAR', 'state': 'VARCHAR', 'country': 'VARCHAR',
            'op': 'VARCHAR', 'updated_at': 'VARCHAR'
        }
    )
"""

# The peers are made for snapshots, one row per key and load, so each gets the last state of each key in the batch,
# which is what its users would give it. The versions inside a batch are lost to them.
LAST_STATE_PER_KEY = f"""
    SELECT
        customer_id::BIGINT AS customer_id, first_name, last_name, email, street, city, state, country,
        op, updated_at::TIMESTAMP AS updated_at,
        hash(customer_id, first_name, last_name, email, street, city, state, country)::VARCHAR AS row_version
    FROM {ROWS}
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, row_version) = 1
"""
