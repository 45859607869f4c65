"""Shows how many lines of core were run: by folder, and the files that are below the goal.

Usage: coverage.py GCOVR_JSON_SUMMARY PERCENT
Fails when fewer than PERCENT of all lines were run.
"""

import collections
import json
import sys


def percent(covered, total):
    return 100.0 * covered / total if total else 100.0


def row(name, covered, total):
    print(f"{name:<48} {covered:>6} {total:>6} {percent(covered, total):>6.1f} %")


def main(summary, goal):
    with open(summary, encoding="utf-8") as file:
        files = [(entry["filename"], entry["line_covered"], entry["line_total"]) for entry in json.load(file)["files"]]
    folders = collections.defaultdict(lambda: [0, 0])
    for name, covered, total in files:
        for folder in (name.rsplit("/", 1)[0], "all"):
            folders[folder][0] += covered
            folders[folder][1] += total
    print(f"{'':<48} {'run':>6} {'lines':>6}")
    for name, covered, total in sorted(files):
        if percent(covered, total) < goal:
            row(name, covered, total)
    overall = folders.pop("all", [0, 0])
    for folder, (covered, total) in sorted(folders.items()):
        row(folder + "/", covered, total)
    row("all", *overall)
    return 0 if percent(*overall) >= goal else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
