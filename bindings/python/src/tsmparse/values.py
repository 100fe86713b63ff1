# SPDX-License-Identifier: BSD-2-Clause
"""Records and batches: plain memory copied out of the library, decoded when it is looked at.

A batch is three byte strings, so it needs no library any more: it may be kept, pickled, sent to
other threads and processes, and outlives its reader.
"""
import array
import base64
import datetime
import decimal
import itertools
import json
import struct
from typing import Any, Callable, Dict, Iterator, List, NoReturn, Optional, Sequence, Tuple, Union

from ._library import CODES, constant, decode, members, schema, unpacker
from .enums import Flag, Format, Kind, StatisticName, Why, Word

Value = Union[str, int, decimal.Decimal, datetime.datetime, Word, StatisticName, None]

_EPOCH = datetime.datetime(1970, 1, 1)
_CUSTOM = constant["field_custom"]
_NO_TIME = Flag.NO_TIME | Flag.DATE_AMBIGUOUS | Flag.TIME_IMPOSSIBLE
_NO_NUMBER = Flag.OVERFLOW | Flag.NUMBER_AMBIGUOUS
_NO_TIME_BITS, _NO_NUMBER_BITS = int(_NO_TIME), int(_NO_NUMBER)
_FIELDS: Dict[int, str] = {value: name for name, value in schema["field"].items()}
_KINDS = {member.value: member for member in Kind}
_FORMATS = {member.value: member for member in Format}
_WHYS = {member.value: member for member in Why}
_WORDS = {member.value: member for member in Word}
_STATISTICS = {member.value: member for member in StatisticName}
_IS_NUMBER, _IS_WORD, _IS_TIME, _IS_OFFSET = (
    schema["type"][name] for name in ("number", "word", "time", "offset"))
_NAME, _CANDIDATES = schema["field"]["name"], schema["field"]["candidates"]
_STATISTIC, _PATTERN = schema["kind"]["statistic"], schema["kind"]["custom"]
# Keys that every record has: a field of the same name becomes field_NAME.
_TAKEN: Tuple[str, ...] = ("offset", "line", "length", "kind", "format", "time", "flags", "stamp",
                           "why")
_SHOWN_BITS = int(Flag.OVERFLOW | Flag.NUMBER_AMBIGUOUS | Flag.DATE_AMBIGUOUS
                  | Flag.TIME_IMPOSSIBLE | Flag.JOINED)
_SHOWS_TEXT = (schema["kind"]["unknown"], schema["kind"]["more"])

_R = {name: index for index, name in enumerate(members("tsmp_record"))}
_F = {name: index for index, name in enumerate(members("tsmp_field"))}
_F_TEXT, _F_LENGTH, _F_ID, _F_TYPE, _F_POWER, _F_NUMBER, _F_FLAGS = (
    _F[name] for name in ("text", "length", "id", "type", "power", "number", "flags"))
_OFFSET, _LENGTH, _LINE, _TIME, _FIRST, _COUNT, _FLAGS, _KIND, _FORMAT, _WHY = (
    _R[name] for name in ("offset", "length", "line", "time", "first_field", "field_count", "flags",
                          "kind", "format", "why"))
_structs: Dict[Tuple[str, int], struct.Struct] = {}


def _reader_of(name: str, stride: int) -> struct.Struct:
    key = name, stride
    if key not in _structs:
        _structs[key] = unpacker(name, stride)
    return _structs[key]


def moment(microseconds: int) -> Optional[datetime.datetime]:
    """A local time of the library as a naive datetime."""
    try:
        return _EPOCH + datetime.timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def number_of(number: int, power: int) -> Union[int, decimal.Decimal]:
    """number x 10^power, exactly."""
    return number * 10 ** power if power >= 0 else decimal.Decimal(number).scaleb(
        power, decimal.Context(prec=40))


def json_text(into: Dict[str, Any], name: str, text: bytes) -> None:
    """As the command does: valid UTF-8, and the bytes beside it where they are not."""
    try:
        into[name] = text.decode("utf-8")
    except UnicodeDecodeError:
        into[name] = _replace_each(text)
        into[name + "_b64"] = base64.b64encode(text).decode("ascii")


def _replace_each(text: bytes) -> str:
    """One U+FFFD for each byte that is not UTF-8 (Python's own "replace" joins some)."""
    return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c
                   for c in text.decode("utf-8", "surrogateescape"))


def json_time(time: Optional[datetime.datetime]) -> Optional[str]:
    return None if time is None else time.replace(microsecond=0).isoformat()


def dumps(value: Any) -> str:
    """JSON of what to_dict() gives, with every decimal digit for digit."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return format(value, "f") if isinstance(value, decimal.Decimal) else json.dumps(value)


class Batch:
    """Some records that follow each other: a sequence of Record, and columns without copies."""

    __slots__ = ("_records", "_fields", "_text", "_names", "_record_stride", "_field_stride",
                 "_field", "__weakref__")

    def __init__(self, records: bytes, fields: bytes, text: bytes, names: Tuple[str, ...],
                 record_stride: int, field_stride: int) -> None:
        self._records = records
        self._fields = fields
        self._text = text
        self._names = names
        self._record_stride = record_stride
        self._field_stride = field_stride
        self._field = _reader_of("tsmp_field", field_stride).unpack_from

    def __reduce__(self) -> Tuple[Any, ...]:
        return Batch, (self._records, self._fields, self._text, self._names, self._record_stride,
                       self._field_stride)

    def __len__(self) -> int:
        return len(self._records) // self._record_stride

    def __iter__(self) -> Iterator["Record"]:
        return map(Record, itertools.repeat(self),
                   _reader_of("tsmp_record", self._record_stride).iter_unpack(self._records))

    def __getitem__(self, index: int) -> "Record":
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError("no such record in the batch")
        raw = _reader_of("tsmp_record", self._record_stride)
        return Record(self, raw.unpack_from(self._records, index * self._record_stride))

    def column(self, name: str) -> "memoryview[int]":
        """A member of every record (offset, line, length, time, flags, kind, format, ...) as a
        strided memoryview of integers; it keeps the batch's memory alive."""
        code, part = self._place(name)
        column: "memoryview[int]" = memoryview(self._records).cast(code)
        return column[part]

    def _place(self, name: str) -> Tuple[Any, slice]:
        """Code of a member's type, and where it stands when all memory is taken for that type."""
        try:
            offset, size, kind = schema["layout"]["tsmp_record"]["members"][name]
        except KeyError:
            raise KeyError(f"records have no member {name!r}") from None
        return CODES[kind], slice(offset // size, None, self._record_stride // size)

    def append_to(self, columns: "Dict[str, array.array[int]]", names: Sequence[str]) -> None:
        """Append members of every record to arrays, which are made when they are not there."""
        whole: "Dict[str, array.array[int]]" = {}
        for name in names:
            code, part = self._place(name)
            if code not in whole:  # an array's slices are quicker than a memoryview's
                whole[code] = array.array(code, self._records)
            columns.setdefault(name, array.array(code)).extend(whole[code][part])

    def name_of(self, identity: int) -> Optional[str]:
        """The name of a field, also of one that the text or a user pattern named."""
        if identity < _CUSTOM:
            return _FIELDS.get(identity)
        index = identity - _CUSTOM
        return self._names[index] if index < len(self._names) else None

    def _of(self, raw: Tuple[int, ...]) -> Iterator[Tuple[int, ...]]:
        stride = self._field_stride
        first = raw[_FIRST] * stride
        for at in range(first, first + raw[_COUNT] * stride, stride):
            yield self._field(self._fields, at)

    def _span(self, start: int, length: int) -> bytes:
        return self._text[start:start + length]


class _Slots:
    __slots__ = ("_batch", "_raw")
    _batch: Batch
    _raw: Tuple[int, ...]


_set_batch: Callable[[Any, Batch], None] = _Slots.__dict__["_batch"].__set__
_set_raw: Callable[[Any, Tuple[int, ...]], None] = _Slots.__dict__["_raw"].__set__


class Record(_Slots):
    """One line of the input (or a cut piece of one). Immutable; keeps its batch alive.

    record["path"] gives a field, record.get("path") too or None, record.fields all of them.
    Values: text is str (bytes that are not UTF-8 as lone surrogates; record.raw("path") gives the
    bytes), numbers are int or Decimal, words are Word or StatisticName, times are naive datetime.
    None = printed, but not to be used (ambiguous, or too large): record.raw() has what was printed.
    """

    __slots__ = ()

    def __init__(self, batch: Batch, raw: Tuple[int, ...]) -> None:
        _set_batch(self, batch)
        _set_raw(self, raw)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError("a record cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a record cannot be changed")

    @property
    def offset(self) -> int:
        """Of its first byte in the input."""
        return self._raw[_OFFSET]

    @property
    def length(self) -> int:
        """In input bytes, with its newline."""
        return self._raw[_LENGTH]

    @property
    def line(self) -> int:
        """Line number, from 1."""
        return self._raw[_LINE]

    @property
    def kind(self) -> Kind:
        """What it is."""
        return _KINDS[self._raw[_KIND]]

    @property
    def format(self) -> Format:
        """Which text it stands in."""
        return _FORMATS[self._raw[_FORMAT]]

    @property
    def why(self) -> Why:
        """Why it was not understood."""
        return _WHYS[self._raw[_WHY]]

    @property
    def flags(self) -> Flag:
        return Flag(self._raw[_FLAGS])

    @property
    def time(self) -> Optional[datetime.datetime]:
        """Local time without zone; None when there is none, or its date order is undecided."""
        raw = self._raw
        return None if raw[_FLAGS] & _NO_TIME_BITS else moment(raw[_TIME])

    @property
    def text(self) -> bytes:
        """The line without its newline."""
        raw = self._raw
        return self._batch._span(raw[_R["text"]], raw[_R["text_length"]])

    @property
    def stamp(self) -> bytes:
        """The stamp as it was printed."""
        raw = self._raw
        return self._batch._span(raw[_R["text"]], raw[_R["stamp_length"]])

    def _named(self) -> Iterator[Tuple[str, Tuple[int, ...]]]:
        name_of = self._batch.name_of
        for field in self._batch._of(self._raw):
            name = name_of(field[_F_ID])
            if name is not None:
                yield name, field
            if field[_F_ID] == _CANDIDATES:
                return  # none of those behind it is known to be right

    @property
    def candidates(self) -> List[Dict[str, bytes]]:
        """Ways to split a row, of which none is known to be the right one: its printed path, expires
        and description in each. The record's fields have none of them."""
        fields = list(self._batch._of(self._raw))
        start = next((index + 1 for index, field in enumerate(fields)
                      if field[_F_ID] == _CANDIDATES), len(fields))
        return [{_FIELDS[field[_F_ID]]: self._printed(field) for field in fields[at:at + 3]}
                for at in range(start, len(fields) - 2, 3)
                if fields[at][_F_ID] == schema["field"]["path"]]

    def _value(self, field: Tuple[int, ...]) -> Value:
        kind = field[_F_TYPE]
        if self._raw[_KIND] == _PATTERN and field[_F_ID] == _NAME:
            return self._batch.name_of(field[_F_NUMBER])
        if kind == _IS_WORD:
            if self._raw[_KIND] == _STATISTIC and field[_F_ID] == _NAME:
                return _STATISTICS.get(field[_F_NUMBER])
            return _WORDS.get(field[_F_NUMBER])
        if kind == _IS_NUMBER or kind == _IS_OFFSET:
            if field[_F_FLAGS] & _NO_NUMBER_BITS:
                return None
            return number_of(field[_F_NUMBER], field[_F_POWER])
        if kind == _IS_TIME:
            return None if field[_F_FLAGS] & _NO_TIME_BITS else moment(field[_F_NUMBER])
        return decode(self._printed(field))

    def _printed(self, field: Tuple[int, ...]) -> bytes:
        return self._batch._span(field[_F_TEXT], field[_F_LENGTH])

    @property
    def fields(self) -> Dict[str, Value]:
        """All fields by name; of a name that stands twice, the last."""
        return {name: self._value(field) for name, field in self._named()}

    def __getitem__(self, name: str) -> Value:
        for had, field in self._named():
            if had == name:
                return self._value(field)
        raise KeyError(name)

    def get(self, name: str) -> Value:
        for had, field in self._named():
            if had == name:
                return self._value(field)
        return None

    def __contains__(self, name: object) -> bool:
        return any(had == name for had, _ in self._named())

    def raw(self, name: str) -> bytes:
        """A field as it was printed."""
        for had, field in self._named():
            if had == name:
                return self._printed(field)
        raise KeyError(name)

    def to_dict(self) -> Dict[str, Any]:
        """What `tsmparse records --format=jsonl` prints; exact decimals are Decimal."""
        flags = self._raw[_FLAGS]
        for field in self._batch._of(self._raw):
            flags |= field[_F_FLAGS] & _SHOWN_BITS
        out: Dict[str, Any] = {"offset": self.offset, "line": self.line, "length": self.length,
                               "kind": self.kind.label, "format": self.format.label,
                               "time": json_time(self.time), "flags": Flag(flags).labels}
        taken = _TAKEN
        if self.time is None and self.stamp:
            json_text(out, "stamp", self.stamp)
        if self.why:
            out["why"] = self.why.label
        if self._raw[_KIND] in _SHOWS_TEXT:
            json_text(out, "text", self.text)
            taken = _TAKEN + ("text",)
        seen: Dict[str, int] = {}
        for name, field in self._named():
            if field[_F_ID] == _CANDIDATES:
                ways: List[Dict[str, Any]] = [{} for _ in self.candidates]
                for way, candidate in zip(ways, self.candidates):
                    for part, text in candidate.items():
                        json_text(way, part, text)
                out[name] = ways
                continue
            seen[name] = count = seen.get(name, 0) + 1
            key = ("field_" if name in taken else "") + name + (f"_{count}" if count > 1 else "")
            value = self._value(field)
            if isinstance(value, str):
                json_text(out, key, value.encode("utf-8", "surrogateescape"))
            elif isinstance(value, datetime.datetime):
                out[key] = json_time(value)
            elif isinstance(value, (Word, StatisticName)):
                out[key] = value.label
            else:
                out[key] = value
                if value is None:
                    json_text(out, key + "_text", self._printed(field))
        return out

    def __reduce__(self) -> Tuple[Any, ...]:
        """Pickled alone, without the rest of its batch."""
        batch, raw = self._batch, list(self._raw)
        stride = batch._field_stride
        first, count = raw[_FIRST], raw[_COUNT]
        start, end = raw[_R["text"]], raw[_R["text"]] + raw[_R["text_length"]]
        fields = list(batch._of(self._raw))
        for field in fields:  # spans are inside, but for joined ones
            start = min(start, field[_F_TEXT])
            end = max(end, field[_F_TEXT] + field[_F_LENGTH])
        pack = _reader_of("tsmp_field", stride)
        moved = []
        for field in fields:
            parts = list(field)
            parts[_F_TEXT] -= start
            moved.append(pack.pack(*parts))
        raw[_FIRST] = 0
        raw[_R["text"]] -= start
        names = batch._names if any(field[_F_ID] >= _CUSTOM for field in fields) \
            or raw[_KIND] == _PATTERN else ()
        record = _reader_of("tsmp_record", batch._record_stride).pack(*raw)
        return _alone, (record, b"".join(moved), batch._span(start, end - start), names,
                        batch._record_stride, stride)

    def _key(self) -> Tuple[Any, ...]:
        raw = self._raw
        return (self.offset, self.length, self.line, raw[_TIME], raw[_KIND],
                raw[_FLAGS], self.text, tuple((name, self._value(field))
                                              for name, field in self._named()))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Record) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.offset, self.line, self._raw[_KIND]))

    def __repr__(self) -> str:
        fields: List[str] = [f"{name}={value!r}" for name, value in self.fields.items()]
        return f"<Record line {self.line} {self.kind.label} {' '.join(fields)}>"


def _alone(*parts: Any) -> Record:
    return Batch(*parts)[0]
