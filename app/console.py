"""How the commands speak: Chinese, whatever the shell's locale.

Click takes its own words through the standard library's gettext, and so do our commands: both are read from the
product's catalogue. Import this before any command is declared.
"""

import errno
import gettext as catalogue
import os
from gettext import gettext as _

from config import ROOT

os.environ["LANGUAGE"] = "zh"
catalogue.bindtextdomain("messages", str(ROOT / "translations"))
catalogue.textdomain("messages")

WORDS = {"options_metavar": _("[OPTIONS]")}
GROUP_WORDS = {**WORDS, "subcommand_metavar": _("COMMAND [ARGS]...")}


# The system's own words for a fault are English, whatever the locale of the office.
REASONS = {
    errno.EACCES: _("no permission"), errno.EPERM: _("no permission"), errno.ENOENT: _("there is no such place"),
    errno.ENOTDIR: _("part of the path is a file"), errno.EEXIST: _("it is a file, not a folder"),
    errno.EISDIR: _("it is a folder"), errno.EROFS: _("the disk can only be read"),
    errno.ENOSPC: _("the disk is full"), errno.EDQUOT: _("the disk is full"),
    errno.EFBIG: _("the file becomes too large for this disk"), errno.EIO: _("the disk is broken"),
}


def reason(fault: OSError) -> str:
    """What the system says, for people."""
    return REASONS.get(fault.errno, _("fault {number}").format(number=fault.errno))


def no_folder(folder: str, fault: OSError) -> str:
    words = _("The data folder {folder} cannot be used ({reason}). Name another in DATA_DIR.")
    return words.format(folder=folder, reason=reason(fault))


def no_port(text: str) -> str:
    words = _("The environment variable PORT must be a number from 1 to 65535, not “{text}”.")
    return words.format(text=text[:20])
