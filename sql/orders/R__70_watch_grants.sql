-- What the role of the watch may read, statement by statement of lambdas/watch/: it makes nothing and writes nothing. A deploy runs this file each time,
-- because a pipe or a task that was dropped and made again has lost its grants.
USE SCHEMA {{ database }}.dimension;

GRANT USAGE ON DATABASE {{ database }} TO ROLE {{ watch_role }};
GRANT USAGE ON SCHEMA {{ database }}.dimension TO ROLE {{ watch_role }};

-- MONITOR: SYSTEM$PIPE_STATUS and the rows of TASK_HISTORY (docs.snowflake.com: "Manage Snowpipe"; behaviour change 1799).
GRANT MONITOR ON PIPE orders_s3_pipe TO ROLE {{ watch_role }};
GRANT MONITOR ON TASK orders_refresh_task TO ROLE {{ watch_role }};
GRANT MONITOR ON TASK orders_purge_task TO ROLE {{ watch_role }};

-- USAGE: LIST and INFER_SCHEMA on the landing, and DESC INTEGRATION, which shows whether the trust has drifted.
GRANT USAGE ON STAGE orders_ext_stage TO ROLE {{ watch_role }};
GRANT USAGE ON FILE FORMAT orders_csv TO ROLE {{ watch_role }};
GRANT USAGE ON INTEGRATION {{ storage_integration }} TO ROLE {{ watch_role }};
GRANT USAGE ON INTEGRATION {{ error_integration }} TO ROLE {{ watch_role }};

-- SELECT: batches, the invariants, and COPY_HISTORY, which asks for any privilege on the table.
GRANT SELECT ON TABLE orders_raw TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE orders_event TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE orders_reject TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE orders_backlog TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE orders_batch TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW orders TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW orders_history TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW v_orders_event_left TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW v_orders_event_applied TO ROLE {{ watch_role }};
GRANT SELECT ON STREAM orders_table_changes TO ROLE {{ watch_role }};
GRANT SELECT ON STREAM orders_backlog_left TO ROLE {{ watch_role }};
