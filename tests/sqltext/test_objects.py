"""The objects that a file of SQL makes, and what they are for."""

from customertrack.sqltext.objects import Made, made

TEXT = """\
-- What the file is for;
-- on two lines.
USE SCHEMA a.b;

CREATE OR ALTER TABLE one (
    k NUMBER COMMENT 'of the column'
)
COMMENT = 'Somebody''s table';

-- What it answers.
CREATE OR REPLACE VIEW two
COPY GRANTS
AS
SELECT 1;

CREATE FILE FORMAT IF NOT EXISTS three TYPE = CSV;
CREATE OR REPLACE TRANSIENT TABLE four (k NUMBER);
GRANT SELECT ON TABLE one TO ROLE r;
"""


def test_each_with_its_comment_or_that_above_it_or_that_of_the_file():
    of_file = "What the file is for; on two lines."
    assert made(TEXT, "a.sql") == [
        Made("TABLE", "one", "Somebody's table"),
        Made("VIEW", "two", "What it answers."),
        Made("FILE FORMAT", "three", of_file),
        Made("TABLE", "four", of_file),
    ]


def test_a_file_without_comments():
    assert made("CREATE STREAM s ON TABLE t;", "a.sql") == [Made("STREAM", "s", "")]
