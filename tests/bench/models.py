"""Models to move: a store in Ollama's layout, filled with bytes that do not compress."""

import hashlib
import json
import os
import shutil

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
WEIGHTS = "application/vnd.ollama.image.model"
TENSOR = "application/vnd.ollama.image.tensor"


def manifest_of(config, layers):
    """Of OCI's type, which every client reads."""
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": CONFIG, **config}, "layers": layers}


class Store:
    def __init__(self, root):
        self.root = root
        (root / "blobs").mkdir(parents=True, exist_ok=True)

    def path_of(self, descriptor):
        return self.root / "blobs" / descriptor["digest"].replace(":", "-")

    def blob(self, size):
        """Writes a blob of so many random bytes; returns its descriptor."""
        sha256 = hashlib.sha256()
        partial = self.root / "partial"
        with open(partial, "wb") as file:
            while size > file.tell():
                piece = os.urandom(min(1 << 22, size - file.tell()))
                sha256.update(piece)
                file.write(piece)
        descriptor = {"digest": f"sha256:{sha256.hexdigest()}", "size": size}
        partial.rename(self.path_of(descriptor))
        return descriptor

    def weights(self, size):
        return [{"mediaType": WEIGHTS, **self.blob(size)}]

    def tensors(self, count, size):
        return [{"mediaType": TENSOR, "name": f"blk.{i}.weight", **self.blob(size)} for i in range(count)]

    def model(self, registry, name, layers):
        """Links a manifest."""
        path = self.path_of_name(registry, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(manifest_of(self.blob(483), layers)))

    def path_of_name(self, registry, name):
        return self.root / "manifests" / registry / "bench" / name / "latest"

    def rename(self, old_registry, new_registry, name):
        """Links a model under another registry too; returns the function that takes it back."""
        path = self.path_of_name(new_registry, name)
        path.parent.mkdir(parents=True)
        shutil.copy(self.path_of_name(old_registry, name), path)
        return lambda: shutil.rmtree(self.root / "manifests" / new_registry)

    def as_folder(self, registry, name, folder):
        """The same model as skopeo's `dir:` has it, by hard links."""
        folder.mkdir()
        manifest = json.loads(self.path_of_name(registry, name).read_text())
        (folder / "version").write_text("Directory Transport Version: 1.1\n")
        (folder / "manifest.json").write_text(json.dumps(manifest))
        for descriptor in [manifest["config"], *manifest["layers"]]:
            os.link(self.path_of(descriptor), folder / descriptor["digest"].partition(":")[2])


def zeros(files, name, size):
    """Files that nginx serves as a registry: a model whose one blob is all zeros, and a hole on the disk."""
    sha256, piece = hashlib.sha256(), bytes(1 << 20)
    for at in range(0, size, len(piece)):
        sha256.update(piece[: size - at])
    folder = files / "bench" / name
    for part in ("manifests", "blobs"):
        (folder / part).mkdir(parents=True)
    config = b"{}"
    layer = {"mediaType": WEIGHTS, "digest": f"sha256:{sha256.hexdigest()}", "size": size}
    digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
    (folder / "blobs" / digest).write_bytes(config)
    with open(folder / "blobs" / layer["digest"], "wb") as hole:
        hole.truncate(size)
    (folder / "manifests" / "latest").write_text(json.dumps(manifest_of({"digest": digest, "size": len(config)}, [layer])))
