-- What the console's role may read in an account: the tables and views that the pages ask of a dimension. It makes nothing and writes nothing. A deploy
-- runs this file each time if the stage has a console, because what was dropped and made again has lost its grants.
GRANT SELECT ON TABLE {{ database }}.dimension.customer_raw TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.customer_event TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.customer_reject TO ROLE {{ console_role }};
GRANT SELECT ON TABLE {{ database }}.dimension.customer_batch TO ROLE {{ console_role }};
GRANT SELECT ON VIEW {{ database }}.dimension.customer TO ROLE {{ console_role }};
GRANT SELECT ON VIEW {{ database }}.dimension.v_customer_version TO ROLE {{ console_role }};
GRANT SELECT ON VIEW {{ database }}.dimension.v_customer_event_left TO ROLE {{ console_role }};

-- How many landed rows no refresh has applied. To read a stream moves nothing: only DML does, and an app's session makes no table, a temporary one neither.
GRANT SELECT ON STREAM {{ database }}.dimension.customer_table_changes TO ROLE {{ console_role }};

GRANT USAGE ON FUNCTION {{ database }}.dimension.customer_as_known(TIMESTAMP_NTZ, TIMESTAMP_NTZ) TO ROLE {{ console_role }};

-- MONITOR: the rows of TASK_HISTORY.
GRANT MONITOR ON TASK {{ database }}.dimension.customer_refresh_task TO ROLE {{ console_role }};
