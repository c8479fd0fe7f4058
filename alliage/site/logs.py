"""What no log of the site holds: the private addresses of diagnoses. Where logs go is in settings."""

from __future__ import annotations

import logging
import re

_KEY = re.compile(r"(?<=/)[A-Za-z0-9_-]{32}(?=/)")  # as `KeyConverter` reads them in an address


class WithoutKeys(logging.Filter):
    """Lets every record through, with « … » in place of the key of each private address that it tells."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if (hidden := _KEY.sub("…", told)) != told:
            record.msg, record.args = hidden, ()
        return True
