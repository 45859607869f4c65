"""Medians and ratios of what was measured, as a table (Markdown), as data (JSON) and as a plot (SVG)."""

import json
import statistics


def summarize(runs):
    """[(work, program, seconds, cpu, memory)] -> {work: {program: medians}}"""
    works = {}
    for work, program, seconds, cpu, memory in runs:
        works.setdefault(work, {}).setdefault(program, []).append((seconds, cpu, memory))
    return {
        work: {
            program: {
                "seconds": round(statistics.median(run[0] for run in of), 3),
                "cpu_seconds": round(statistics.median(run[1] for run in of), 3),
                "peak_mib": round(max(run[2] for run in of), 1),
                "rounds": len(of),
            }
            for program, of in programs.items()
        }
        for work, programs in works.items()
    }


def markdown(summary, machine):
    lines = ["# Benchmarks", "", "<!-- Made by `./dev bench`. -->", "", machine, "",
             "Medians; the ratio is regtool's wall time over the other's: below 1, regtool is faster.", "",
             "| work | program | wall s | CPU s | peak MiB | ratio |", "| --- | --- | --- | --- | --- | --- |"]
    for work, programs in summary.items():
        ours = programs.get("regtool", {}).get("seconds")
        for program, run in programs.items():
            ratio = "" if program == "regtool" or not ours else f"{ours / run['seconds']:.2f}"
            lines.append(f"| {work} | {program} | {run['seconds']:.3f} | {run['cpu_seconds']:.3f} | {run['peak_mib']:.0f} | {ratio} |")
    return "\n".join(lines) + "\n"


def svg(summary):
    """One bar a program and work, as long as its wall time over the longest of that work."""
    rows, y = [], 20
    for work, programs in summary.items():
        rows.append(f'<text x="10" y="{y}" font-weight="bold">{work}</text>')
        longest = max(run["seconds"] for run in programs.values())
        for program, run in programs.items():
            y += 18
            length = 330 * run["seconds"] / longest
            colour = "#2a6" if program == "regtool" else "#99a"
            rows.append(f'<text x="20" y="{y}">{program}</text>')
            rows.append(f'<rect x="190" y="{y - 11}" width="{length:.0f}" height="13" fill="{colour}"/>')
            rows.append(f'<text x="{195 + length:.0f}" y="{y}">{run["seconds"]:.2f} s</text>')
        y += 30
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="620" height="{y}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *rows, "</svg>"]) + "\n"


def write(folder, runs, machine):
    summary = summarize(runs)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(markdown(summary, machine) + "\n![The same as bars](benchmarks.svg)\n")
    (folder / "benchmarks.json").write_text(json.dumps({"machine": machine, "works": summary}, indent=2) + "\n")
    (folder / "benchmarks.svg").write_text(svg(summary))
