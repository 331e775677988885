package queries

import (
	"slices"
	"strings"
)

// Table functions of DuckDB and functions with side effects, by whether users' SQL may call them. Every one that DuckDB has is in one of
// the lists (a test compares them), so that an update of DuckDB brings none that nobody has reviewed. The catalogs and pragmas only describe
// the database.
var (
	allowedFunctions = strings.Fields(`
		duckdb_approx_database_count duckdb_columns duckdb_connection_count duckdb_constraints duckdb_coordinate_systems duckdb_databases
		duckdb_dependencies duckdb_extensions duckdb_functions duckdb_indexes duckdb_keywords duckdb_log_contexts duckdb_logs
		duckdb_logs_parsed duckdb_memory duckdb_optimizers duckdb_prepared_statements duckdb_profiling_settings duckdb_schemas
		duckdb_secret_types duckdb_sequences duckdb_settings duckdb_table_sample duckdb_tables duckdb_temporary_files duckdb_types
		duckdb_variables duckdb_views
		pragma_collations pragma_database_size pragma_metadata_info pragma_platform pragma_show pragma_storage_info pragma_table_info
		pragma_user_agent pragma_version icu_calendar_names pg_timezone_names
		generate_series range unnest repeat repeat_row json_each json_tree query_table summary histogram histogram_values test_all_types
		test_vector_types
		ducklake_current_snapshot ducklake_last_committed_snapshot ducklake_options ducklake_scan ducklake_settings ducklake_snapshots
		ducklake_table_changes ducklake_table_deletions ducklake_table_info ducklake_table_insertions`)

	// They have side effects and return a value.
	allowedScalars = strings.Fields(`
		current_connection_id current_query current_query_id current_transaction_id error gen_random_uuid random setseed stats uuid uuidv4
		uuidv7`)

	// They read or write files, run SQL from a string, change settings or memory that is not theirs, or only wait.
	refusedFunctions = strings.Fields(`
		glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_scan parquet_schema
		read_blob read_csv read_csv_auto read_duckdb read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson
		read_ndjson_auto read_ndjson_objects read_parquet read_text sniff_csv duckdb_external_file_cache duckdb_secrets which_secret
		query json_execute_serialized_sql sql_auto_complete arrow_scan arrow_scan_dumb pandas_scan python_map_function seq_scan
		checkpoint force_checkpoint check_peg_parser enable_peg_parser disable_peg_parser enable_logging disable_logging
		truncate_duckdb_logs enable_profiling disable_profiling enable_profile disable_profile
		currval nextval getenv sleep_ms write_log
		ducklake_add_data_files ducklake_cleanup_old_files ducklake_commit ducklake_delete_orphaned_files ducklake_expire_snapshots
		ducklake_flush_inlined_data ducklake_list_files ducklake_merge_adjacent_files ducklake_rewrite_data_files ducklake_set_commit_message
		ducklake_set_option add_data_files cleanup_old_files commit delete_orphaned_files expire_snapshots flush_inlined_data list_files
		merge_adjacent_files rewrite_data_files set_commit_message set_option
		pg_clear_cache postgres_attach postgres_configure_pool postgres_execute postgres_query postgres_scan postgres_scan_pushdown
		read_postgres_binary`)
)

// IsRefusedFunction reports whether users' SQL may not call a function of DuckDB.
func IsRefusedFunction(name string) bool {
	return slices.Contains(refusedFunctions, strings.ToLower(name))
}

// IsKnownFunction reports whether a name is in one of the lists.
func IsKnownFunction(name string) bool {
	return isTableFunction(name) || slices.Contains(allowedScalars, name)
}

// isTableFunction reports whether a macro of a name would stand in for a table function of DuckDB.
func isTableFunction(name string) bool {
	return slices.Contains(allowedFunctions, name) || slices.Contains(refusedFunctions, name)
}
