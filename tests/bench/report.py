"""What was measured, as tables (Markdown), as data (JSON) and as a plot (SVG)."""

import dataclasses
import json
import os
import statistics

from goals import EARLIER

NOTE = """Wall and CPU time are medians, the peak of memory is the highest; the ratios are regtool's time over the other's: below 1,
regtool is faster. *Earlier* rows are not from this run: Ollama's own client, measured once on a machine like this one."""


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if ours and theirs else ""


def goals_table(goals):
    lines = ["| work | goal | bound | measured | reached |", "| --- | --- | --- | --- | --- |"]
    for goal in goals:
        values = f"{goal.bound:.3f} {goal.unit} | {goal.value:.3f} {goal.unit}"
        lines.append(f"| {goal.work} | {goal.text} | {values} | {'yes' if goal.reached else '**no**'} |")
    return lines


def rows_of(meter, key):
    """(program, sample, rounds) of one work, the earlier figure last."""
    for program in meter.programs(key):
        yield program, meter.median(key, program), len(meter.samples[key, program])
    if meter.full and key in EARLIER:
        yield "*Ollama, earlier*", EARLIER[key], 0


def samples_table(meter, keys):
    lines = ["| work | program | wall s | min–max | CPU s | peak MiB | wall ratio | CPU ratio |", "| --- " * 8 + "|"]
    for key in keys:
        ours = meter.median(key, "regtool")
        for program, sample, rounds in rows_of(meter, key):
            walls = [one.seconds for one in meter.samples.get((key, program), [])]
            spread = f"{min(walls):.3f}–{max(walls):.3f}" if rounds else ""
            ratios = " | " if program == "regtool" else f"{ratio(ours.seconds, sample.seconds)} | {ratio(ours.cpu, sample.cpu)}"
            lines.append(f"| {meter.titles[key]} | {program} | {sample.seconds:.3f} | {spread} "
                         f"| {sample.cpu or '':{'.2f' if sample.cpu else ''}} | {f'{sample.mib:.0f}' if sample.mib else ''} | {ratios} |")
    return lines


def facts_table(meter, keys):
    """Of each work that has some: medians, and for what the servers took, how soon all cores could have done both."""
    lines = ["| work | what | value | with the client's, over all cores |", "| --- " * 4 + "|"]
    for (key, name), values in meter.facts.items():
        value = statistics.median(values)
        program = name.removeprefix("CPU of the servers for ")
        if key not in keys or value == 0:
            continue
        both = f"{(meter.median(key, program).cpu + value) / os.cpu_count():.3f}" if program != name else ""
        lines.append(f"| {meter.titles[key]} | {name} | {value:.3f} | {both} |")
    return lines


def markdown(meter, keys, goals, machine):
    parts = [["# Benchmarks", "", "<!-- Made by `./dev bench`. -->", "", machine, "", NOTE, "", "## Goals", ""],
             goals_table(goals), ["", "## Measurements", ""], samples_table(meter, keys),
             ["", "## Counted and computed", "", "In seconds; `bytes`: over the blob's size. A wall time cannot be below what the CPU time of both sides takes of all cores.", ""],
             facts_table(meter, keys), ["", "![The same as bars](benchmarks.svg)"]]
    return "\n".join(line for part in parts for line in part) + "\n"


def svg(meter, keys):
    """One bar a program and work, as long as its wall time over the longest of that work."""
    rows, y = [], 20
    for key in keys:
        rows.append(f'<text x="10" y="{y}" font-weight="bold">{meter.titles[key]}</text>')
        shown = [(program.strip("*"), sample.seconds) for program, sample, _ in rows_of(meter, key)]
        longest = max(seconds for _, seconds in shown)
        for program, seconds in shown:
            y += 18
            length = 330 * seconds / longest
            colour = "#2a6" if program == "regtool" else "#ccd" if "earlier" in program else "#99a"
            rows.append(f'<text x="20" y="{y}">{program}</text>')
            rows.append(f'<rect x="190" y="{y - 11}" width="{length:.0f}" height="13" fill="{colour}"/>')
            rows.append(f'<text x="{195 + length:.0f}" y="{y}">{seconds:.3f} s</text>')
        y += 30
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="660" height="{y}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *rows, "</svg>"]) + "\n"


def data(meter, keys, goals, machine):
    def of(key):
        return {program: [dataclasses.asdict(sample) for sample in meter.samples[key, program]] for program in meter.programs(key)}

    facts = [{"work": key, "name": name, "values": values} for (key, name), values in meter.facts.items() if key in keys]
    return {"machine": machine, "works": {key: {"title": meter.titles[key], "samples": of(key)} for key in keys}, "facts": facts,
            "earlier": {key: dataclasses.asdict(sample) for key, sample in EARLIER.items() if meter.full},
            "goals": [{**dataclasses.asdict(goal), "reached": goal.reached} for goal in goals]}


def write(folder, meter, goals, machine):
    # Works that only prepare others, or count for them, have titles in parentheses.
    keys = [key for key, title in meter.titles.items() if not title.startswith("(") and meter.median(key, "regtool")]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(markdown(meter, keys, goals, machine))
    (folder / "benchmarks.json").write_text(json.dumps(data(meter, keys, goals, machine), indent=2) + "\n")
    (folder / "benchmarks.svg").write_text(svg(meter, keys))
