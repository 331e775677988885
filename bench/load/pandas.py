# What a script with pandas does: each file into a frame, the payload's fields as columns, each frame into DuckDB.
import glob
import sys

import duckdb
import pandas

database, folder = sys.argv[1:]
connection = duckdb.connect(database)
for i, path in enumerate(sorted(glob.glob(folder + "/*.ndjson"))):
    frame = pandas.read_json(path, lines=True, dtype=False)
    frame = frame.drop(columns="payload").join(pandas.json_normalize(frame["payload"]))
    verb = "create table deliveries as" if i == 0 else "insert into deliveries"
    connection.execute(f"{verb} select * from frame")
connection.close()
