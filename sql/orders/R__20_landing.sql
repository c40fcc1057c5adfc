-- How a landed file is read, and where. IF NOT EXISTS, because CREATE OR REPLACE STAGE stops the pipe that reads it. So does another URL, and only a new
-- pipe loads again: that is the migrate function's to do, which alters the stage only if its URL is another one and then makes the pipe anew.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER FILE FORMAT orders_csv
    TYPE = CSV
    -- Columns are matched by name, in any order.
    PARSE_HEADER = TRUE
    FIELD_DELIMITER = ';'
    -- A row with fields missing or left over is loaded all the same; what is wrong with it shows when it is cast, and makes a reject.
    ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE
    FIELD_OPTIONALLY_ENCLOSED_BY = '"'
    -- Text is taken as it is. The defaults would read a backslash as an escape and \N as NULL.
    ESCAPE_UNENCLOSED_FIELD = NONE
    -- Only an empty field is NULL, quoted or not.
    NULL_IF = ('')
    EMPTY_FIELD_AS_NULL = TRUE
    SKIP_BLANK_LINES = TRUE
    -- One wrong byte would otherwise keep the whole file out. The replacement character makes its row a reject, the rows beside it load.
    REPLACE_INVALID_CHARACTERS = TRUE;

CREATE STAGE IF NOT EXISTS orders_ext_stage
    URL = '{{ landing_root }}orders/'
    STORAGE_INTEGRATION = {{ storage_integration }};
