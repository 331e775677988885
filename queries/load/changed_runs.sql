-- Whether report_runs differs from the ledger.
select exists ((from ledger_runs except from report_runs) union all (from report_runs except from ledger_runs));
