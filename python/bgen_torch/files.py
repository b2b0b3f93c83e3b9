# SPDX-License-Identifier: MIT
"""Model files of bgen: safetensors, with a checksum, read and written by numpy alone (core/model/model_file.h)."""
import dataclasses
import json
import os
import pathlib
import re
import struct
import tempfile
import zlib

import numpy as np

TYPES = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}
PREFIX, MOST_HEADER = 8, 100_000_000
CHECKSUM = re.compile(rb'(?<!\\)"checksum"[ \t\n\r]*:[ \t\n\r]*"([^"]{8})"')
NEWEST, WITHOUT_CHECKSUM = "2", "1"


class ModelError(Exception):
    """One sentence that says what is wrong with a model, or with what is asked of it."""


@dataclasses.dataclass
class ModelFile:
    """What a file says: strings, and arrays of one axis by name, both in the order of the file."""
    notes: dict
    tensors: dict

    def note(self, key):
        if key not in self.notes:
            raise ModelError(f"it has no entry '{key}', which a bgen model has")
        return self.notes[key]


def read_file(path):
    """ModelError with the path and one sentence where the file is damaged or of somebody else."""
    try:
        return parse(pathlib.Path(path).read_bytes())
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None


def parse(blob):
    size = struct.unpack("<Q", blob[:PREFIX])[0] if len(blob) >= PREFIX else MOST_HEADER + 1
    if size > min(len(blob) - PREFIX, MOST_HEADER):
        raise ModelError("it is truncated, damaged, or not a bgen model file")
    header, data = blob[PREFIX:PREFIX + size], blob[PREFIX + size:]
    notes, entries = parse_header(header)
    check_revision(notes)
    if "checksum" in notes:
        check_checksum(blob, size, notes["checksum"])
    return ModelFile(notes, parse_tensors(entries, data))


def parse_header(text):
    try:
        entries = json.loads(text.decode())
        notes = entries.pop("__metadata__")
        if not (all(isinstance(x, str) for x in notes.values()) and all(isinstance(x, dict) for x in entries.values())):
            raise ValueError("an entry of another type")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise ModelError("it is damaged, or not a bgen model file: its header is not that of one") from None
    return notes, entries


def check_revision(notes):
    revision = notes.get("bgen_revision")
    if revision is None:
        raise ModelError("it is not a bgen model file: it has no bgen_revision")
    if revision not in (NEWEST, WITHOUT_CHECKSUM):
        raise ModelError(f"it is a model file of revision '{revision}', but this version reads {WITHOUT_CHECKSUM} and "
                         f"{NEWEST}")
    if revision == NEWEST and "checksum" not in notes:
        raise ModelError(f"it has no checksum, which a model file of revision {NEWEST} must have")


def checksum_of(blob, size):
    """CRC-32 of all bytes, its own digits taken as zeros; and where they stand"""
    found = CHECKSUM.search(blob[PREFIX:PREFIX + size])
    if not found:
        raise ModelError("its checksum is not 8 hexadecimal digits")
    begin, end = (PREFIX + at for at in found.span(1))
    return b"%08x" % zlib.crc32(blob[:begin] + b"0" * 8 + blob[end:]), begin


def check_checksum(blob, size, expected):
    found = checksum_of(blob, size)[0].decode()
    if found != expected:
        raise ModelError(f"it is damaged: its checksum is {found}, but the file says '{expected}'")


def parse_tensors(entries, data):
    """Tensors follow each other to the end of the data, without gap or overlap."""
    tensors, at = {}, 0
    try:
        for name in sorted(entries, key=lambda name: entries[name]["data_offsets"]):
            begin, end = entries[name]["data_offsets"]
            kind, (n,) = TYPES[entries[name]["dtype"]], entries[name]["shape"]
            if begin != at or not end == begin + n * kind.itemsize <= len(data):
                raise ValueError("a gap, an overlap, or an end beyond the data")
            tensors[name] = np.frombuffer(data, kind, n, begin)
            at = end
        if at != len(data):
            raise ValueError("bytes of no tensor")
    except (KeyError, TypeError, ValueError):
        raise ModelError("it is truncated or damaged: its tensors do not cover the bytes after the header, each once") \
            from None
    for name, array in tensors.items():
        if not np.isfinite(array).all():
            raise ModelError(f"{name} contains a number that is not finite")
    return {name: tensors[name] for name in entries}


def compose(file):
    """the bytes of a file; those that were read, where nothing has changed"""
    header, at = {"__metadata__": {**file.notes, "checksum": "0" * 8}}, 0
    kinds = {kind: name for name, kind in TYPES.items()}
    for name, array in file.tensors.items():
        if array.dtype not in kinds or array.ndim != 1:
            raise ModelError(f"{name} is an array of {array.dtype} and shape {array.shape}, but a model has one axis of float32 "
                             "or float64")
        if not np.isfinite(array).all():
            raise ModelError(f"{name} contains a number that is not finite: train again")
        header[name] = {"dtype": kinds[array.dtype], "shape": [array.size], "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    blob = struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in file.tensors.values())
    digits, begin = checksum_of(blob, len(text))
    return blob[:begin] + digits + blob[begin + 8:]


def write_file(path, file):
    """The file is whole, or what it was before."""
    path, blob = pathlib.Path(os.path.realpath(path)), compose(file)
    try:
        handle, new = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".new")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(blob)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(new, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
            os.replace(new, path)
        except BaseException:
            os.unlink(new)
            raise
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}") from None


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
