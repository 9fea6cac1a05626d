"""The folder in which a workspace keeps what it remembers: records, results and locks."""

import threading
from pathlib import Path

from studiolo.store.blobs import Blobs
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.records import Records

NAME = ".studiolo"


class StateFolder:
    """Records and blobs of a workspace, opened when they are first needed."""

    def __init__(self, root: Path, database: DatabaseAddress | None = None) -> None:
        """Open nothing yet.

        Args:
            root: The workspace's folder.
            database: Where the records are; in this folder if not given.
        """
        self.path = root / NAME
        self.blobs = Blobs(self.path)
        self._database = database
        self._lock = threading.Lock()
        self._records: Records | None = None

    def records(self) -> Records:
        """The records; created if there are none yet.

        Raises:
            StoreError: They can't be opened.
        """
        with self._lock:
            if self._records is None:
                self._records = Records.open(self.path, address=self._database)
            return self._records

    def close(self) -> None:
        """Let go of the records."""
        with self._lock:
            records, self._records = self._records, None
        if records is not None:
            records.close()
