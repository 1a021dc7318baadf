"""The door to keyring: passwords and secret keys, which stand in no file of the workspace."""

from __future__ import annotations

import os
from contextlib import suppress

# The environment first, as scheduled jobs have it; then the system's keyring: `keyring set studio
# DESTINATION`.
VARIABLE = "STUDIO_PUBLISH_SECRET"
SERVICE = "studio"


def find_credential(destination: str, variable: str = VARIABLE) -> str | None:
    """The password or secret key for a destination, as ``[publish] to`` (or ``[wordpress] url``)
    names it; None where there is none.

    :param variable: the environment variable that has it for scheduled jobs.
    """
    if secret := os.environ.get(variable):
        return secret
    import keyring
    import keyring.errors

    with suppress(keyring.errors.KeyringError):  # a machine without one
        return keyring.get_password(SERVICE, destination)
    return None
