"""What is to be reached, and whether it was."""

import dataclasses

from meter import Sample

# Ollama's own client, measured earlier on a machine like the one that these goals were set for. Not from this run.
EARLIER = {
    "pull redirected": Sample(3.6, 5.0, 0),
    "pull tensors": Sample(2.4, 1.2, 0),
    "push tensors": Sample(9.4, 0, 0),
    "push weights": Sample(6.3, 0, 0),
    "again": Sample(0.046, 0, 0),
}


@dataclasses.dataclass(frozen=True)
class Goal:
    work: str
    text: str
    value: float  # as measured
    bound: float  # that it is not to exceed
    unit: str

    @property
    def reached(self):
        return self.value <= self.bound


class Judge:
    def __init__(self, meter):
        self.meter, self.goals = meter, []

    def add(self, key, text, value, bound, unit="s"):
        self.goals.append(Goal(self.meter.titles[key], text, value, bound, unit))

    def against(self, key, program, ratio):
        ours, theirs = self.meter.median(key, "regtool"), self.meter.median(key, program)
        if ours and theirs:
            self.add(key, f"wall ≤ {ratio:g} × {program}'s", ours.seconds, ratio * theirs.seconds)

    def against_reference(self, key, wall, cpu=None):
        """The reference of this run if there was one, else the earlier one."""
        ours, theirs, whose = self.meter.median(key, "regtool"), self.meter.median(key, "reference"), "the reference's"
        if not theirs and self.meter.full:
            theirs, whose = EARLIER.get(key), "Ollama's earlier"
        if not ours or not theirs:
            return
        self.add(key, f"wall ≤ {wall:g} × {whose} {theirs.seconds:.3g} s", ours.seconds, wall * theirs.seconds)
        if cpu and theirs.cpu:
            self.add(key, f"CPU ≤ {cpu:g} × {whose} {theirs.cpu:.3g} s", ours.cpu, cpu * theirs.cpu)

    def at_most(self, key, seconds):
        if ours := self.meter.median(key, "regtool"):
            self.add(key, f"wall ≤ {seconds * 1000:g} ms", ours.seconds, seconds)

    def near_limit(self, key, factor, text):
        ours, limit = self.meter.median(key, "regtool"), self.meter.highest(key, "limit")
        if ours and limit:
            self.add(key, f"wall ≤ {text}: {limit:.2f} s", ours.seconds, factor * limit)

    def memory(self):
        small, large = (self.meter.median(f"memory {size}", "regtool") for size in ("1 GB", "16 GB"))
        if not small or not large:
            return
        in_mb = 1.048576
        self.add("memory 1 GB", "peak ≤ 48 MB", small.mib * in_mb, 48, "MB")
        self.add("memory 16 GB", "peak ≤ 48 MB", large.mib * in_mb, 48, "MB")
        self.add("memory 16 GB", "peak ≤ 1.25 × that at 1/16 of the size", large.mib * in_mb, 1.25 * small.mib * in_mb, "MB")

    def verdicts(self):
        self.against("pull redirected", "curl", 1)
        self.against_reference("pull redirected", 0.65, 0.8)
        self.against("pull plain", "curl", 1)
        if moved := self.meter.highest("pull plain", "bytes"):
            self.add("pull plain", "bytes sent by the registry ≤ 1.01 × the blob", moved, 1.01, "×")
        self.against_reference("pull tensors", 0.3)
        self.against_reference("push tensors", 0.4)
        self.against_reference("push weights", 0.9)
        self.against_reference("again", 0.5)
        self.at_most("version", 0.015)
        self.at_most("list", 0.040)
        self.memory()
        self.near_limit("capped", 1 / 0.95, "limit / 0.95; the limit is bytes / the sum of the caps")
        self.near_limit("far", 1.3, "1.3 × limit; the limit is requests × round trip / 16 connections")
        return self.goals
