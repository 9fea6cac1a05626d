"""The OpenAPI document of the studio's API: `python -m studiolo.server.openapi > FILE`."""

import json
import sys
from typing import Any

from studiolo.server.api.application import api_application
from studiolo.server.http.event_streams import EventStreams
from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.workspace import Workspace


def openapi_document() -> dict[str, Any]:
    """The document; the same for each workspace, and none is looked at."""
    return api_application(Studio(Workspace(samples_folder())), EventStreams()).openapi()


if __name__ == "__main__":
    json.dump(openapi_document(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
