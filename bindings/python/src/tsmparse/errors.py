# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong. Text is never an error; misuse, memory and input/output are."""
from typing import Any, Dict, Optional, Tuple


class Error(Exception):
    """Base of all errors of this package.

    code: the library's status (negative), or None when it was not the library that failed;
    file: name of the input, or None; offset: how many of its bytes had been read, or None.
    """

    code: Optional[int]
    file: Optional[str]
    offset: Optional[int]

    def __init__(self, text: str, *, code: Optional[int] = None, file: Optional[str] = None,
                 offset: Optional[int] = None) -> None:
        super().__init__(text)
        self.code = code
        self.file = file
        self.offset = offset

    def __str__(self) -> str:
        text = str(self.args[0])
        if self.file is not None:
            text = f"{self.file}: {text}"
        if self.offset is not None:
            text += f" (at byte {self.offset})"
        return text

    def __reduce__(self) -> Tuple[Any, Tuple[Any], Dict[str, Any]]:
        return type(self), (self.args[0],), self.__dict__


class LibraryError(Error, ImportError):
    """The C library is missing, has another ABI, or is something else."""


class MisuseError(Error, ValueError):
    """An impossible option, or a call out of order."""


class ClosedError(MisuseError):
    """The reader was closed, or belongs to another process."""


class PatternError(Error, ValueError):
    """A user pattern did not compile."""


class NoMemoryError(Error, MemoryError):
    """The library got no memory."""


class ReadError(Error, OSError):
    """The input cannot be read to its end, or is packed and damaged."""
