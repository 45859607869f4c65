"""What is measured, but for what needs a special link (links.py)."""

import shutil

import models
import servers
from meter import Work


class Works:
    """`size` is that of the one large blob, `count` the number of tensors."""

    def __init__(self, meter, clients, small):
        self.meter, self.clients, self.folder = meter, clients, meter.folder
        self.size = 20_000_000 if small else 1_678_447_520
        self.count, self.tensor = (50 if small else 2000), 65536
        self.data = self.folder / "data"
        self.source = models.Store(self.folder / "source")
        self.thousand = models.Store(self.folder / "thousand")

    def make_models(self, registry):
        """In the source store, and from there into the registry."""
        self.origin = registry
        self.layers = {
            "weights": self.source.weights(self.size),
            "middle": self.source.weights(self.size // 4),
            "tensors": self.source.tensors(self.count, self.tensor),
        }
        for name, layers in self.layers.items():
            self.source.model(registry, name, layers)
            self.clients.push(Work("seed", f"(making {name})"), "regtool", f"{registry}/bench/{name}", self.source.root)
        layers = self.thousand.weights(1000)
        for i in range(1000):
            self.thousand.model("127.0.0.1:1", f"model{i}", layers)

    def title(self, verb, model):
        size = sum(layer["size"] for layer in self.layers[model])
        return f"{verb} {self.count:,} tensors of 64 KiB" if model == "tensors" else f"{verb} one blob of {size / 1e9:.2f} GB"

    def url(self, registry, model, layer=0):
        return f"http://{registry}/v2/bench/{model}/blobs/{self.layers[model][layer]['digest']}"

    def pull_weights(self, key, registry, how):
        work, name = Work(key, f"{self.title('pull', 'weights')}, {how}"), f"{registry}/bench/weights"
        self.clients.pull(work, name)
        self.clients.fetch(work, self.url(registry, "weights"))
        self.clients.skopeo(work, f"docker://{name}:latest", f"dir:{self.clients.copy}", self.clients.clear)

    def bytes_moved(self):
        """Of a pull from a registry that does not redirect, by that registry's own log; not timed."""
        work = Work("pull plain", f"{self.title('pull', 'weights')}, no redirect")
        log = self.folder / "registry.log"
        with servers.registry(self.folder, self.data, log=log) as registry:
            self.clients.pull(Work("count", "(counting bytes)"), f"{registry}/bench/weights")
        self.meter.note(work, "bytes", servers.bytes_sent(log, self.layers["weights"][0]["digest"]) / self.size)

    def pull_tensors(self, registry):
        work, name = Work("pull tensors", self.title("pull", "tensors")), f"{registry}/bench/tensors"
        self.clients.pull(work, name, again=Work("again", f"pull again, nothing to do, {self.count:,} tensors"))
        self.clients.fetch_many(work, [self.url(registry, "tensors", i) for i in range(self.count)])

    def push(self, model):
        """Each time into a new registry, which has nothing. The peers only push one blob: skopeo takes minutes for 2,000."""
        work = Work(f"push {model}", self.title("push", model))
        for program in [*self.clients.programs(), *(["curl", "skopeo"] if model == "weights" else [])]:
            pushed = self.folder / "pushed"
            with servers.registry(self.folder, pushed) as registry:
                self.push_by(program, work, model, registry)
            shutil.rmtree(pushed, ignore_errors=True)

    def push_by(self, program, work, model, registry):
        if program == "curl":
            layer = self.layers[model][0]
            self.clients.send(work, registry, f"bench/{model}", layer["digest"], self.source.path_of(layer))
        elif program == "skopeo":
            self.clients.clear()
            self.source.as_folder(self.origin, model, self.clients.copy)
            self.clients.skopeo(work, f"dir:{self.clients.copy}", f"docker://{registry}/bench/{model}:latest")
            self.clients.clear()
        else:
            take_back = self.source.rename(self.origin, registry, model)
            self.clients.push(work, program, f"{registry}/bench/{model}", self.source.root)
            take_back()

    def start_up(self):
        self.meter.run(Work("version", "regtool version"), "regtool", [self.clients.regtool, "version"], times=10)
        self.meter.run(Work("list", "list of 1,000 models"), "regtool", [self.clients.regtool, "list"],
                       environment={"OLLAMA_MODELS": str(self.thousand.root)}, times=10)
