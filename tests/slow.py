"""What `make test-fast` leaves out. What is not named here is fast, so a new test is run by it until it is found slow.

A folder or a module that is left out is not even imported: importing CDK alone takes seconds.
"""

SLOW = (
    # They deploy into an emulated AWS or an account, or build an image.
    "tests/emulator",
    "tests/image",
    "tests/live",
    # They need CDK, or the packages that the functions carry.
    "tests/infra",
    # They look at every statement and option of the embedded warehouse.
    "tests/snowglobe",
    # They go once more through all layers, of which each has faster tests.
    "tests/benchmarks",
    "tests/cli",
    "tests/e2e",
    "tests/lambdas/migrate",
    "tests/otherwise",
    "tests/lambdas/test_driver.py",
    "tests/lambdas/test_framework.py",
    "tests/lambdas/test_timeouts.py",
    "tests/lambdas/test_token_sign_in.py",
    "tests/lambdas/test_watch_dimensions.py",
    "tests/lambdas/test_watch_driver.py",
    "tests/lambdas/test_watch_files.py",
    "tests/lambdas/test_watch_formats.py",
    "tests/lambdas/test_watch_grants.py",
    "tests/local/test_findings.py",
    "tests/local/test_large.py",
    "tests/migrations/test_dimensions.py",
    "tests/migrations/test_lease.py",
    # They start many processes, or wait for them.
    "tests/generator/test_cli.py",
    "tests/house/test_foundation.py::test_an_installed_wheel_finds_its_own_definitions",
    "tests/house/test_foundation.py::test_an_installed_wheel_finds_its_own_sql_files",
    "tests/house/test_foundation.py::test_an_installed_wheel_has_its_generator_and_installs_none_of_that_name",
    "tests/house/test_foundation.py::test_the_wheel_carries_every_module_every_sql_file_and_every_definition",
    "tests/lambdas/test_import_hygiene.py",
    # Many examples of what faster tests have one or two of.
    "tests/cases/test_cases.py::test_all_cases_as_one[all again in reverse]",
    "tests/cases/test_cases.py::test_all_cases_as_one[each file twice]",
    "tests/cases/test_cases.py::test_all_cases_as_one[shuffled, a refresh for each]",
    "tests/cases/test_cases.py::test_case",
    "tests/cases/test_cases_by_command.py",
    "tests/dimension/test_any_definition.py",
    "tests/dimension/test_asking.py",
    "tests/dimension/test_cases.py",
    "tests/dimension/test_changes_of_key.py",
    "tests/dimension/test_changing_definitions.py",
    "tests/dimension/test_fold.py",
    "tests/dimension/test_formats.py",
    "tests/dimension/test_layouts.py",
    "tests/dimension/test_partial.py",
    "tests/dimension/test_truncates.py",
    "tests/dimension/test_version_ids.py",
    "tests/dimension/test_rendered.py::test_a_case_at_once_and_then_each_file_again",
    "tests/dimension/test_rendered.py::test_a_case_in_any_order",
    "tests/dimension/test_rendered.py::test_any_definition_and_any_files",
    "tests/dimension/test_rendered.py::test_no_value_of_a_boolean_is_none",
    "tests/dimension/test_rendered.py::test_some_cases_backwards[composite-01]",
    "tests/dimension/test_rendered.py::test_some_cases_backwards[dms-01]",
    "tests/feeds",
    "tests/dimension/test_snapshots.py",
    "tests/dimension/test_snapshots_held.py",
    "tests/dimension/test_snapshots_whole.py",
    "tests/generator/test_any_definition.py",
    "tests/generator/test_conflicts.py",
    "tests/generator/test_feed.py",
    "tests/generator/test_slots.py",
    "tests/generator/test_kinds.py",
    "tests/generator/test_truth.py",
    "tests/generator/test_warehouse.py",
    "tests/properties",
    "tests/sql/test_backlog.py",
    "tests/sql/test_derive_again.py",
    "tests/sql/test_last_version.py",
    "tests/sql/test_parameters_of_sessions.py",
    "tests/sql/test_purge.py",
    "tests/sql/test_renewal.py",
    "tests/sql/test_statement_counts.py",
    # They read every statement with several grammars.
    "tests/lambdas/test_watch_grammars.py",
    "tests/sql/test_grammars.py",
    # Single ones that take about a second or more.
    "tests/benchmarks/test_benchmarks.py::test_a_quick_run_measures_every_batch_prints_a_table_and_ends_at_the_truth",
    "tests/benchmarks/test_benchmarks.py::test_wide_rows_end_at_the_truth_too",
    "tests/cli/test_generate_and_migrate.py::test_migrate_and_what_is_left_to_do",
    "tests/cli/test_ingest.py::test_a_header_that_names_other_columns_is_warned_of",
    "tests/cli/test_ingest.py::test_the_worked_example_at_once",
    "tests/cli/test_ingest.py::test_the_worked_example_file_by_file",
    "tests/cli/test_usage.py::test_a_home_that_another_process_has_open",
    "tests/cli/test_verify.py::test_a_feed_whose_first_batch_is_missing",
    "tests/cli/test_verify.py::test_all_is_right",
    "tests/cli/test_verify.py::test_customers_that_other_files_touched_are_left_out",
    "tests/cli/test_verify.py::test_damage_is_found",
    "tests/cli/test_verify.py::test_files_generated_elsewhere_with_other_settings_are_not_taken_for_the_feeds_own",
    "tests/cli/test_verify.py::test_late_rows_still_under_way_are_left_out",
    "tests/cli/test_verify.py::test_the_truth_of_generated_files",
    "tests/dimension/test_rendered_text.py::test_every_statement_is_read_by_another_grammar",
    "tests/generator/test_keys.py::test_every_number_has_a_key_of_its_own",
    "tests/generator/test_population.py::test_a_customer_does_not_depend_on_the_company",
    "tests/generator/test_population.py::test_pools_are_made_alike_every_time",
    "tests/generator/test_sink.py::test_an_object_lies_under_the_prefix",
    "tests/lambdas/migrate/test_deploy.py::test_a_deploy_is_counted_by_stage_alone",
    "tests/lambdas/migrate/test_deploy.py::test_a_failed_deploy_is_taken_up_where_it_stopped",
    "tests/lambdas/migrate/test_deploy.py::test_a_second_run_applies_nothing_and_tells_the_same_start",
    "tests/lambdas/migrate/test_deploy.py::test_the_first_deploy_applies_everything_and_loads_what_is_there",
    "tests/lambdas/migrate/test_deploy.py::test_two_deploys_at_once_apply_each_file_once",
    "tests/lambdas/test_drain.py::test_create_and_update_stop_nothing_and_answer_the_cluster_as_the_id",
    "tests/lambdas/test_drain.py::test_delete_stops_the_tasks_of_its_cluster_and_of_no_other",
    "tests/migrations/test_failures.py::test_what_the_runner_sends_is_snowflakes_sql_to_a_second_grammar",
    "tests/snowglobe/loading/test_csv.py::test_a_large_field_loads",
    "tests/snowglobe/loading/test_csv.py::test_row_numbers_follow_the_file_across_buffers_and_threads",
    "tests/snowglobe/test_cursor.py::test_fetching_in_parts",
    "tests/snowglobe/test_cursor.py::test_two_cursors_take_turns",
    "tests/sql/test_worked_example.py::test_what_was_true_and_what_was_believed",
)

# What is fast all the same, in folders that are left out.
FAST = (
    "tests/benchmarks/test_benchmarks.py",
    "tests/cli/test_generate_and_migrate.py",
    "tests/cli/test_ingest.py",
    "tests/cli/test_usage.py",
    "tests/cli/test_value.py",
    "tests/cli/test_verify.py",
    "tests/e2e/test_bad_input_rows.py",
    "tests/feeds/test_readers.py",
    "tests/infra/test_settings.py",
    "tests/lambdas/migrate/test_deploy.py",
    "tests/snowglobe/loading/test_csv.py",
    "tests/snowglobe/scripting/test_run.py",
    "tests/snowglobe/test_cloud.py",
    "tests/snowglobe/test_cursor.py",
    "tests/snowglobe/test_functions.py",
    "tests/snowglobe/test_integrations.py",
    "tests/snowglobe/test_pipes_view.py",
    "tests/snowglobe/test_tables.py",
)


def is_slow(name: str) -> bool:
    """Whether a folder, a module or a test, given from the root of the project, is left out or in what is left out."""
    if any(fast.startswith(f"{name}/") for fast in FAST):
        return False
    kept = any(name == fast or name.startswith(f"{fast}::") for fast in FAST)
    return any(
        name == slow or name.startswith((f"{slow}::", f"{slow}[")) or (name.startswith(f"{slow}/") and not kept)
        for slow in SLOW
    )
