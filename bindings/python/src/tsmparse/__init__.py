# SPDX-License-Identifier: BSD-2-Clause
"""Read what the IBM TSM client prints (Spectrum Protect, Storage Protect) and judge its runs.

    for record in tsmparse.records("dsmsched.log"):     # constant memory, any size
        if record.kind == tsmparse.Kind.OBJECT:
            print(record.time, record["action"], record["path"])

    report = tsmparse.check("dsmsched.log")
    print(report.verdict, report.exit_code)

A source is a path, bytes, or a binary file object; plain, gzip or zstd. Text is never an error:
what no rule fits is a record of kind UNKNOWN. Success is proven from the text, never assumed.
"""
import array
import ctypes
import dataclasses
import threading
from types import TracebackType
from typing import (Any, Dict, Generic, Iterator, List, Mapping, NoReturn, Optional, Sequence, Type,
                    TypeVar, Union)

from ._library import constant, lib, library_file, schema, structs
from ._reader import Options, Prober, Reader, Reading
from ._source import Source
from .arrow import Table
from .enums import (Claim, EvidenceId, FieldId, FieldType, Flag, Format, Kind, Proof, StatisticName,
                    TokenType, Verdict, Why, Word)
from .errors import (ClosedError, Error, LibraryError, MisuseError, NoMemoryError, PatternError,
                     ReadError)
from .runs import Context, Evidence, Report, Run, RunsHandle, Statistic, Volume, Witness
from .values import Batch, Record, Value, dumps

__all__ = [
    "Batch", "Claim", "ClosedError", "Error", "Evidence", "EvidenceId", "Feed", "FieldId",
    "FieldType", "Flag", "Format", "Items", "Kind", "LibraryError", "Message", "MisuseError",
    "NoMemoryError", "PatternError", "Probe", "Proof", "ReadError", "Record", "Report", "Run",
    "Statistic", "StatisticName", "Table", "Token", "TokenType", "Value", "Verdict", "Volume", "Why", "Word",
    "abi_version", "batches", "check", "columns", "dumps", "feed", "library_file", "message", "probe",
    "records", "runs", "schema", "table", "tokenize", "version",
]

version: str = lib.tsmp_version().decode("ascii")
abi_version: int = lib.tsmp_abi_version()

T = TypeVar("T")


class Items(Generic[T]):
    """An iterator that closes its input at its end, on close(), or behind `with`.

    Threads may share it: each item goes to one of them.
    """

    def __init__(self, reading: Reading, steps: Iterator[T]) -> None:
        self._reading = reading
        self._steps: Optional[Iterator[T]] = steps
        self._ended = False
        self._turn = threading.Lock()

    @property
    def file(self) -> Optional[str]:
        """Name of the input, None when it has none."""
        return self._reading.file

    def __iter__(self) -> "Items[T]":
        return self

    def __next__(self) -> T:
        with self._turn:
            try:
                return next(self._steps)  # type: ignore[arg-type]
            except BaseException as error:
                raise self._stop(error)

    def _stop(self, error: BaseException) -> BaseException:
        """What to raise: after a failure or close() nothing may look like the end of the input."""
        if self._steps is not None:
            self._ended = isinstance(error, StopIteration)
            self._steps = None
            self._reading.close()
        elif self._ended:
            return StopIteration()
        else:
            return ClosedError("the input was closed, or failed before; open it anew",
                               file=self.file)
        return error

    def close(self) -> None:
        with self._turn:
            self._reading.close()
            self._steps = None

    def __del__(self) -> None:
        self._reading.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open input cannot be pickled; pickle its results")

    def __enter__(self) -> "Items[T]":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()


def _options(options: Mapping[str, Any]) -> Options:
    try:
        return Options(**options)
    except TypeError as error:
        raise TypeError(f"no such option: {set(options) - set(Options._fields)}; there are "
                        + ", ".join(Options._fields)) from None


def _reading(source: Source, options: Mapping[str, Any]) -> Reading:
    return Reading(source, _options(options))


def batches(source: Source, **options: Any) -> Items[Batch]:
    """The records of a source in batches: the fast way, with columns of integers.

    Options: format, date_order ("mdy", "dmy", "ymd"), decimal ("point", "comma"), encoding, repair
    (names of the schema's groups), max_line, batch_records, patterns ({name: PCRE2}), first_offset,
    first_line.
    """
    reading = _reading(source, options)
    return Items(reading, (handle.copy() for handle in reading))


def records(source: Source, *, kinds: Union[Kind, Sequence[Kind], None] = None,
            **options: Any) -> Items[Record]:
    """Every record of a source, in order of time; `kinds`: only these. Options as in batches()."""
    reading = _reading(source, options)
    every = (record for handle in reading for record in handle.copy())
    if kinds is None:
        return Items(reading, every)
    wanted = frozenset([kinds] if isinstance(kinds, Kind) else map(Kind, kinds))
    return Items(reading, (record for record in every if record.kind in wanted))


def columns(source: Source, names: Sequence[str] = ("offset", "length", "line", "time", "flags",
                                                    "kind", "format"),
            **options: Any) -> "Dict[str, array.array[int]]":
    """Members of all records of a source, as arrays of integers (time in microseconds)."""
    made: "Dict[str, array.array[int]]" = {}
    options.setdefault("batch_records", 1 << 14)  # fewer batches: each costs Python some calls
    reading = _reading(source, options)
    for batch in Items(reading, (handle.members() for handle in reading)):
        batch.append_to(made, names)
    return made


def _runs(reading: Reading, context: Context) -> Iterator[Run]:
    handle = RunsHandle(context)
    try:
        for batch in reading:
            yield from handle.add(batch)
        yield from handle.end()
    finally:
        handle.close()


def runs(source: Source, *, domain: Sequence[str] = (), fresh: Optional[float] = None,
         server: Sequence[Source] = (), node: str = "", skew: float = 0, **options: Any) -> Items[Run]:
    """Every run of a source, judged. `domain`: volumes that a default incremental must show;
    `fresh`: an open run of a log that is older than so many hours is not running (24). `server`: what
    the server says of it, the output of query event, query actlog, query filespace; `node`: whose
    log this is, where it does not say; `skew`: seconds, the server's clock minus the client's."""
    if isinstance(domain, (str, bytes)):
        raise TypeError("domain is a sequence of names, not one name")
    if isinstance(server, (str, bytes)):
        raise TypeError("server is a sequence of sources, not one source")
    witness = Witness(server) if server else None
    reading = _reading(source, options)
    context = Context(reading.age, round((fresh or 0) * 3600), domain, witness, node, skew)
    return Items(reading, _runs(reading, context))


def check(source: Source, *, last: bool = False, domain: Sequence[str] = (),
          fresh: Optional[float] = None, **options: Any) -> Report:
    """Judge all runs of a source; `last`: only the newest of each schedule. Without any run the
    verdict is UNKNOWN: nothing is proven. The others as in runs()."""
    judged: Dict[Any, Run] = {}
    with runs(source, domain=domain, fresh=fresh, **options) as every:
        for number, run in enumerate(every):
            key = (run.interactive, run.schedule) if last else number
            judged.pop(key, None)
            judged[key] = run
    worst = 0
    for run in judged.values():
        worst = lib.tsmp_verdict_worse(worst, run.verdict)
    return Report(Verdict(worst) if worst else Verdict.UNKNOWN, tuple(judged.values()))


def table(source: Source, of: Union[Kind, str] = "records", *, rows: int = 0,
          domain: Sequence[str] = (), fresh: Optional[float] = None, **options: Any) -> Table:
    """Rows of a source for all who take `__arrow_c_stream__`: pyarrow.table(x), polars.DataFrame(x),
    duckdb. `of`: "records", a Kind (only these, with its fields as columns), "runs", "evidence" or
    "volumes". `rows`: most rows in a chunk. domain and fresh as in runs(), options as in batches()."""
    return Table(source, of, rows, domain, fresh, _options(options))


class Feed:
    """Records of a stream whose bytes come in pieces: write() each, end() once.

    Nothing is looked through first, so say date_order and decimal where you know them. Pieces may
    end anywhere; they do not change the records.
    """

    def __init__(self, **options: Any) -> None:
        made = _options(options)
        self._reader = Reader(made.struct(), made.patterns)

    def write(self, data: Union[bytes, bytearray, memoryview]) -> List[Record]:
        """The records that this piece completes."""
        self._reader.feed(bytes(data))
        return self._ready()

    def end(self) -> List[Record]:
        """No more input: the records that were still open."""
        self._reader.end()
        return self._ready()

    def _ready(self) -> List[Record]:
        ready: List[Record] = []
        for handle in iter(self._reader.next, None):
            ready += handle.copy()
        return ready

    def close(self) -> None:
        self._reader.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream cannot be pickled; pickle its results")

    def __enter__(self) -> "Feed":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()


def feed(**options: Any) -> Feed:
    """A Feed; options as in batches()."""
    return Feed(**options)


@dataclasses.dataclass(frozen=True)
class Token:
    """A typed span of a line."""

    offset: int
    length: int
    type: TokenType
    number: int
    power: int
    flags: Flag


def tokenize(line: bytes, most: int = 256) -> List[Token]:
    """One line, without its newline, as typed spans."""
    if not isinstance(line, bytes) or not 0 < most <= 1 << 20:
        raise MisuseError("a line is bytes, and `most` from 1 to 1048576")
    array_type = structs["tsmp_token"] * most
    tokens = array_type()
    count = lib.tsmp_tokenize(line, len(line), ctypes.addressof(tokens), most)
    return [Token(token.offset, token.length, TokenType(token.type), token.number, token.power,
                  Flag(token.flags)) for token in tokens[:count]]


@dataclasses.dataclass(frozen=True)
class Probe:
    """What a text shows of itself: None = not decided."""

    format: Optional[Format]
    date_order: Optional[str]
    decimal: Optional[str]
    lines: int
    dates: int


def probe(text: bytes) -> Probe:
    """Look through a text for what the options need."""
    prober = Prober()
    try:
        prober.feed(bytes(text))
        found = prober.result()
    finally:
        prober.close()
    order = {constant["order_mdy"]: "mdy", constant["order_dmy"]: "dmy",
             constant["order_ymd"]: "ymd"}.get(found.date_order)
    decimal = {constant["decimal_point"]: "point",
               constant["decimal_comma"]: "comma"}.get(found.decimal)
    return Probe(Format(found.format) if found.format else None, order, decimal, found.lines,
                 found.dates)


@dataclasses.dataclass(frozen=True)
class Message:
    """What is known of a message code."""

    code: str
    meaning: str
    category: str
    weight: str  # "yes": the run or a file system is not done; "maybe"; "no"
    confidence: str  # "A" read in a named source, "B" derived, "C" from memory
    source: str


def message(code: str) -> Optional[Message]:
    """What a message code ("ANS1802E") means; None when it is not in the catalogue."""
    info = structs["tsmp_message_info"]()
    info.size = ctypes.sizeof(info)
    text = code.encode("utf-8", "surrogateescape")
    if lib.tsmp_message_lookup(text, len(text), ctypes.addressof(info)) != constant["ok"]:
        return None
    parts: Dict[str, Any] = {name: ctypes.string_at(getattr(info, name)).decode("utf-8")
                             for name in ("code", "meaning", "category", "weight", "source")}
    return Message(confidence=chr(info.confidence), **parts)
