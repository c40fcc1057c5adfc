-- What the console's role may read in an account: the tables and views that the pages ask of a dimension. It makes nothing and writes nothing. A deploy
-- runs this file each time if the stage has a console, because what was dropped and made again has lost its grants.
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_raw TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_event TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_reject TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_batch TO ROLE {{ console_role }};
[% if truncates %]
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_barrier TO ROLE {{ console_role }};
[% endif %]
[% if ignores %]
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_ignored TO ROLE {{ console_role }};
[% endif %]
[% if snapshots %]
GRANT SELECT ON TABLE {{ database }}.dimension.[[ name ]]_snapshot TO ROLE {{ console_role }};
[% endif %]
GRANT SELECT ON VIEW {{ database }}.dimension.[[ name ]] TO ROLE {{ console_role }};
[% if history %]
GRANT SELECT ON VIEW {{ database }}.dimension.v_[[ name ]]_version TO ROLE {{ console_role }};
[% else %]
GRANT SELECT ON VIEW {{ database }}.dimension.v_[[ name ]]_event_applied TO ROLE {{ console_role }};
[% endif %]
GRANT SELECT ON VIEW {{ database }}.dimension.v_[[ name ]]_event_left TO ROLE {{ console_role }};

-- How many landed rows no refresh has applied. To read a stream moves nothing: only DML does, and an app's session makes no table, a temporary one neither.
GRANT SELECT ON STREAM {{ database }}.dimension.[[ name ]]_table_changes TO ROLE {{ console_role }};
[% if history %]

GRANT USAGE ON FUNCTION {{ database }}.dimension.[[ name ]]_as_known(TIMESTAMP_NTZ, TIMESTAMP_NTZ) TO ROLE {{ console_role }};
[% endif %]

-- MONITOR: the rows of TASK_HISTORY.
GRANT MONITOR ON TASK {{ database }}.dimension.[[ name ]]_refresh_task TO ROLE {{ console_role }};
