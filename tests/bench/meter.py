"""Runs commands and keeps what they took."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time


@dataclasses.dataclass(frozen=True)
class Work:
    key: str  # by which the goals know it
    title: str


@dataclasses.dataclass(frozen=True)
class Sample:
    seconds: float
    cpu: float
    mib: float  # peak of memory


def cpu_of_servers():
    """Seconds that the processes below this one have used, but for those that have ended."""
    parents, ticks = {}, {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            parents[path.parent.name], ticks[path.parent.name] = fields[1], int(fields[11]) + int(fields[12])
    ours = {str(os.getpid())}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[child] for child in ours - {str(os.getpid())}) / os.sysconf("SC_CLK_TCK")


class Meter:
    """`full`: the works have the size that the earlier figures and the goals are of."""

    def __init__(self, folder, full):
        self.folder, self.full = folder, full
        self.failed = False
        self.titles = {}  # of each work, by key
        self.samples = {}  # (key, program) -> [Sample]
        self.facts = {}  # (key, name) -> [number]: what was counted or computed

    def run(self, work, program, command, prepare=None, environment=None, times=1):
        """Runs a command if its program is there; `prepare` goes before it, unmeasured. True if it succeeded."""
        if not shutil.which(command[0]):
            return False
        for _ in range(times):
            if prepare:
                prepare()
            before = cpu_of_servers()
            sample = self.measure(work, program, command, environment)
            if not sample:
                return False
            self.titles[work.key] = work.title
            self.note(work, f"CPU of the servers for {program}", cpu_of_servers() - before)
            self.samples.setdefault((work.key, program), []).append(sample)
        median = self.median(work.key, program)
        print(f"{work.title:60} {program:12} {median.seconds:8.3f} s, {median.cpu:6.2f} s of CPU, {median.mib:6.1f} MiB", flush=True)
        return True

    def measure(self, work, program, command, environment):
        # GNU time is small: what it starts does not inherit this interpreter's peak of memory.
        usage = self.folder / "usage"
        timed = ["/usr/bin/time", "-q", "-o", str(usage), "-f", "%U %S %M", *command]
        began = time.monotonic()
        done = subprocess.run(timed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
                              env={**os.environ, "HOME": str(self.folder), **(environment or {})})
        seconds = time.monotonic() - began
        if done.returncode != 0:
            print(f"{work.title}: {program} failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            self.failed = self.failed or program == "regtool"
            return None
        user, system, kib = usage.read_text().split()
        return Sample(seconds, float(user) + float(system), int(kib) / 1024)

    def note(self, work, name, value):
        """Keeps a number that was counted or computed."""
        self.titles[work.key] = work.title
        self.facts.setdefault((work.key, name), []).append(value)

    def highest(self, key, name):
        """Of what was noted; None if nothing was."""
        return max(self.facts.get((key, name), []), default=None)

    def median(self, key, program):
        """Medians of wall and CPU time, and the highest peak; None if it was not measured."""
        of = self.samples.get((key, program))
        if not of:
            return None
        middle = lambda name: statistics.median(getattr(sample, name) for sample in of)  # noqa: E731
        return Sample(middle("seconds"), middle("cpu"), max(sample.mib for sample in of))

    def programs(self, key):
        return [program for work, program in self.samples if work == key]
