"""Says how a `meson test` run went: what failed, and `N passed, N failed` over the test cases as the last line.

Usage: summary.py MESON_LOG_DIR EXIT_STATUS_OF_MESON_TEST
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def cases_of(junit):
    """Yields (name, outcome) of every test case; outcome is passed, failed or skipped."""
    for suite in ElementTree.parse(junit).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = f"{case.get('classname') or suite.get('name')}.{case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                yield name, "failed"
            elif case.find("skipped") is not None or case.get("status") in ("notrun", "skipped"):
                yield name, "skipped"
            else:
                yield name, "passed"


def broken_programs(log):
    """Names the test programs that failed as a whole, such as by a crash or a sanitizer's report."""
    for line in log.read_text().splitlines():
        run = json.loads(line)
        if run["result"] not in ("OK", "EXPECTEDFAIL", "SKIP"):
            yield run["name"], run["result"]


def main(logs, status):
    cases = list(cases_of(logs / "testlog.junit.xml"))
    named = {outcome: [name for name, of in cases if of == outcome] for outcome in ("passed", "failed", "skipped")}
    failed = list(named["failed"])
    programs = list(broken_programs(logs / "testlog.json"))
    if len(failed) < len(programs) or (status != 0 and not failed):
        failed += [f"{name} ({result})" for name, result in programs] or [f"meson test (exit status {status})"]
    for name in named["skipped"]:
        print(f"skipped: {name}")
    for name in failed:
        print(f"failed: {name}")
    print(f"{len(named['passed'])} passed, {len(failed)} failed")
    return 1 if failed or status != 0 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
