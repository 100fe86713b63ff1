# SPDX-License-Identifier: BSD-2-Clause
"""Runs and their verdicts, as frozen dataclasses that need no library any more."""
import ctypes
import dataclasses
import datetime
import decimal
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from ._library import Text, constant, decode, lib, structs, text_of
from ._reader import OK, BatchHandle, Handle, Options, Reading, check
from ._source import Source
from .enums import Claim, EvidenceId, Flag, Kind, Proof, StatisticName, Verdict, Word
from .errors import ReadError
from .values import json_text, json_time, moment, number_of

_NO_TIME = constant["no_time"]
_OBJECTS = ("sent", "updated", "expired", "rebound", "deleted", "failed", "skipped", "retried")
_MESSAGES = {"I": "informational", "W": "warnings", "E": "errors", "S": "severe"}


@dataclasses.dataclass(frozen=True)
class Volume:
    """A volume that a run began, or ended."""

    name: str
    outcome: Word  # SUCCESSFUL, FAILURES, STOPPED or UNFINISHED
    failures: int
    begin_line: int  # 0 = not seen
    end_line: int


@dataclasses.dataclass(frozen=True)
class Statistic:
    """A line of a run's closing statistics."""

    name: StatisticName
    value: Union[int, decimal.Decimal, None]  # None = printed, but not to be used
    unit: Optional[Word]
    line: int


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One reason of a verdict, with the lines it rests on."""

    id: EvidenceId
    strength: int  # 1 (note) to 5; 0 = neutral
    text: str
    lines: Tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Run:
    """The records of one scheduled event, or of one interactive command, judged."""

    schedule: Optional[str]
    node: Optional[str]
    action: Optional[Word]
    scheduled: Optional[datetime.datetime]
    scheduled_text: Optional[str]
    started: Optional[datetime.datetime]
    ended: Optional[datetime.datetime]
    claim: Claim
    return_code: Optional[int]
    verdict: Verdict
    proof: Proof
    evidence: Tuple[Evidence, ...]
    volumes: Tuple[Volume, ...]
    statistics: Tuple[Statistic, ...]
    sent: int
    updated: int
    expired: int
    rebound: int
    deleted: int
    failed: int
    skipped: int
    retried: int
    informational: int
    warnings: int
    errors: int
    severe: int
    interactive: bool
    attempts: int
    first_line: int
    last_line: int
    first_offset: int
    end_offset: int

    def statistic(self, name: Union[StatisticName, str]) -> Union[int, decimal.Decimal, None]:
        """A statistic's value by name ("objects_inspected"), None when it was not printed."""
        for statistic in self.statistics:
            if str(name) == statistic.name.label:
                return statistic.value
        return None

    def to_dict(self) -> Dict[str, Any]:
        """A run as `tsmparse check --format=json` prints it; exact decimals are Decimal."""
        out: Dict[str, Any] = {}
        for name in ("schedule", "node", "scheduled_text"):
            _json_text(out, name, getattr(self, name))
        for name in ("scheduled", "started", "ended"):
            out[name] = json_time(getattr(self, name))
        out["action"] = None if self.action is None else self.action.label
        out.update(claim=self.claim.label, return_code=self.return_code,
                   verdict=self.verdict.label, proof=self.proof.labels,
                   interactive=self.interactive, attempts=self.attempts,
                   first_line=self.first_line, last_line=self.last_line)
        out["evidence"] = []
        for evidence in self.evidence:
            shown: Dict[str, Any] = {"id": evidence.id.label, "strength": evidence.strength,
                                     "lines": list(evidence.lines)}
            json_text(shown, "text", evidence.text.encode("utf-8", "surrogateescape"))
            out["evidence"].append(shown)
        out["volumes"] = []
        for volume in self.volumes:
            shown = {"failures": volume.failures, "outcome": "ended" if volume.outcome ==
                     Word.SUCCESSFUL else volume.outcome.label}
            _json_text(shown, "name", volume.name or None)
            out["volumes"].append(shown)
        out["statistics"] = {}
        for statistic in self.statistics:
            out["statistics"].setdefault(statistic.name.label, statistic.value)
        out["objects"] = {name: getattr(self, name) for name in _OBJECTS}
        out["messages"] = {letter: getattr(self, name) for letter, name in _MESSAGES.items()}
        return out


def _json_text(into: Dict[str, Any], name: str, text: Optional[str]) -> None:
    if text is None:
        into[name] = None
    else:
        json_text(into, name, text.encode("utf-8", "surrogateescape"))


@dataclasses.dataclass(frozen=True)
class Report:
    """What check() found: the worst verdict, and the runs that were judged."""

    verdict: Verdict
    runs: Tuple[Run, ...]

    @property
    def exit_code(self) -> int:
        """0 complete, 1 exceptions, 2 incomplete, failed or missed, 3 unknown or running."""
        return {Verdict.COMPLETE: 0, Verdict.EXCEPTIONS: 1, Verdict.INCOMPLETE: 2,
                Verdict.FAILED: 2, Verdict.MISSED: 2}.get(self.verdict, 3)

    def to_dict(self) -> Dict[str, Any]:
        return {"verdict": self.verdict.label, "runs": [run.to_dict() for run in self.runs]}


class Witness(Handle):
    """tsmp_witness: what the server says, in any number of texts, read to their ends."""

    _free = staticmethod(lib.tsmp_witness_free)
    _said = frozenset(map(int, (Kind.SERVER_EVENT, Kind.SERVER_MESSAGE, Kind.STATISTIC, Kind.FILESPACE)))

    def __init__(self, sources: Sequence[Source]) -> None:
        out = ctypes.c_void_p()
        check(lib.tsmp_witness_new(None, None, ctypes.byref(out)), "no memory")
        super().__init__(out.value)
        try:
            for source in sources:
                self._take(Reading(source, Options()))
            check(lib.tsmp_witness_end(self._used()), "no memory")
        except BaseException:
            self.close()
            raise

    def _take(self, reading: Reading) -> None:
        records = said = 0
        try:
            for batch in reading:
                kinds = batch.members().column("kind")
                records += len(kinds)
                said += any(kind in self._said for kind in kinds)
                check(lib.tsmp_witness_add(self._used(), batch.pointer), "no memory")
        finally:
            reading.close()
        if records and not said:  # another file's name, and nothing would ever speak against a run
            raise ReadError("is not what the server prints: no event, message or file space is in it",
                            file=reading.file)

    def pointer(self) -> int:
        return self._used()


class Context:
    """tsmp_context with the memory it points to."""

    def __init__(self, age: int, fresh: int, domain: Sequence[str], witness: Optional[Witness] = None,
                 node: str = "", skew: float = 0) -> None:
        names = [name.encode("utf-8", "surrogateescape") for name in domain]
        self._kept = [ctypes.create_string_buffer(name, len(name) or 1) for name in names]
        self._texts = (Text * max(1, len(names)))(
            *(Text(ctypes.addressof(kept), len(name)) for kept, name in zip(self._kept, names)))
        self.struct = structs["tsmp_context"]()
        self.struct.size = ctypes.sizeof(self.struct)
        self.struct.age = age
        self.struct.fresh = fresh
        self.witness = witness  # lives as long as this
        if witness is not None:
            self.struct.witness = witness.pointer()
        self._node = node.encode("utf-8", "surrogateescape")
        self._node_text = ctypes.create_string_buffer(self._node, len(self._node) or 1)
        self.struct.node = Text(ctypes.addressof(self._node_text), len(self._node))
        self.struct.skew = round(skew * 1000000)
        if names:
            self.struct.domain = ctypes.addressof(self._texts)
            self.struct.domain_count = len(names)


class RunsHandle(Handle):
    """tsmp_runs: batches in, judged runs out."""

    _free = staticmethod(lib.tsmp_runs_free)

    def __init__(self, context: Context) -> None:
        self._context = context
        out = ctypes.c_void_p()
        check(lib.tsmp_runs_new(None, None, ctypes.byref(out)), "no memory")
        super().__init__(out.value)

    def add(self, batch: BatchHandle) -> List[Run]:
        with self._lock:
            check(lib.tsmp_runs_add(self._used(), batch.pointer), "no memory")
            return list(self._next())

    def end(self) -> List[Run]:
        with self._lock:
            check(lib.tsmp_runs_end(self._used()), "no memory")
            return list(self._next())

    def _next(self) -> Iterator[Run]:
        out = ctypes.c_void_p()
        while check(lib.tsmp_runs_next(self._used(), ctypes.byref(out)), "no memory") == OK:
            try:
                yield self._judged(out.value)
            finally:
                lib.tsmp_run_free(out.value)

    def _judged(self, run: Optional[int]) -> Run:
        out = ctypes.c_void_p()
        check(lib.tsmp_judge(run, ctypes.addressof(self._context.struct), None,
                             ctypes.byref(out)), "no memory")
        try:
            return _run(structs["tsmp_run_view"].from_address(lib.tsmp_run_view_of(run)),
                        structs["tsmp_verdict_view"].from_address(
                            lib.tsmp_verdict_view_of(out.value)))
        finally:
            lib.tsmp_verdict_free(out.value)


def _items(name: str, address: Optional[int], count: int, stride: int) -> Iterator[Any]:
    for index in range(count):
        yield structs[name].from_address((address or 0) + index * stride)


def _text(text: Any) -> Optional[str]:
    return decode(text_of(text)) if text.length else None


def _time(time: int) -> Optional[datetime.datetime]:
    return None if time == _NO_TIME else moment(time)


def _statistic(item: Any) -> Statistic:
    bad = item.flags & (Flag.OVERFLOW | Flag.NUMBER_AMBIGUOUS)
    return Statistic(StatisticName(item.name),
                     None if bad else number_of(item.number, item.power),
                     Word(item.unit) if item.unit else None, item.line)


def _evidence(item: Any) -> Evidence:
    lines = (ctypes.c_uint64 * item.line_count).from_address(item.lines) if item.line_count else ()
    return Evidence(EvidenceId(item.id), item.strength, decode(text_of(item.text)), tuple(lines))


def _run(view: Any, verdict: Any) -> Run:
    counts = {name: getattr(view, name) for name in (*_OBJECTS, *_MESSAGES.values(), "attempts",
              "first_line", "last_line", "first_offset", "end_offset")}
    return Run(
        schedule=_text(view.schedule), node=_text(view.node),
        action=Word(view.action) if view.action else None,
        scheduled=_time(view.scheduled), scheduled_text=_text(view.scheduled_text),
        started=_time(view.started), ended=_time(view.ended), claim=Claim(view.claim),
        return_code=view.return_code if view.has_return_code else None,
        verdict=Verdict(verdict.verdict), proof=Proof(verdict.proof),
        evidence=tuple(map(_evidence, _items("tsmp_evidence", verdict.evidence,
                                             verdict.evidence_count, verdict.evidence_stride))),
        volumes=tuple(Volume(decode(text_of(item.name)), Word(item.outcome or Word.UNFINISHED),
                             item.failures, item.begin_line, item.end_line)
                      for item in _items("tsmp_volume", view.volumes, view.volume_count,
                                         view.volume_stride)),
        statistics=tuple(map(_statistic, _items("tsmp_statistic", view.statistics,
                                                view.statistic_count, view.statistic_stride))),
        interactive=bool(view.interactive), **counts)
