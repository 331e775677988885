# A typical script with pandas: reads each file into a frame with the payload's fields as columns, and inserts each frame into DuckDB.
# With a number as the third argument, it inserts that many rows of the first file, one by one.
import glob
import sys

import duckdb
import pandas

database, folder = sys.argv[1:3]
connection = duckdb.connect(database)
for i, path in enumerate(sorted(glob.glob(folder + "/*.ndjson"))):
    one_by_one = int(sys.argv[3]) if len(sys.argv) > 3 else None
    frame = pandas.read_json(path, lines=True, dtype=False, nrows=one_by_one)
    frame = frame.drop(columns="payload").join(pandas.json_normalize(frame["payload"]))
    if one_by_one:
        connection.execute("create table deliveries as select * from frame limit 0")
        marks = ",".join("?" * frame.shape[1])
        connection.executemany(f"insert into deliveries values ({marks})", frame.astype(str).values.tolist())
        break
    verb = "create table deliveries as" if i == 0 else "insert into deliveries"
    connection.execute(f"{verb} select * from frame")
connection.close()
