-- Where everything of CustomerTrack lives: one database per deployment, one schema for the dimensions.
CREATE DATABASE IF NOT EXISTS {{ database }}
    DEFAULT_DDL_COLLATION = ''
    COMMENT = 'CustomerTrack: slowly changing dimensions from landed CSV files';

-- Text is compared as it is, whatever collation the account has for new columns: names that differ in case are two states, and REGEXP_LIKE and its kind
-- take no text with a collation (docs.snowflake.com, "Collation support"). Said of the schema too: the database may have been made without it.
CREATE SCHEMA IF NOT EXISTS {{ database }}.dimension
    DEFAULT_DDL_COLLATION = ''
    COMMENT = 'The dimensions: landing, event log, current truth and history';
