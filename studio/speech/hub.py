"""The adapter of the Hugging Face hub: ``python -m studio.speech.hub REPOSITORY REVISION FOLDER
FILE…`` downloads files into a folder.

It is a separate process so that a download can be monitored and stopped. On
failure it writes one line and ends with 1.
"""

from __future__ import annotations

import sys

from huggingface_hub import hf_hub_download


def main(arguments: list[str]) -> int:
    """Download the files. The caller verifies their hashes."""
    repository, revision, folder, *names = arguments
    try:
        for name in names:
            hf_hub_download(repository, name, revision=revision, local_dir=folder)
    # any failure means the same to the caller: the file did not arrive
    except Exception as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
