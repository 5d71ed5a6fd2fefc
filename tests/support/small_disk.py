"""A disk without room, for the process that asks for it and its children only.

A file system of its own where the machine lets us make one; else the kernel's limit on the size of a file. Either
way it is the kernel that refuses, and no part of ours is replaced.
"""

import ctypes
import os
import resource
from pathlib import Path

NEW_NAMESPACE, NEW_USER, PRIVATE = 0x00020000, 0x10000000, 0x4000 | (1 << 18)  # as linux/sched.h and mount.h have it
_libc = ctypes.CDLL(None, use_errno=True)


ROOM = 1 << 16  # so much fits; no less, for the limit on files meets the database's own, which only reads meanwhile


def fill_up(folder: Path, room: int = ROOM) -> None:
    """From now on `folder` takes no more than `room` bytes. Irrevocable: call it in a forked child."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _own_file_system(folder, room):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def _own_file_system(folder: Path, room: int) -> bool:
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(NEW_NAMESPACE | (NEW_USER if user else 0)) != 0:
        return False
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    if _libc.mount(b"none", b"/", None, PRIVATE, None) != 0:
        return False
    return _libc.mount(b"none", bytes(folder), b"tmpfs", 0, f"size={room}".encode()) == 0
