-- What the role of the watch may read, statement by statement of lambdas/watch/: it makes nothing and writes nothing. A deploy runs this file each time,
-- because a pipe or a task that was dropped and made again has lost its grants.
USE SCHEMA {{ database }}.dimension;

GRANT USAGE ON DATABASE {{ database }} TO ROLE {{ watch_role }};
GRANT USAGE ON SCHEMA {{ database }}.dimension TO ROLE {{ watch_role }};

-- MONITOR: SYSTEM$PIPE_STATUS and the rows of TASK_HISTORY (docs.snowflake.com: "Manage Snowpipe"; behaviour change 1799).
GRANT MONITOR ON PIPE [[ name ]]_s3_pipe TO ROLE {{ watch_role }};
GRANT MONITOR ON TASK [[ name ]]_refresh_task TO ROLE {{ watch_role }};
GRANT MONITOR ON TASK [[ name ]]_purge_task TO ROLE {{ watch_role }};
[% if merged %]
GRANT MONITOR ON TASK [[ name ]]_compact_task TO ROLE {{ watch_role }};
[% endif %]

-- USAGE: LIST and INFER_SCHEMA on the landing, and DESC INTEGRATION, which shows whether the trust has drifted.
GRANT USAGE ON STAGE [[ name ]]_ext_stage TO ROLE {{ watch_role }};
GRANT USAGE ON FILE FORMAT [[ name ]]_[[ format ]] TO ROLE {{ watch_role }};
GRANT USAGE ON INTEGRATION {{ storage_integration }} TO ROLE {{ watch_role }};
GRANT USAGE ON INTEGRATION {{ error_integration }} TO ROLE {{ watch_role }};

-- SELECT: batches, the invariants, and COPY_HISTORY, which asks for any privilege on the table.
GRANT SELECT ON TABLE [[ name ]]_raw TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE [[ name ]]_event TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE [[ name ]]_reject TO ROLE {{ watch_role }};
[% if truncates %]
GRANT SELECT ON TABLE [[ name ]]_barrier TO ROLE {{ watch_role }};
[% endif %]
[% if ignores %]
GRANT SELECT ON TABLE [[ name ]]_ignored TO ROLE {{ watch_role }};
[% endif %]
GRANT SELECT ON TABLE [[ name ]]_backlog TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE [[ name ]]_batch TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW [[ name ]] TO ROLE {{ watch_role }};
[% if history %]
GRANT SELECT ON VIEW [[ name ]]_history TO ROLE {{ watch_role }};
[% endif %]
GRANT SELECT ON VIEW v_[[ name ]]_event_left TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW v_[[ name ]]_event_applied TO ROLE {{ watch_role }};
[% if truncates %]
GRANT SELECT ON VIEW v_[[ name ]]_input_applied TO ROLE {{ watch_role }};
[% endif %]
GRANT SELECT ON STREAM [[ name ]]_table_changes TO ROLE {{ watch_role }};
GRANT SELECT ON STREAM [[ name ]]_backlog_left TO ROLE {{ watch_role }};
[% if snapshots %]
GRANT SELECT ON TABLE [[ name ]]_snapshot TO ROLE {{ watch_role }};
GRANT SELECT ON TABLE [[ name ]]_known TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW v_[[ name ]]_event_standing TO ROLE {{ watch_role }};
GRANT SELECT ON VIEW v_[[ name ]]_changing_data TO ROLE {{ watch_role }};

-- USAGE: invariant 14 makes of landed rows what snapshots are compared by.
GRANT USAGE ON FUNCTION [[ name ]]_[[ 'signature' if content_is_signature else 'content' ]](
    [[ ((['NUMBER'] if told_by and not content_is_signature else []) + attributes|kinds)|fit(4) ]]
) TO ROLE {{ watch_role }};
[% endif %]
