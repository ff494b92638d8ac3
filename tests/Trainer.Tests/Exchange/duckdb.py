"""What train.py needs of DuckDB's Python package, over the engine's own C library, for machines that have the library alone."""

import csv
import ctypes
import os
import tempfile

lib = ctypes.CDLL(os.environ["DUCKDB_LIBRARY"])
lib.duckdb_result_error.restype = ctypes.c_char_p
database, connection = ctypes.c_void_p(), ctypes.c_void_p()
assert lib.duckdb_open(None, ctypes.byref(database)) == 0 and lib.duckdb_connect(database, ctypes.byref(connection)) == 0


class Rows:
    def __init__(self, query):
        path = os.path.join(tempfile.mkdtemp(), "rows.csv")
        result = (ctypes.c_uint64 * 16)()
        failed = lib.duckdb_query(connection, f"copy ({query}) to '{path}' (format csv, header false)".encode(), ctypes.byref(result))
        if failed:
            raise RuntimeError(lib.duckdb_result_error(ctypes.byref(result)).decode())
        lib.duckdb_destroy_result(ctypes.byref(result))
        with open(path, newline="") as file:
            self.rows = [tuple(row) for row in csv.reader(file)]

    def fetchall(self):
        return self.rows


sql = Rows
