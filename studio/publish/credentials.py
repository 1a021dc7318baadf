"""The door to keyring: passwords and secret keys, which no workspace file contains."""

from __future__ import annotations

import os
from contextlib import suppress

# Scheduled jobs set the environment variable, which is read first; then the system's keyring is
# asked (`keyring set studio DESTINATION`).
VARIABLE = "STUDIO_PUBLISH_SECRET"
SERVICE = "studio"


def find_credential(destination: str, variable: str = VARIABLE) -> str | None:
    """The password or secret key for a destination, as ``[publish] destination`` (or
    ``[wordpress] url``) names it; None if there is none.

    :param variable: the environment variable in which scheduled jobs provide it.
    """
    if secret := os.environ.get(variable):
        return secret
    import keyring
    import keyring.errors

    with suppress(keyring.errors.KeyringError):  # this machine has no keyring
        return keyring.get_password(SERVICE, destination)
    return None
