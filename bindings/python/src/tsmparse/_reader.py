# SPDX-License-Identifier: BSD-2-Clause
"""The reader's handle, and reading a whole source in order of time, as the command does."""
import ctypes
import os
import sys
import threading
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ._library import constant, lib, schema, structs
from ._source import CHUNK, Input, Source
from .enums import Format, Kind, Word
from .errors import ClosedError, Error, MisuseError, NoMemoryError, PatternError, ReadError
from .values import Batch

OK, END = constant["ok"], constant["end"]
_CUSTOM = constant["field_custom"]
_HEAD, _TAIL = 4 * 1024 * 1024, 64 * 1024
_MARK = b"Continued at beginning of file"
_MARKER, _BLANK = int(Kind.MARKER), int(Kind.BLANK)
_ERRORS = {constant["e_nomem"]: NoMemoryError, constant["e_misuse"]: MisuseError,
           constant["e_pattern"]: PatternError, constant["e_encoding"]: MisuseError}
_ORDERS = {"mdy": constant["order_mdy"], "dmy": constant["order_dmy"],
           "ymd": constant["order_ymd"]}
_DECIMALS = {"point": constant["decimal_point"], "comma": constant["decimal_comma"]}


class Options(NamedTuple):
    """What the caller knows of the text; None = find out."""

    format: Union[Format, str, None] = None
    date_order: Optional[str] = None
    decimal: Optional[str] = None
    encoding: Optional[str] = None
    repair: Sequence[str] = ()
    max_line: int = 0
    batch_records: int = 0
    patterns: Mapping[str, str] = {}
    first_offset: int = 0
    first_line: int = 1

    def struct(self) -> Any:
        made = structs["tsmp_options"]()
        made.size = ctypes.sizeof(made)
        if self.format is not None:
            made.format = _choose("format", schema["format"], str(self.format))
        if self.date_order is not None:
            made.date_order = _choose("date_order", _ORDERS, self.date_order)
        if self.decimal is not None:
            made.decimal = _choose("decimal", _DECIMALS, self.decimal)
        if self.encoding is not None:
            made.encoding = _choose("encoding", schema["encoding"], self.encoding)
        for name in self.repair:
            made.repair |= _choose("repair", schema["repair"], name)
        for name in ("max_line", "batch_records", "first_offset", "first_line"):
            value = getattr(self, name)
            if not isinstance(value, int) or not 0 <= value < 2 ** 63:
                raise MisuseError(f"{name} must be a number of 0 or more, not {value!r}")
            setattr(made, name, value)
            if getattr(made, name) != value:
                raise MisuseError(f"{name}={value} is too large")
        return made


def _choose(option: str, names: Mapping[str, int], value: str) -> int:
    try:
        return names[value]
    except KeyError:
        raise MisuseError(f"{option}={value!r}: must be one of {', '.join(names)}") from None


def check(status: int, text: str = "the call was refused", **where: Any) -> int:
    """The status of a call, or its exception."""
    if status >= 0:
        return status
    raise _ERRORS.get(status, Error)(text, code=status, **where)


class Handle:
    """A C object that belongs to one thread at a time, and to the process that made it."""

    _free: Any = None

    def __init__(self, pointer: Optional[int]) -> None:
        self._pointer = pointer
        self._process = os.getpid()
        self._lock = threading.RLock()

    def _used(self) -> int:
        if self._process != os.getpid():
            raise ClosedError("this was opened before a fork and belongs to the parent process; "
                              "open the input anew in this one")
        if not self._pointer:
            raise ClosedError("this is closed; open the input anew")
        return self._pointer

    def close(self, getpid: Any = os.getpid) -> None:
        """Free the C object; any number of times. In a forked child nothing is freed: another
        thread of the parent may have been inside the library."""
        if self._process != getpid():
            return
        with self._lock:
            pointer, self._pointer = self._pointer, None
            if pointer:
                self._free(pointer)

    def __del__(self) -> None:
        if getattr(self, "_pointer", None):
            self.close()


class Reader(Handle):
    """tsmp_reader: bytes in, batches out."""

    _free = staticmethod(lib.tsmp_reader_free)

    def __init__(self, options: Any, patterns: Mapping[str, str], file: Optional[str] = None) -> None:
        self.file = file
        self.offset = options.first_offset
        out = ctypes.c_void_p()
        status = lib.tsmp_reader_new(ctypes.addressof(options), None, ctypes.byref(out))
        check(status, "this library cannot convert that encoding"
              if status == constant["e_encoding"] else "the options are impossible (max_line at "
              "least 16, batch_records at most 1048576)", file=file)
        super().__init__(out.value)
        for name, pattern in patterns.items():
            text = pattern.encode("utf-8", "surrogateescape")
            self._check(lib.tsmp_reader_add_pattern(self._used(), name.encode(), text, len(text)))

    def _check(self, status: int) -> int:
        if status < 0:
            text = lib.tsmp_reader_error(self._pointer).decode("utf-8", "replace")
            check(status, text or "no memory", file=self.file, offset=self.offset)
        return status

    def feed(self, data: bytes) -> None:
        with self._lock:
            self._check(lib.tsmp_reader_feed(self._used(), data, len(data)))
            self.offset += len(data)

    def end(self) -> None:
        with self._lock:
            self._check(lib.tsmp_reader_end(self._used()))

    def next(self) -> Optional["BatchHandle"]:
        """The next batch, or None: it needs more input, or all was read."""
        out = ctypes.c_void_p()
        with self._lock:
            status = self._check(lib.tsmp_reader_next(self._used(), ctypes.byref(out)))
        return BatchHandle(out.value) if status == OK else None


class BatchHandle:
    """tsmp_batch, held until it has been copied or handed on."""

    __slots__ = ("pointer", "_view", "_unref", "_records")

    def __init__(self, pointer: Optional[int]) -> None:
        self.pointer = pointer
        self._unref = lib.tsmp_batch_unref
        self._view = view = structs["tsmp_view"].from_address(lib.tsmp_batch_view(pointer))
        self._records = ctypes.string_at(view.records, view.record_count * view.record_stride)

    def __del__(self) -> None:
        self._unref(self.pointer)

    def members(self) -> Batch:
        """Only what stands in the records themselves: for columns, without fields and text."""
        view = self._view
        return Batch(self._records, b"", b"", (), view.record_stride, view.field_stride)

    def may_hold(self, kind: int) -> bool:
        """False: no record is of this kind. Quick, so it may take one kind for another."""
        return kind.to_bytes(2, sys.byteorder) in self.members().column("kind").tobytes()

    def copy(self) -> Batch:
        view = self._view
        fields, text = view.field_count * view.field_stride, view.text_length
        return Batch(self._records, ctypes.string_at(view.fields, fields) if fields else b"",
                     ctypes.string_at(view.text, text) if text else b"", self._names(),
                     view.record_stride, view.field_stride)

    def _names(self) -> Tuple[str, ...]:
        names: List[str] = []
        while True:
            name = lib.tsmp_batch_field_name(self.pointer, _CUSTOM + len(names))
            if name is None:
                return tuple(names)
            names.append(name.decode("utf-8", "surrogateescape"))


class Prober(Handle):
    """tsmp_prober: what the whole text says of its dates, decimals and format."""

    _free = staticmethod(lib.tsmp_prober_free)

    def __init__(self) -> None:
        out = ctypes.c_void_p()
        check(lib.tsmp_prober_new(None, ctypes.byref(out)), "no memory")
        super().__init__(out.value)

    def feed(self, data: bytes) -> None:
        check(lib.tsmp_prober_feed(self._used(), data, len(data)))

    def result(self) -> Any:
        made = structs["tsmp_probe_result"]()
        made.size = ctypes.sizeof(made)
        check(lib.tsmp_prober_result(self._used(), ctypes.addressof(made)))
        return made


def _undecided(order: int) -> bool:
    return order & (order - 1) != 0


def _continued(tail: bytes) -> bool:
    """Does the text end with the client's own mark that it goes on at its beginning?"""
    line = tail.rstrip(b"\r\n \t").rpartition(b"\n")[2]
    if not line.endswith(_MARK) or len(line) <= len(_MARK):
        return False
    tokens = (structs["tsmp_token"] * 2)()
    lib.tsmp_tokenize(line, len(line), ctypes.addressof(tokens), 2)
    stamp = tokens[0]
    return (stamp.type == constant["token_stamp"] and stamp.offset == 0
            and line[stamp.length:].lstrip(b" ") == _MARK)


class _Markers:
    """Wrap markers with text behind them, in a text whose order of time was not found."""

    def __init__(self) -> None:
        self.last = False
        self.inside = 0

    def watch(self, handle: BatchHandle) -> None:
        if not self.last and not handle.may_hold(_MARKER):
            return
        for record in handle.copy():
            if record.kind == _BLANK:
                continue
            self.inside += self.last and record.offset != 0
            self.last = record.kind == _MARKER and Word.WRAP in record.fields.values()


class Reading:
    """A source from its first to its last byte: an iterator of batch handles.

    It is looked through first where that changes what its lines mean: the order of dates, and the
    place where a log wraps (SCHEDLOGMAX), which is then read in order of time.
    """

    def __init__(self, source: Source, options: Options) -> None:
        self._options = options
        self._struct = options.struct()
        self._input = Input(source)
        self.file = self._input.file
        self.age = self._input.age
        self._reader: Optional[Reader] = None
        try:
            self._head = self._fill()
            self._stretches = self._plan()
            self._steps = self._read()
            self._start(self._struct)  # wrong options and patterns are told now
        except BaseException:
            self.close()
            raise

    def _fill(self) -> bytes:
        parts, length = [], 0
        while length < _HEAD:
            data = self._input.read(min(CHUNK, _HEAD - length))
            if not data:
                break
            parts.append(data)
            length += len(data)
        return b"".join(parts)

    def _plan(self) -> List[Tuple[int, Optional[int]]]:
        """Fill the options from what the text shows; the stretches to read, in order of time."""
        known, head, rest = self._struct, self._head, self._input
        whole = len(head) < _HEAD
        prober = Prober()
        prober.feed(head)
        tail = head[-_TAIL:]
        if not whole and rest.regular:
            first = Prober()
            first.feed(head)
            shown = first.result()
            if ((_undecided(shown.date_order) and not known.date_order) or shown.wrap_offset
                    or _continued(rest.tail(_TAIL))):
                whole = True
                for data in iter(rest.read, b""):
                    prober.feed(data)
                    tail = (tail + data)[-_TAIL:]
                rest.seek(len(head))
        result = prober.result()
        prober.close()
        if not known.date_order and not _undecided(result.date_order):
            known.date_order = result.date_order
        known.decimal = known.decimal or result.decimal
        if not known.format and result.format == Format.ERROR_LOG:
            known.format = result.format
        # Only a text that ends with the mark can wrap; of others no record needs to be looked at.
        ended = tail if whole else rest.tail(_TAIL)
        self._watched = not ended or _continued(ended)
        self.wrapped = bool(whole and result.wrap_offset and _continued(tail))
        if not self.wrapped:
            return [(0, None)]
        known.format = known.format or int(Format.SCHEDULE_LOG)
        self._wrap_line = result.wrap_line
        return [(result.wrap_offset, None), (0, result.wrap_offset)]

    def _start(self, options: Any) -> Reader:
        if self._reader is not None:
            self._reader.close()
        self._reader = Reader(options, self._options.patterns, self.file)
        return self._reader

    def _bytes(self, start: int, end: Optional[int]) -> Iterator[bytes]:
        """Bytes [start, end) of the text; the head is in memory."""
        head = self._head if end is None else self._head[:end]
        for at in range(start, len(head), CHUNK):
            yield head[at:at + CHUNK]
        at = max(start, len(self._head))
        if end is not None and end <= at:
            return
        if self.wrapped:
            self._input.seek(at)
        while end is None or at < end:
            data = self._input.read(CHUNK if end is None else min(CHUNK, end - at))
            if not data:
                break
            at += len(data)
            yield data

    def _read(self) -> Iterator[BatchHandle]:
        markers = _Markers()
        base = self._struct.first_offset
        for start, end in self._stretches:
            options = type(self._struct).from_buffer_copy(self._struct)
            options.first_offset = base + start
            if start:
                options.first_line = self._wrap_line
            reader = self._start(options)
            for data in self._bytes(start, end):
                reader.feed(data)
                yield from self._drain(reader, markers)
            reader.end()
            yield from self._drain(reader, markers)
        if not self.wrapped and markers.last and markers.inside:
            raise ReadError("wraps (SCHEDLOGMAX), and its order could not be found; read it from a "
                            "plain file", file=self.file)

    def _drain(self, reader: Reader, markers: _Markers) -> Iterator[BatchHandle]:
        while True:
            handle = reader.next()
            if handle is None:
                return
            if self._watched and not self.wrapped:
                markers.watch(handle)
            yield handle

    def __iter__(self) -> "Reading":
        return self

    def __next__(self) -> BatchHandle:
        return next(self._steps)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._input.close()
