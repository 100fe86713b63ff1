# SPDX-License-Identifier: BSD-2-Clause
"""Tables by the Arrow C stream interface, for pyarrow, polars, pandas, duckdb and all who take it.

    pyarrow.table(tsmparse.table("dsmsched.log", tsmparse.Kind.OBJECT))

The rows are made by libtsmparse-arrow; nothing is copied in Python.
"""
import ctypes
import itertools
import os
import pathlib
import threading
from typing import Any, Dict, Optional, Sequence, Union

from ._library import ABI, constant, lib, library_file, structs
from ._reader import END, OK, Options, Reading, check
from ._source import Source
from .enums import Kind
from .errors import LibraryError, MisuseError
from .runs import Context

VARIABLE = "TSMPARSE_ARROW_LIBRARY"
_TABLES = {name: constant["table_" + name] for name in ("records", "runs", "evidence", "volumes")}

class _State:
    """What a stream reads from, while it lives."""

    def __init__(self, reading: Reading, context: Context, owner: "Table") -> None:
        self.reading = reading
        self.context = context
        self.owner = owner
        self.text: Any = None
        self.released = ctypes.c_uint32()
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self.released))  # C may write to it at exit


_live: Dict[int, _State] = {}
_keys = itertools.count(1)


def _sweep() -> None:
    """Drop what released streams read from. C only leaves word of a release: it may come while an
    exception is on its way, when no Python code can run."""
    for key in [key for key, state in list(_live.items()) if state.released.value]:
        state = _live.pop(key, None)
        if state is not None:
            state.reading.close()
            ctypes.pythonapi.Py_DecRef(ctypes.py_object(state.released))


def _next(key: int, out: Any) -> int:
    state = _live[key]
    try:
        handle = next(state.reading)
    except StopIteration:
        state.reading.close()
        return END
    except BaseException as error:  # it must not pass through C: the stream fails with its text
        state.owner.error = error
        state.text = ctypes.create_string_buffer(str(error).encode("utf-8", "replace"))
        state.reading.close()
        return constant["e_nomem"] if isinstance(error, MemoryError) else constant["e_misuse"]
    out[0] = lib.tsmp_batch_ref(handle.pointer)
    return OK


def _error(key: int) -> Optional[int]:
    text = _live[key].text
    return None if text is None else ctypes.addressof(text)


_CALLBACKS: Sequence[Any] = (
    ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))(_next),
    ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(_error))
for _callback in _CALLBACKS:  # for ever: C may hold them when this module is being taken down
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_callback))

_loading = threading.Lock()
_loaded: Any = None


def _arrow() -> Any:
    """tsmp_arrow_capsule of the library beside libtsmparse."""
    global _loaded
    with _loading:
        if _loaded is None:
            name = f"libtsmparse-arrow.so.{ABI}"
            beside = pathlib.Path(library_file).resolve().parent / name
            said = os.environ.get(VARIABLE)
            file = said or (str(beside) if beside.exists() else name)
            try:
                function = ctypes.PyDLL(file).tsmp_arrow_capsule
            except (OSError, AttributeError) as error:
                raise LibraryError(f"the C library libtsmparse-arrow cannot be loaded; install it, or "
                                   f"set {VARIABLE} to its file: {error}") from None
            function.restype = ctypes.c_int32
            function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.py_object)]
            _loaded = function
        return _loaded


class Table:
    """Rows of a source. Each consumer reads the source anew; a file object can be read once.

    error: what was raised last while a consumer read, None = nothing. Consumers raise errors of their
    own with its text.
    """

    error: Optional[BaseException]

    def __init__(self, source: Source, of: Union[Kind, str], rows: int, domain: Sequence[str],
                 fresh: Optional[float], options: Options) -> None:
        self.error = None
        self._source = source
        self._again = isinstance(source, (str, bytes, bytearray, memoryview, os.PathLike))
        self._rows, self._domain, self._fresh, self._options = rows, domain, fresh, options
        self._kind = int(of) if isinstance(of, Kind) else 0
        if not isinstance(of, Kind) and of not in _TABLES:
            raise MisuseError(f"of={of!r}: must be a Kind, or one of {', '.join(_TABLES)}")
        self._table = _TABLES["records" if isinstance(of, Kind) else of]
        self._used = False
        options.struct()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A capsule with an ArrowArrayStream (the Arrow PyCapsule interface)."""
        function = _arrow()
        if self._used and not self._again:
            raise MisuseError("the file object was read already; make the table from a path")
        self._used = True
        reading = Reading(self._source, self._options)
        state = _State(reading, Context(reading.age, round((self._fresh or 0) * 3600),
                                        self._domain), self)
        _sweep()
        key = next(_keys)
        _live[key] = state
        source = structs["tsmp_batch_source"](
            next=ctypes.cast(_CALLBACKS[0], ctypes.c_void_p),
            error=ctypes.cast(_CALLBACKS[1], ctypes.c_void_p), context=key,
            released=ctypes.addressof(state.released))
        options = structs["tsmp_arrow_options"](table=self._table, kind=self._kind,
                                                rows=self._rows,
                                                context=ctypes.addressof(state.context.struct))
        options.size = ctypes.sizeof(options)
        capsule = ctypes.py_object()
        try:
            check(function(ctypes.addressof(source), ctypes.addressof(options),
                           ctypes.byref(capsule)), "the table cannot be made")
        except BaseException:
            state.released.value = 1
            _sweep()
            raise
        made: object = capsule.value
        ctypes.pythonapi.Py_DecRef(capsule)  # C gave a reference, and py_object holds its own
        return made

    def __reduce__(self) -> Any:
        raise TypeError("a table cannot be pickled; pickle what was made of it")
