"""Reads every sheet of a workbook with pandas and openpyxl, as text, and nothing else: the peer of `import` in benches/desk.rs."""

import sys

import pandas

sheets = pandas.read_excel(sys.argv[1], sheet_name=None, dtype=str, engine="openpyxl")
assert all(len(frame) for frame in sheets.values())
