# SPDX-License-Identifier: BSD-2-Clause
"""Where bytes come from: a path, bytes, or a binary file object; plain, gzip or zstd."""
import gzip
import io
import os
import stat
import time
import zlib
from typing import IO, Any, Optional, Union

from .errors import MisuseError, ReadError

Source = Union[str, "os.PathLike[str]", "os.PathLike[bytes]", bytes, bytearray, memoryview, IO[bytes]]
CHUNK = 256 * 1024


def _unzstd(file: IO[bytes]) -> IO[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
        return zstd.open(file, "rb")  # type: ignore[no-any-return,unused-ignore]
    except ImportError:
        pass
    try:
        import zstandard  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ReadError("the file is packed with zstd, which this Python cannot read: install the "
                        "package zstandard, or unpack it first") from None
    made = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return io.BufferedReader(made)  # type: ignore[no-any-return,unused-ignore]


class Input:
    """An opened source: `read` gives bytes until it gives none."""

    def __init__(self, source: Source) -> None:
        self.file: Optional[str] = None
        self.age = 0  # seconds since a regular file was written
        self.regular = False
        self.packed = False
        self.offset = 0
        self._owned = True
        opened: Any
        if isinstance(source, (bytes, bytearray, memoryview)):
            opened = io.BytesIO(source)
        elif isinstance(source, (str, os.PathLike)):
            self.file = os.fsdecode(source)
            opened = open(source, "rb", buffering=0)
            facts = os.fstat(opened.fileno())
            self.regular = stat.S_ISREG(facts.st_mode)
            self.age = int(time.time() - facts.st_mtime) if self.regular else 0
        elif callable(getattr(source, "read", None)):
            opened = source
            name = getattr(source, "name", None)
            self.file = os.fsdecode(name) if isinstance(name, (str, bytes)) else None
            self._owned = False
        else:
            raise TypeError("a source is a path, bytes or a binary file object, not "
                            + type(source).__name__)
        self._opened = opened
        try:
            self._file = self._unpack(opened)
        except BaseException:
            self.close()
            raise

    def _unpack(self, opened: Any) -> Any:
        """Look at the first bytes, which are then given again."""
        head = b""
        while len(head) < 4:
            more = self._read(opened, 4 if self.regular else CHUNK)
            if not more:
                break
            head += more
        if self.regular:
            opened.seek(0)
            if head[:3] != b"\x1f\x8b\x08" and head != b"\x28\xb5\x2f\xfd":
                return opened
        whole = _Pushed(b"" if self.regular else head, opened, self)
        if head[:3] == b"\x1f\x8b\x08":
            self.packed = True
            return gzip.GzipFile(fileobj=io.BufferedReader(whole), mode="rb")
        if head[:4] == b"\x28\xb5\x2f\xfd":
            self.packed = True
            return _unzstd(io.BufferedReader(whole))
        return whole

    def _read(self, file: Any, size: int) -> bytes:
        try:
            data = file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, ReadError):
                raise
            raise ReadError(f"cannot be read to its end: {error}", file=self.file,
                            offset=self.offset) from error
        if data is None:
            raise ReadError("the file object is not blocking and has no data now; use "
                            "tsmparse.feed() for such streams", file=self.file, offset=self.offset)
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("the file object gives " + type(data).__name__ + ", not bytes: open it "
                            "in binary mode")
        return bytes(data)

    def read(self, size: int = CHUNK) -> bytes:
        if self._file is None:
            raise MisuseError("the input was closed", file=self.file)
        data = self._read(self._file, size)
        self.offset += len(data)
        return data

    def seek(self, offset: int) -> None:
        """The next read gives the byte at `offset`; only of a regular file."""
        if self._file is None:
            raise MisuseError("the input was closed", file=self.file)
        self.offset = 0
        if not self.packed:
            self._opened.seek(offset)
            self.offset = offset
            return
        self._opened.seek(0)
        self._file = self._unpack(self._opened)
        while self.offset < offset:
            if not self.read(min(CHUNK, offset - self.offset)):
                raise ReadError("became shorter while it was read", file=self.file,
                                offset=self.offset)

    def tail(self, size: int) -> bytes:
        """The last bytes of a plain regular file, else none."""
        if not self.regular or self.packed:
            return b""
        file = self._opened.fileno()
        return os.pread(file, size, max(0, os.fstat(file).st_size - size))

    def close(self) -> None:
        self._file = None
        if self._owned:
            self._opened.close()


class _Pushed(io.RawIOBase):
    """A file whose first bytes were read already; closing this does not close it."""

    def __init__(self, head: bytes, file: Any, owner: Input) -> None:
        self._head = head
        self._wrapped = file
        self._owner = owner

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            size = len(self._head) if size < 0 else size
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._owner._read(self._wrapped, size)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)
