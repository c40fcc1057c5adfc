"""What `make test-fast` leaves out. What is not named here is fast, so a new test is run by it until it is found slow.

A folder or a module that is left out is not even imported: importing CDK alone takes seconds.
"""

SLOW = (
    # They deploy into an emulated AWS, or start many processes.
    "tests/emulator",
    "tests/image",
    "tests/live",
    "tests/e2e",
    "tests/cli/test_signals.py",
    "tests/snowglobe/test_processes.py",
    # They need CDK or the packages that the functions carry.
    "tests/infra/test_administrator.py",
    "tests/infra/test_app.py",
    "tests/infra/test_docs.py",
    "tests/infra/test_findings.py",
    "tests/infra/test_functions.py",
    "tests/infra/test_generator.py",
    "tests/infra/test_lambda_package.py",
    "tests/infra/test_lambda_wheels.py",
    "tests/infra/test_landing.py",
    "tests/infra/test_observability.py",
    "tests/infra/test_observability_alarms.py",
    "tests/infra/test_observability_runbook.py",
    "tests/infra/test_observability_watch.py",
    "tests/infra/test_permissions.py",
    "tests/infra/test_template.py",
    "tests/infra/test_warehouse_trust.py",
    # Many examples of one rule, of which faster tests have some.
    "tests/cases/test_cases.py::test_case",
    "tests/cases/test_cases_by_command.py",
    "tests/properties/test_tables_equal_replay.py",
    "tests/properties/test_many_rows.py::test_many_rows[1]",
    "tests/generator/test_truth.py",
    "tests/snowglobe/loading/test_csv_agreement.py",
    "tests/snowglobe/test_unknown_statements.py",
    "tests/snowglobe/test_windows.py",
    # They read every statement with other grammars.
    "tests/sql/test_grammars.py",
    "tests/lambdas/migrate/test_grammars.py",
    "tests/snowglobe/test_grammar.py",
    # Single ones that take more than a second.
    "tests/benchmarks/test_benchmarks.py::test_a_quick_run_measures_every_batch_prints_a_table_and_ends_at_the_truth",
    "tests/generator/test_feed.py::test_every_slot_is_the_same_whatever_was_made_before_it",
    "tests/snowglobe/loading/test_csv.py::test_a_large_field_loads",
    "tests/snowglobe/loading/test_csv.py::test_row_numbers_follow_the_file_across_buffers_and_threads",
    "tests/snowglobe/test_cursor.py::test_two_cursors_take_turns",
)


def is_slow(name: str) -> bool:
    """Whether a folder, a module or a test, given from the root of the project, is left out or in what is left out."""
    return any(name == slow or name.startswith((f"{slow}/", f"{slow}::", f"{slow}[")) for slow in SLOW)
