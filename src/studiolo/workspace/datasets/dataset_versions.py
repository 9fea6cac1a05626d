"""The contents that datasets of a workspace had, by number, and how another workspace gets one."""

import os
from collections.abc import Sequence
from dataclasses import replace

from studiolo.store.dataset_record import DatasetVersion
from studiolo.store.locks import WorkspaceUse
from studiolo.workspace.errors import DatasetVersionMissingError
from studiolo.workspace.folder.state_folder import StateFolder


class DatasetVersions:
    """Every content that was met in a workspace, numbered from 1 by dataset."""

    def __init__(self, state: StateFolder) -> None:
        self._state = state

    def of(self, name: str) -> Sequence[DatasetVersion]:
        """The versions of a dataset."""
        return self._state.records().dataset_versions(name)

    def find(self, name: str, version: int) -> DatasetVersion:
        """A version of a dataset.

        Raises:
            DatasetVersionMissingError: There is no such version of it.
        """
        found = self._state.records().dataset_version(name, version)
        if found is None:
            raise DatasetVersionMissingError(
                name=name, version=version, versions=len(self.of(name))
            )
        return found

    def kept(self, name: str, version: int) -> DatasetVersion:
        """A version whose content is still here.

        Raises:
            DatasetVersionMissingError: There is no such version, or its content is gone.
        """
        found = self.find(name, version)
        if not self._state.blobs.exists([found.content]):
            raise DatasetVersionMissingError(
                name=name, version=version, versions=len(self.of(name))
            )
        return found

    def take(self, version: DatasetVersion, source: "DatasetVersions") -> DatasetVersion:
        """Keep a version of another workspace here, too; what it is called here.

        The newest version stays the newest.

        Raises:
            StoreError: It can't be read there, or not be kept here.
        """
        with WorkspaceUse.begin(source._state.path), WorkspaceUse.begin(self._state.path):
            records = self._state.records()
            source._state.blobs.check(version.content)
            descriptor = source._state.blobs.open(version.content)
            try:
                self._state.blobs.put_file(descriptor)
            finally:
                os.close(descriptor)
            # No file of the datasets folder is that old.
            return records.note_dataset(replace(version, mtime_ns=0), current=False)
