"""The page Definition: what the TOML says, column by column, and the objects that it makes."""

from tests.console.looked_at import Looked, look, run
from tests.dimension.warehouse import dimension

CHANGED = """
dimension = "tariff"

[feed]
kind   = "changes"
format = "csv"
time   = "at"

[key]
code = { type = "text(5)", null = "*" }

[attributes]
price = "number(12,2)"
maker = { type = "text(80)", change = "correct", was = "brand" }
gone  = { type = "date", retired = true }
tier  = { type = "integer", since = 2, before = "first", from = "Tier" }
"""


def test_what_it_says_and_what_it_makes():
    with dimension(CHANGED) as made:
        source = Looked({"tariff": made})
        app = look(source, "definition")
        files = dict(source.files("tariff"))
        assert app.code[0].value == source.text("tariff").strip()
        assert app.code[1].value == files[min(files)].strip()
        app.selectbox(key="_definition_file").select("R__40_history.sql")
        run(app)
        assert app.query_params["file"] == "R__40_history.sql"
        assert app.code[1].value == files["R__40_history.sql"].strip()
    key, attributes, objects = (one.value for one in app.dataframe)
    assert key.iloc[0].tolist() == ["code", "text(5)", "code", "*", None]
    rows = {row["name"]: row for row in attributes.to_dict("records")}
    assert list(rows) == ["price", "maker", "gone", "tier"]
    assert attributes["before_that"].isna().tolist() == [True, True, True, False]
    assert rows["maker"]["a_change"] == "the last value, in all versions"
    assert (rows["maker"]["was"], rows["gone"]["retired"]) == ("brand", "true")
    assert (rows["tier"]["since"], rows["tier"]["before_that"], rows["tier"]["in_the_feed"]) == (
        2,
        "its first value",
        "Tier",
    )
    made_objects = {row["name"]: row for row in objects.to_dict("records")}
    assert made_objects["tariff_s3_pipe"]["kind"] == "pipe"
    assert made_objects["pdr_pipeline_scd2_tariff"]["what_it_is_for"].startswith("Applies the pending landed rows")
    assert made_objects["tariff_as_of"]["what_it_is_for"].startswith("What was true at")
    assert all(row["what_it_is_for"] for row in made_objects.values())


def test_a_file_of_the_address_is_shown():
    with dimension(CHANGED) as made:
        app = look(Looked({"tariff": made}), "definition", file="R__25_pipe.sql")
    assert app.selectbox(key="_definition_file").value == "R__25_pipe.sql"
    assert "CREATE PIPE" in app.code[1].value
