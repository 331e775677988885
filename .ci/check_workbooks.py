"""Reads the demo's workbooks as others would: the Open XML SDK's validator must have no complaint, openpyxl, calamine and
SheetJS must find the same in every cell, and what openpyxl and calamine read must be what `callsheet query` says.

usage: check_workbooks.py CALLSHEET DEMO_FOLDER VALIDATOR
"""

import csv
import datetime
import glob
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

warnings.filterwarnings("ignore", message=".*extension is not supported")  # data bars; only writing would lose them
callsheet, demo, validator = sys.argv[1:]
compared = {"openpyxl": 0, "calamine": 0}


def query(name, period, *flags):
    command = [callsheet, "--config", f"{demo}/callsheet.yaml", "query", name, "--period", period, "--format", "csv", *flags]
    return list(csv.DictReader(io.StringIO(subprocess.run(command, check=True, capture_output=True, text=True).stdout)))


labels = {row["label"]: row["name"] for name in ("columns", "metrics") for row in query(name, "today")}


def validate(path):
    done = subprocess.run([validator, path], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["ok"] and not report["errors"], f"{path}: {done.stdout}{done.stderr}"


def plain(value, name, like):
    """A cell as the query's text: durations are seconds there, and what is unknown is empty."""
    if value in (None, "") or isinstance(value, str) and value.startswith("(no "):
        return ""
    if isinstance(value, datetime.timedelta):
        value = value.total_seconds() / 86400
    if isinstance(value, datetime.time):
        value = (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86400
    if isinstance(value, datetime.datetime) and name.endswith("_seconds"):
        value = (value - datetime.datetime(1899, 12, 30)).total_seconds() / 86400
    if isinstance(value, (int, float)) and name.endswith("_seconds"):
        value = value * 86400
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d")
    return value


def same(got, want):
    if isinstance(got, str):
        return got == want
    # The readers keep times to the millisecond.
    return want != "" and abs(got - float(want)) <= 1e-3


def compare(reader, path, sheet, header, rows, expected):
    assert len(rows) == len(expected), f"{path} {sheet} by {reader}: {len(rows)} rows, the query has {len(expected)}"
    for i, (row, want) in enumerate(zip(rows, expected)):
        for label, value in zip(header, row):
            name = labels.get(label)
            if name not in want:  # a line's column, and those of the days that it draws
                continue
            got = plain(value, name, want[name])
            assert same(got, want[name]), f"{path} {sheet} row {i + 1} {label} by {reader}: {got!r}, the query has {want[name]!r}"
            compared[reader] += 1


def by_sheetjs(path):
    """The cells of a workbook by sheet and address. SheetJS is installed beside the validator."""
    script = """
        const book = require(process.argv[1]).readFile(process.argv[2]), cells = {};
        for (const name of book.SheetNames)
            for (const [address, cell] of Object.entries(book.Sheets[name]))
                if (address[0] !== "!" && cell.v !== undefined) cells[name + "!" + address] = cell.v;
        console.log(JSON.stringify(cells));"""
    modules = os.path.dirname(os.path.dirname(os.path.abspath(validator)))
    return json.loads(subprocess.run(["node", "-e", script, f"{modules}/@e965/xlsx", path], check=True, capture_output=True).stdout)


def stored(value):
    """A cell's value as the file stores it: times are days since 1900."""
    if isinstance(value, datetime.time):
        value = datetime.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, datetime.datetime):
        value -= datetime.datetime(1899, 12, 30)
    return value / datetime.timedelta(days=1) if isinstance(value, datetime.timedelta) else value


def compare_readers(path, book, second):
    cells = {"openpyxl": {}, "calamine": {}, "SheetJS": by_sheetjs(path)}
    for name in book.sheetnames:
        for row in book[name].iter_rows():
            cells["openpyxl"] |= {f"{name}!{cell.coordinate}": stored(cell.value) for cell in row}
        for i, row in enumerate(second.get_sheet_by_name(name).to_python(skip_empty_area=False), 1):
            cells["calamine"] |= {f"{name}!{get_column_letter(j)}{i}": stored(value) for j, value in enumerate(row, 1)}
    first, *others = ({at: value for at, value in found.items() if value not in (None, "")} for found in cells.values())
    for reader, other in zip(list(cells)[1:], others):
        for at in sorted(first.keys() | other.keys()):
            one, two = first.get(at), other.get(at)
            # The readers keep times to the millisecond.
            equal = one == two or isinstance(one, (int, float)) and isinstance(two, (int, float)) and abs(one - two) < 2e-8
            assert equal, f"{path} {at}: {one!r} by openpyxl, {two!r} by {reader}"
    return len(first)


usual = {"Groups": "groups", "Agents": "agents", "Group × Agent": "group_agents", "Coins": "coins", "Numbers": "numbers"}
sheets = {
    "daily": usual,
    "weekly": usual,
    "monthly": usual,
    "agents": {"Agents": "agents", "Group × Agent": "group_agents"},
    "coins": {"Groups": "groups", "Agents": "coins", "Numbers": "numbers"},
    "missed": {"Groups": "groups", "Reasons": "missed_reasons"},
}


def check(path):
    report, period = os.path.basename(path).removesuffix(".xlsx").split("-", 1)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == book.active.title == "Summary", f"{path}: {book.sheetnames}"
    second = CalamineWorkbook.from_path(path)
    filled = compare_readers(path, book, second)
    for name in book.sheetnames:
        for row in book[name].iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{path} {name} {cell.coordinate}: a formula"
                assert cell.data_type != "e", f"{path} {name} {cell.coordinate}: an error"
    for sheet, query_name in sheets[report].items():
        (table,) = book[sheet].tables.values()
        cells = [[cell.value for cell in row] for row in book[sheet][table.ref]]
        expected = query(query_name, period)
        compare("openpyxl", path, sheet, cells[0], cells[1:], expected)
        values = second.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        top = next(i for i, row in enumerate(values) if list(row[: len(cells[0])]) == cells[0])
        rows = [row[: len(cells[0])] for row in values[top + 1 : top + len(cells)]]
        compare("calamine", path, sheet, cells[0], rows, expected)
    calls = int(query("summary", period)[0]["calls"])
    print(f"{report} {period}: {len(book.sheetnames)} sheets, {calls} calls, {filled} cells")
    if "Calls" not in book.sheetnames:
        return
    (table,) = book["Calls"].tables.values()
    detail = [[cell.value for cell in row] for row in book["Calls"][table.ref]]
    assert len(detail) - 1 == calls, f"{path}: {len(detail) - 1} calls in the sheet, {calls} in the query"
    identifiers = {"Customer", "Virtual number", "Agent number", "Call SID"}
    assert "Call SID" in detail[0], f"{path}: calls without their SID"
    for column, label in enumerate(detail[0]):
        if label not in identifiers:
            continue
        assert all(row[column] is None or isinstance(row[column], str) for row in detail[1:]), f"{path}: {label} is not text"


def check_query(name, folder):
    """The workbook of a query has the figures of its csv, under the same names."""
    path = f"{folder}/{name}.xlsx"
    with open(path, "wb") as file:
        command = [callsheet, "--config", f"{demo}/callsheet.yaml", "query", name, "--period", month, "--format", "xlsx"]
        subprocess.run(command, check=True, stdout=file)
    validate(path)
    header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    expected = query(name, month)
    assert len(rows) == len(expected) and list(header) == list(expected[0] if expected else header), path
    for row, want in zip(rows, expected):
        for name, value in zip(header, row):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                assert abs(value - float(want[name])) <= 1e-9, f"{path} {name}: {value!r}, the query has {want[name]!r}"


(monthly,) = glob.glob(f"{demo}/data/reports/monthly/*.xlsx")
month = os.path.basename(monthly).removesuffix(".xlsx").removeprefix("monthly-")  # of the last day with calls, and not this month
for report in ("agents", "coins", "missed"):
    subprocess.run([callsheet, "--config", f"{demo}/callsheet.yaml", "report", report, "--period", month], check=True)
paths = sorted(glob.glob(f"{demo}/data/reports/*/*.xlsx"))
assert len(paths) == 6, paths
for path in paths:
    validate(path)
    check(path)
with tempfile.TemporaryDirectory() as folder:
    for name in ("days", "changes", "calls"):
        check_query(name, folder)
assert min(compared.values()) > 1000, compared
print(f"{len(paths)} workbooks valid; {compared['openpyxl']} cells by openpyxl and {compared['calamine']} by calamine equal the queries")
