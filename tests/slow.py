"""What `make test-fast` leaves out. What is not named here is fast, so a new test is run by it until it is found slow.

A folder or a module that is left out is not even imported: importing CDK alone takes seconds.
"""

SLOW = (
    # They deploy into an emulated AWS or an account, or build an image.
    "tests/emulator",
    "tests/image",
    "tests/live",
    # They start many processes, or wait for them.
    "tests/cli/test_signals.py",
    "tests/cli/test_terminal.py",
    "tests/e2e/test_bad_input_machine.py",
    "tests/e2e/test_kill.py",
    "tests/e2e/test_readme.py",
    "tests/generator/test_cli.py",
    "tests/house/test_foundation.py::test_an_installed_wheel_finds_its_own_sql_files",
    "tests/house/test_foundation.py::test_the_wheel_carries_every_module_and_every_sql_file",
    "tests/lambdas/test_import_hygiene.py",
    "tests/snowglobe/test_processes.py",
    # They need CDK, or the packages that the functions carry.
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
    # Many examples of what faster tests have one or two of.
    "tests/cases/test_cases.py::test_all_cases_as_one[all again in reverse]",
    "tests/cases/test_cases.py::test_all_cases_as_one[each file twice]",
    "tests/cases/test_cases.py::test_all_cases_as_one[shuffled, a refresh for each]",
    "tests/cases/test_cases.py::test_case",
    "tests/cases/test_cases_by_command.py",
    "tests/e2e/test_bad_input_bytes.py",
    "tests/e2e/test_bad_input_files.py",
    "tests/e2e/test_bad_input_paths.py",
    "tests/generator/test_truth.py",
    "tests/properties/test_many_rows.py::test_many_rows[1]",
    "tests/properties/test_tables_equal_replay.py",
    "tests/snowglobe/loading/test_csv_agreement.py",
    "tests/snowglobe/scripting/test_refused.py::test_a_spoilt_body_never_breaks_the_parser",
    "tests/snowglobe/test_column_names.py",
    "tests/snowglobe/test_unknown_statements.py",
    "tests/snowglobe/test_windows.py",
    # They read every statement with several grammars.
    "tests/lambdas/migrate/test_grammars.py",
    "tests/lambdas/test_watch_grammars.py",
    "tests/snowglobe/test_grammar.py",
    "tests/sql/test_grammars.py",
    # They go once more through all layers, of which each has faster tests.
    "tests/cli/test_history.py",
    "tests/cli/test_run.py",
    "tests/lambdas/migrate/test_pipe.py",
    "tests/lambdas/migrate/test_waiting.py",
    "tests/lambdas/test_driver.py",
    "tests/lambdas/test_framework.py",
    "tests/lambdas/test_watch_driver.py",
    "tests/migrations/test_lease.py",
    # Single ones that take about a second or more.
    "tests/benchmarks/test_benchmarks.py::test_a_quick_run_measures_every_batch_prints_a_table_and_ends_at_the_truth",
    "tests/cli/test_generate_and_migrate.py::test_migrate_and_what_is_left_to_do",
    "tests/cli/test_ingest.py::test_the_worked_example_at_once",
    "tests/cli/test_ingest.py::test_the_worked_example_file_by_file",
    "tests/cli/test_query.py::test_more_rows_than_are_read_at_once",
    "tests/cli/test_usage.py::test_a_home_that_another_process_has_open",
    "tests/cli/test_verify.py::test_a_feed_whose_first_batch_is_missing",
    "tests/cli/test_verify.py::test_customers_that_other_files_touched_are_left_out",
    "tests/cli/test_verify.py::test_files_generated_elsewhere_with_other_settings_are_not_taken_for_the_feeds_own",
    "tests/cli/test_verify.py::test_late_rows_still_under_way_are_left_out",
    "tests/cli/test_verify.py::test_the_truth_of_generated_files",
    "tests/generator/test_feed.py::test_every_slot_is_the_same_whatever_was_made_before_it",
    "tests/generator/test_population.py::test_a_customer_does_not_depend_on_the_company",
    "tests/generator/test_population.py::test_pools_are_made_alike_every_time",
    "tests/snowglobe/loading/test_csv.py::test_a_large_field_loads",
    "tests/snowglobe/loading/test_csv.py::test_row_numbers_follow_the_file_across_buffers_and_threads",
    "tests/snowglobe/test_cursor.py::test_fetching_in_parts",
    "tests/snowglobe/test_cursor.py::test_two_cursors_take_turns",
)


def is_slow(name: str) -> bool:
    """Whether a folder, a module or a test, given from the root of the project, is left out or in what is left out."""
    return any(name == slow or name.startswith((f"{slow}/", f"{slow}::", f"{slow}[")) for slow in SLOW)
