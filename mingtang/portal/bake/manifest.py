"""The manifest: a tree of signed lists, one for each folder, and a signed root over the lists.

A list is what ``sha256sum --check`` reads, one ``digest  path`` a line in the order of paths, closed by an Ed25519
signature over everything above it. The root lists the lists. Anybody with the public key can check any page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FOLDER = "manifest"
ROOT = f"{FOLDER}/root.sha256"
_SIGNED = "# ed25519 "


class BadSignature(ValueError):
    """A list whose signature does not fit its contents: its path and what to do."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def shard_of(path: str) -> str:
    """The folder that lists a file: ``doc/12`` for ``doc/12/12345.html``, ``.`` at the top."""
    return path.rpartition("/")[0] or "."


def list_path(shard: str) -> str:
    """Where a folder's list lies."""
    return f"{FOLDER}/{'top' if shard == '.' else shard}.sha256"


def shard_at(path: str) -> str:
    """The folder whose list lies at a path; the inverse of ``list_path``."""
    name = path.removeprefix(f"{FOLDER}/").removesuffix(".sha256")
    return "." if name == "top" else name


class Signer:
    """The key of the site. ``seed``: 64 hexadecimal digits, kept outside the database."""

    def __init__(self, seed: str):
        self._private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def write(self, entries: Mapping[str, str]) -> bytes:
        """A signed list of path → digest. Equal entries give equal bytes."""
        body = "".join(f"{entries[path]}  {path}\n" for path in sorted(entries)).encode()
        return body + f"{_SIGNED}{self.public} {self._private.sign(body).hex()}\n".encode()

    def read(self, content: bytes, path: str = "") -> dict[str, str]:
        """The entries of a list signed with this site's key. Raises BadSignature."""
        return read(content, self.public, path)


def read(content: bytes, public: str, path: str = "") -> dict[str, str]:
    """The entries of a list, its signature checked against a public key (hex). Raises BadSignature."""
    body, found, last = content.rpartition(_SIGNED.encode())
    try:
        key, signature = last.decode().split()
        if not found or key != public:
            raise ValueError("signed with another key")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), body)
        lines = body.decode().splitlines()
        return {line[66:]: line[:64] for line in lines}
    except (ValueError, InvalidSignature) as error:
        raise BadSignature(f"清单{path}的签名不对：内容在签名之后被改过") from error
