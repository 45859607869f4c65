"""Measures regtool against its peers on the same work, in turn, on loopback and in memory.

Usage: bench.py REGTOOL OUTPUT_FOLDER [--rounds N] [--small]

Peers: curl, aria2c (they verify nothing), openssl dgst (the limit of verification), skopeo; and whatever the environment
variable OLLAMA_REF names, which is run as `OLLAMA_REF pull|push NAME --insecure`. Peers that are not installed are left out.
Stores in a bucket are measured where Ceph is installed and the lab's program is built, which starts it.
--small is for trying the script out. The exit status is 1 if regtool failed at something, not if it missed a goal.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import resource
import sys
import tempfile

import report
import servers
from clients import Clients
from goals import Judge
from links import Links
from meter import Meter
from stores import Stores
from works import Works

SLOW_ROUNDS = 3  # at most, of works that last by their nature


def measure(meter, regtool, rounds):
    small = not meter.full
    clients = Clients(meter, regtool)
    works = Works(meter, clients, small)
    links = Links(meter, clients, works, small)
    stores = Stores(meter, clients, works, pathlib.Path(regtool).parents[2] / "tests/support/lab/lab")
    with contextlib.ExitStack() as stack:
        plain = stack.enter_context(servers.registry(meter.folder, works.data))
        cdn = stack.enter_context(servers.cdn(meter.folder, works.data))
        redirecting = stack.enter_context(servers.registry(meter.folder, works.data, cdn))
        works.make_models(plain)
        for i in range(rounds):
            works.pull_weights("pull redirected", redirecting, "redirecting registry")
            works.pull_weights("pull plain", plain, "no redirect")
            works.pull_tensors(redirecting)
            works.push("tensors")
            works.push("weights")
            works.start_up()
            if i < SLOW_ROUNDS:
                works.bytes_moved()
                links.capped()
                links.far()
                stores.measure(plain)
        links.memory()


def machine(load):
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return (f"{os.cpu_count()} cores ({model}), Linux {platform.release()}; docker-registry, nginx, data and stores on "
            f"loopback and in memory, all in one run. The machine's load when it began: {load:.1f}.")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("regtool", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--small", action="store_true")
    given = arguments.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    load = os.getloadavg()[0]
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="regtool-bench-", dir=memory) as folder:
        os.chmod(folder, 0o755)  # nginx's workers are nobody
        meter = Meter(pathlib.Path(folder), full=not given.small)
        measure(meter, str(given.regtool.resolve()), given.rounds)
    goals = Judge(meter).verdicts()
    for goal in goals:
        print(f"{'reached' if goal.reached else 'MISSED ':8} {goal.value:8.3f} ≤ {goal.bound:8.3f} {goal.unit:2} {goal.work}: {goal.text}")
    report.write(given.output, meter, goals, machine(load) + ("" if meter.full else " Small works, which no goal is meant for."))
    return 1 if meter.failed else 0


if __name__ == "__main__":
    sys.exit(main())
