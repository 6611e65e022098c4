"""Stops an upload that is too large while it arrives, instead of after."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class QuotaUploadHandler(FileUploadHandler):
    """Skips a file that passes MAX_UPLOAD_BYTES and notes its name in `request.refused_uploads`."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > settings.MAX_UPLOAD_BYTES:
            refused: list[str] = getattr(self.request, "refused_uploads", [])
            self.request.refused_uploads = [*refused, self.file_name or ""]  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
