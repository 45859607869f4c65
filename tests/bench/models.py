"""Models to move: a store in Ollama's layout, filled with bytes that do not compress."""

import hashlib
import json
import os


class Store:
    def __init__(self, root):
        self.root = root
        (root / "blobs").mkdir(parents=True, exist_ok=True)

    def blob(self, size):
        """Writes a blob of so many random bytes; returns its descriptor."""
        sha256 = hashlib.sha256()
        partial = self.root / "partial"
        with open(partial, "wb") as file:
            while size > file.tell():
                piece = os.urandom(min(1 << 22, size - file.tell()))
                sha256.update(piece)
                file.write(piece)
        partial.rename(self.root / "blobs" / f"sha256-{sha256.hexdigest()}")
        return {"digest": f"sha256:{sha256.hexdigest()}", "size": size}

    def model(self, registry, name, layers):
        """Links a manifest of OCI's type, which every client reads."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **self.blob(483)},
            "layers": layers,
        }
        path = self.root / "manifests" / registry / "bench" / name / "latest"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(manifest))

    def weights(self, size):
        return [{"mediaType": "application/vnd.ollama.image.model", **self.blob(size)}]

    def tensors(self, count, size):
        return [
            {"mediaType": "application/vnd.ollama.image.tensor", "name": f"blk.{i}.weight", **self.blob(size)}
            for i in range(count)
        ]
