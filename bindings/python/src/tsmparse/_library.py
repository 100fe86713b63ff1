# SPDX-License-Identifier: BSD-2-Clause
"""Find the C library, refuse what does not fit, and build its structs from its own schema."""
import ctypes
import json
import os
import pathlib
import struct
import sys
from typing import Any, Dict, List, Tuple

from .errors import LibraryError

ABI = 1
VARIABLE = "TSMPARSE_LIBRARY"

_HERE = pathlib.Path(__file__).resolve().parent
# Beside the package, or where a wheel keeps its libraries.
_FOLDERS = [_HERE, _HERE.parent / ".tsmparse.mesonpy.libs" / "tsmparse"]
if sys.platform == "darwin":
    _FILES = [f"libtsmparse.{ABI}.dylib"]
elif sys.platform == "win32":
    _FILES = [f"tsmparse-{ABI}.dll", f"libtsmparse-{ABI}.dll"]
else:
    _FILES = [f"libtsmparse.so.{ABI}"]

_C = {"u8": ctypes.c_uint8, "i8": ctypes.c_int8, "u16": ctypes.c_uint16, "i16": ctypes.c_int16,
      "u32": ctypes.c_uint32, "i32": ctypes.c_int32, "u64": ctypes.c_uint64,
      "i64": ctypes.c_int64, "pointer": ctypes.c_void_p}
CODES = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q",
         "i64": "q"}

_P: Any = ctypes.c_void_p
_I: Any = ctypes.c_int32
_U: Any = ctypes.c_uint32
_L: Any = ctypes.c_uint64
_OUT: Any = ctypes.POINTER(ctypes.c_void_p)
_FUNCTIONS: Dict[str, Tuple[Any, List[Any]]] = {
    "tsmp_version": (ctypes.c_char_p, []),
    "tsmp_schema_json": (ctypes.c_char_p, []),
    "tsmp_probe": (_I, [_P, _L, _P, _P]),
    "tsmp_prober_new": (_I, [_P, _OUT]),
    "tsmp_prober_feed": (_I, [_P, _P, _L]),
    "tsmp_prober_result": (_I, [_P, _P]),
    "tsmp_prober_free": (None, [_P]),
    "tsmp_tokenize": (_U, [_P, _L, _P, _U]),
    "tsmp_batch_view": (_P, [_P]),
    "tsmp_batch_field_name": (ctypes.c_char_p, [_P, _U]),
    "tsmp_batch_ref": (_P, [_P]),
    "tsmp_batch_unref": (None, [_P]),
    "tsmp_reader_new": (_I, [_P, _P, _OUT]),
    "tsmp_reader_free": (None, [_P]),
    "tsmp_reader_add_pattern": (_I, [_P, ctypes.c_char_p, _P, _L]),
    "tsmp_reader_feed": (_I, [_P, _P, _L]),
    "tsmp_reader_end": (_I, [_P]),
    "tsmp_reader_next": (_I, [_P, _OUT]),
    "tsmp_reader_error": (ctypes.c_char_p, [_P]),
    "tsmp_message_lookup": (_I, [_P, _L, _P]),
    "tsmp_runs_new": (_I, [_P, _P, _OUT]),
    "tsmp_runs_free": (None, [_P]),
    "tsmp_runs_add": (_I, [_P, _P]),
    "tsmp_runs_end": (_I, [_P]),
    "tsmp_runs_next": (_I, [_P, _OUT]),
    "tsmp_run_view_of": (_P, [_P]),
    "tsmp_run_free": (None, [_P]),
    "tsmp_judge": (_I, [_P, _P, _P, _OUT]),
    "tsmp_verdict_view_of": (_P, [_P]),
    "tsmp_verdict_free": (None, [_P]),
    "tsmp_verdict_worse": (_U, [_U, _U]),
    "tsmp_witness_new": (_I, [_P, _P, _OUT]),
    "tsmp_witness_free": (None, [_P]),
    "tsmp_witness_add": (_I, [_P, _P]),
    "tsmp_witness_end": (_I, [_P]),
}


def _candidates() -> List[str]:
    """What to try, in order; the environment's word is final."""
    said = os.environ.get(VARIABLE)
    if said:
        return [said]
    bundled = [folder / name for folder in _FOLDERS for name in _FILES]
    return [str(path) for path in bundled if path.exists()] + _FILES


def _open() -> Tuple[ctypes.CDLL, str]:
    tried = []
    for name in _candidates():
        try:
            return ctypes.CDLL(name), name
        except OSError as error:
            tried.append(f"{name}: {error}")
    raise LibraryError("the C library libtsmparse cannot be loaded; install it, or set "
                       f"{VARIABLE} to its file. Tried: " + "; ".join(tried))


def _check(library: ctypes.CDLL, name: str) -> None:
    try:
        library.tsmp_abi_version.restype = ctypes.c_uint32
        library.tsmp_abi_version.argtypes = []
        abi = library.tsmp_abi_version()
    except AttributeError:
        raise LibraryError(f"{name} is not libtsmparse: it has no tsmp_abi_version; check "
                           f"{VARIABLE}") from None
    if abi != ABI:
        raise LibraryError(f"{name} has ABI {abi}, but this package needs ABI {ABI}: install the "
                           "library and the package of the same release")


def _bind(library: ctypes.CDLL, name: str) -> None:
    for function, (result, arguments) in _FUNCTIONS.items():
        try:
            pointer = getattr(library, function)
        except AttributeError:
            raise LibraryError(f"{name} has no {function}: it is older than this package; "
                               "install a newer library") from None
        pointer.restype, pointer.argtypes = result, arguments


class Text(ctypes.Structure):
    """tsmp_text"""
    bytes: Any
    length: Any
    _fields_ = [("bytes", ctypes.c_void_p), ("length", ctypes.c_uint64)]


def _structure(name: str, layout: Any) -> Any:
    """A ctypes class for a struct, refused when ctypes would place a member elsewhere than C."""
    fields = [(member, Text if kind == "text" else _C[kind])
              for member, (_, _, kind) in layout["members"].items()]
    made: Any = type(name, (ctypes.Structure,), {"_fields_": fields})
    for member, (offset, size, _) in layout["members"].items():
        place = getattr(made, member)
        if (place.offset, place.size) != (offset, size):
            raise LibraryError(f"{name}.{member} is at {place.offset}, in the library at {offset}")
    if ctypes.sizeof(made) != layout["size"]:
        raise LibraryError(f"{name} has {ctypes.sizeof(made)} bytes, in the library "
                           f"{layout['size']}")
    return made


lib, library_file = _open()
_check(lib, library_file)
_bind(lib, library_file)
schema: Dict[str, Any] = json.loads(lib.tsmp_schema_json().decode("ascii"))
structs: Dict[str, Any] = {name: _structure(name, layout)
                           for name, layout in schema["layout"].items()}
constant: Dict[str, int] = schema["constant"]


def members(name: str) -> List[str]:
    """The members of a struct in the order of `unpacker`."""
    return list(schema["layout"][name]["members"])


def unpacker(name: str, stride: int) -> struct.Struct:
    """Reads a struct that stands every `stride` bytes; what a newer library appended is skipped."""
    at, code = 0, "="
    for offset, size, kind in schema["layout"][name]["members"].values():
        code += f"{offset - at}x{CODES[kind]}"
        at = offset + size
    return struct.Struct(code + f"{stride - at}x")


def text_of(text: Any) -> bytes:
    """The bytes of a tsmp_text."""
    return ctypes.string_at(text.bytes, text.length) if text.length else b""


def decode(text: bytes) -> str:
    """Names are bytes: what is not UTF-8 becomes lone surrogates, which os.fsencode turns back."""
    return text.decode("utf-8", "surrogateescape")
