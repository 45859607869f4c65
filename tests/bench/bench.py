"""Measures regtool against its peers on the same work, in turn, on loopback and in memory.

Usage: bench.py REGTOOL OUTPUT_FOLDER [--rounds N] [--small]

Peers: curl, aria2c (they verify nothing), openssl dgst (the limit of verification), skopeo; and whatever the environment
variable OLLAMA_REF names, which is run as `OLLAMA_REF pull|push NAME --insecure`. Peers that are not installed are left out.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import models
import report
import servers


class Bench:
    def __init__(self, regtool, folder, rounds, small):
        self.regtool, self.folder, self.rounds = regtool, folder, rounds
        self.runs = []
        self.weights_size = 100_000_000 if small else 1_678_447_520
        self.tensor_count = 200 if small else 2000
        self.reference = os.environ.get("OLLAMA_REF", "").split()

    def run(self, work, program, command, prepare=None, environment=None):
        """Runs a command if its program is there; `prepare` goes before it, unmeasured."""
        if not shutil.which(command[0]):
            return
        if prepare:
            prepare()
        # GNU time is small: what it starts does not inherit this interpreter's peak of memory.
        usage = self.folder / "usage"
        timed = ["/usr/bin/time", "-q", "-o", str(usage), "-f", "%U %S %M", *command]
        began = time.monotonic()
        done = subprocess.run(timed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
                              env={**os.environ, "HOME": str(self.folder), **(environment or {})})
        seconds = time.monotonic() - began
        if done.returncode != 0:
            print(f"{work}: {program} failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return
        user, system, kib = usage.read_text().split()
        cpu, mib = float(user) + float(system), int(kib) / 1024
        print(f"{work:44} {program:12} {seconds:8.3f} s, {cpu:6.2f} s of CPU, {mib:5.1f} MiB", flush=True)
        self.runs.append((work, program, seconds, cpu, mib))

    def clients(self, work, verb, name, store, prepare):
        """regtool, and the reference client if there is one."""
        environment = {"OLLAMA_MODELS": str(store)}
        self.run(work, "regtool", [self.regtool, "-q", verb, "--insecure", name], prepare, environment)
        if self.reference:
            self.run(work, "reference", [*self.reference, verb, name, "--insecure"], prepare, environment)

    def fresh(self, path):
        def clear():
            shutil.rmtree(path, ignore_errors=True)
        return clear

    def pull_weights(self, work, registry):
        target = self.folder / "target"
        name = f"{registry}/bench/weights"
        self.clients(work, "pull", name, target, self.fresh(target))
        url = f"http://{registry}/v2/bench/weights/blobs/{self.weights['digest']}"
        output = self.folder / "output"
        fresh = self.fresh_file(output)
        self.run(work, "curl", ["curl", "-sSfL", "-o", str(output), url], fresh)
        self.run(work, "aria2", ["aria2c", "-q", "-x16", "-s16", "-d", str(self.folder), "-o", "output", url], fresh)
        if output.exists():
            self.run(work, "openssl dgst", ["openssl", "dgst", "-sha256", str(output)])
        copy = self.folder / "copy"
        self.skopeo(work, [f"docker://{name}:latest", f"dir:{copy}"], self.fresh(copy))
        fresh()
        shutil.rmtree(copy, ignore_errors=True)

    def fresh_file(self, path):
        return lambda: path.unlink(missing_ok=True)

    def skopeo(self, work, words, prepare):
        policy = self.folder / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        self.run(work, "skopeo", ["skopeo", "--policy", str(policy), "copy", "--src-tls-verify=false", *words], prepare)

    def pull_tensors(self, work, registry):
        target, name = self.folder / "target", f"{registry}/bench/tensors"
        self.clients(work, "pull", name, target, self.fresh(target))
        self.clients("pull again, nothing to do", "pull", name, target, None)
        copy = self.folder / "copy"
        self.skopeo(work, [f"docker://{name}:latest", f"dir:{copy}"], self.fresh(copy))
        shutil.rmtree(copy, ignore_errors=True)

    def push(self, work, model):
        """Into a registry that has nothing, a new one each time."""
        for program in ["regtool", "reference"] if self.reference else ["regtool"]:
            data = self.folder / "pushed"
            shutil.rmtree(data, ignore_errors=True)
            with servers.registry(self.folder, data) as registry:
                source = models.Store(self.folder / "source")
                manifests = source.root / "manifests"
                copied = manifests / registry / "bench" / model
                copied.mkdir(parents=True)
                shutil.copy(next(manifests.glob(f"*/bench/{model}/latest")), copied / "latest")
                command = [self.regtool, "-q", "push", "--insecure"] if program == "regtool" else [*self.reference, "push"]
                name = f"{registry}/bench/{model}"
                extra = [] if program == "regtool" else ["--insecure"]
                self.run(work, program, [*command, name, *extra], environment={"OLLAMA_MODELS": str(source.root)})
                shutil.rmtree(manifests / registry)
            shutil.rmtree(data, ignore_errors=True)

    def start_up(self):
        self.run("regtool version", "regtool", [self.regtool, "version"])
        root = self.folder / "thousand"
        if not root.exists():
            store = models.Store(root)
            layers = store.weights(1000)
            for i in range(1000):
                store.model("127.0.0.1:1", f"model{i}", layers)
        self.run("list of 1,000 models", "regtool", [self.regtool, "list"], environment={"OLLAMA_MODELS": str(root)})

    def pull_capped(self, work, model):
        """From a CDN that gives each connection 4 MB/s, but about every sixteenth only 200 kB/s."""
        rates = 'split_clients "$connection" $rate { 6% 200k; * 4m; }'
        with servers.cdn(self.folder, self.data, "limit_rate $rate;", rates) as cdn:
            with servers.registry(self.folder, self.data, cdn) as registry:
                target, name = self.folder / "target", f"{registry}/bench/{model}"
                self.clients(work, "pull", name, target, self.fresh(target))
                url = f"http://{registry}/v2/bench/{model}/blobs/{self.middle['digest']}"
                output = self.fresh_file(self.folder / "output")
                self.run(work, "aria2", ["aria2c", "-q", "-x16", "-s16", "-d", str(self.folder), "-o", "output", url], output)
                output()

    def main(self):
        source = models.Store(self.folder / "source")
        self.data = self.folder / "data"
        with contextlib.ExitStack() as stack:
            plain = stack.enter_context(servers.registry(self.folder, self.data))
            cdn = stack.enter_context(servers.cdn(self.folder, self.data))
            redirecting = stack.enter_context(servers.registry(self.folder, self.data, cdn))
            layers = source.weights(self.weights_size)
            self.weights = layers[0]
            source.model(plain, "weights", layers)
            middle = source.weights(self.weights_size // 4)
            self.middle = middle[0]
            source.model(plain, "middle", middle)
            source.model(plain, "tensors", source.tensors(self.tensor_count, 65536))
            for model in ("weights", "middle", "tensors"):
                subprocess.run([self.regtool, "-q", "push", "--insecure", f"{plain}/bench/{model}"], check=True,
                               env={**os.environ, "OLLAMA_MODELS": str(source.root)}, stdout=subprocess.DEVNULL)
            size = f"{self.weights_size / 1e9:.2f} GB"
            for _ in range(self.rounds):
                self.pull_weights(f"pull one blob of {size}, redirecting registry", redirecting)
                self.pull_weights(f"pull one blob of {size}", plain)
                self.pull_tensors(f"pull {self.tensor_count} tensors of 64 KiB", redirecting)
                self.push(f"push {self.tensor_count} tensors of 64 KiB", "tensors")
                self.push(f"push one blob of {size}", "weights")
                self.start_up()
            self.pull_capped(f"pull {self.weights_size / 4e9:.2f} GB, connections capped at 4 MB/s", "middle")


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return (f"{os.cpu_count()} cores ({model}), Linux {platform.release()}; docker-registry, nginx, data and stores on "
            "loopback and in memory, all in one run.")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("regtool", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--small", action="store_true")
    given = arguments.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="regtool-bench-", dir=memory) as folder:
        os.chmod(folder, 0o755)  # nginx's workers are nobody
        bench = Bench(str(given.regtool.resolve()), pathlib.Path(folder), given.rounds, given.small)
        bench.main()
    report.write(given.output, bench.runs, machine())


if __name__ == "__main__":
    main()
