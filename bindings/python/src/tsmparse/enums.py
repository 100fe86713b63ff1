# SPDX-License-Identifier: BSD-2-Clause
"""The constants of the library, built from its schema. What the type checker sees of them
(enums.pyi) is generated from the same table when the package is built."""
import enum
from typing import Dict, List

from ._library import constant, schema


class Named(enum.IntEnum):
    """A constant; `label` and str() give the name that the command prints."""

    @property
    def label(self) -> str:
        return self.name.lower() if self.name[:1] != "E" or not self.name[1:].isdigit() \
            else self.name

    def __str__(self) -> str:
        return self.label


class NamedSet(enum.IntFlag):
    """A set of constants; `labels` gives the names that the command prints."""

    @property
    def labels(self) -> List[str]:
        return [member.name.lower() for member in type(self)  # type: ignore[union-attr]
                if member.value & self.value]

    def __str__(self) -> str:
        return ",".join(self.labels)


def _members(group: str) -> Dict[str, int]:
    return {name.upper(): value for name, value in schema[group].items()}


def _constants(prefix: str) -> Dict[str, int]:
    return {name[len(prefix):].upper(): value for name, value in constant.items()
            if name.startswith(prefix)}


Kind = Named("Kind", _members("kind"), module=__name__)
Format = Named("Format", _members("format"), module=__name__)
FieldId = Named("FieldId", _members("field"), module=__name__)
FieldType = Named("FieldType", _members("type"), module=__name__)
Flag = NamedSet("Flag", _members("flag"), module=__name__)
Why = Named("Why", _members("why"), module=__name__)
Word = Named("Word", _members("word"), module=__name__)
StatisticName = Named("StatisticName", _members("statistic"), module=__name__)
Verdict = Named("Verdict", _members("verdict"), module=__name__)
Claim = Named("Claim", _members("claim"), module=__name__)
Proof = NamedSet("Proof", _members("proof"), module=__name__)
EvidenceId = Named("EvidenceId", _members("evidence"), module=__name__)
TokenType = Named("TokenType", _constants("token_"), module=__name__)
