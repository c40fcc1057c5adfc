-- How a landed file is read, and where. IF NOT EXISTS, because CREATE OR REPLACE STAGE stops the pipe that reads it. So does another URL, and only a new
-- pipe loads again: that is the migrate function's to do, which alters the stage only if its URL is another one and then makes the pipe anew.
USE SCHEMA {{ database }}.dimension;

[% if format == "parquet" %]
CREATE OR ALTER FILE FORMAT [[ name ]]_parquet
    TYPE = PARQUET
    -- Dates and times are such, and no numbers of days or microseconds; bytes are no text.
    USE_LOGICAL_TYPE = TRUE
    BINARY_AS_TEXT = FALSE;
[% elif format == "json" %]
-- A line of the file is one text, which v_[[ name ]]_changing_data reads: TYPE = JSON would leave out a whole file for one line that is no JSON.
CREATE OR ALTER FILE FORMAT [[ name ]]_json
    TYPE = CSV
    FIELD_DELIMITER = NONE
    FIELD_OPTIONALLY_ENCLOSED_BY = NONE
    ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE
    -- Text is taken as it is. The defaults would read a backslash as an escape and \N as NULL.
    ESCAPE_UNENCLOSED_FIELD = NONE
    NULL_IF = ('')
    SKIP_BLANK_LINES = TRUE
    -- One wrong byte would otherwise keep the whole file out. A value with the replacement character makes its row a reject, the rows beside it load.
    REPLACE_INVALID_CHARACTERS = TRUE;
[% else %]
CREATE OR ALTER FILE FORMAT [[ name ]]_csv
    TYPE = CSV
[% if by_name %]
    -- Columns are matched by name, in any order.
    PARSE_HEADER = TRUE
[% endif %]
[% for option, value in csv.items() %]
    [[ option ]] = [[ value ]]
[% endfor %]
    -- A row with fields missing or left over is loaded all the same; what is wrong with it shows when it is cast, and makes a reject.
    ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE
    FIELD_OPTIONALLY_ENCLOSED_BY = [[ quote ]]
    -- Text is taken as it is. The defaults would read a backslash as an escape and \N as NULL.
    ESCAPE_UNENCLOSED_FIELD = NONE
    -- Only an empty field is NULL, quoted or not[[ '; and ' + null + ', unquoted' if null ]].
    NULL_IF = ([[ null_words ]])
    EMPTY_FIELD_AS_NULL = TRUE
    SKIP_BLANK_LINES = TRUE
    -- One wrong byte would otherwise keep the whole file out. The replacement character makes its row a reject, the rows beside it load.
    REPLACE_INVALID_CHARACTERS = TRUE;
[% endif %]

CREATE STAGE IF NOT EXISTS [[ name ]]_ext_stage
    URL = '{{ landing_root }}[[ name ]]/'
    STORAGE_INTEGRATION = {{ storage_integration }};
