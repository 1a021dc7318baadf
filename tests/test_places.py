"""Paths from outside: whatever a manifest, an archive or a setting says, nothing is reached but what
is below the root.
"""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.web.places import NAME_BYTES, PLACE_BYTES, invalid_place_reason

REFUSED = {
    "": "empty part",
    "/etc/passwd": "absolute",
    "../victim/authorized_keys": "leads outside",
    "a/../b": "leads outside",
    "a/./b": "leads outside",
    "a/.. /b": "leads outside",
    "a/... /b": "space",
    "a//b": "empty part",
    "a/": "empty part",
    "a\\..\\b": "backslash",
    "C:/x": "drive",
    "C:x": "drive",
    "a/d:x": "drive",
    "a\x00.mp3": "control",
    "a\nb": "control",
    "\ud800": "Unicode",
    f"{'a' * (NAME_BYTES + 1)}": f"{NAME_BYTES} bytes",
    f"{'é' * 200}": f"{NAME_BYTES} bytes",
    "a/" * PLACE_BYTES + "a": f"{PLACE_BYTES} bytes",
    ".studio/published.json": "reserved for Studio",
    ".Studio/kept": "reserved for Studio",
    "a/.studio/b": "reserved for Studio",
    "a/.studio-new.b": "reserved for Studio",
    "CON": "device",
    "a/nul.wav": "device",
    "aux/b": "device",
    "Lpt1.tar.gz": "device",
    "com¹": "device",
    "nul .mp3": "device",
}


@pytest.mark.parametrize(("place", "told"), REFUSED.items())
def test_what_leads_elsewhere_is_refused_with_its_reason(place: str, told: str) -> None:
    assert told in (invalid_place_reason(place) or "")


@pytest.mark.parametrize(
    "place",
    [
        "feed.xml",
        "002-a/002-a-0123abcd.mp3",
        "search/_.json",
        "l’été « 2 ».flac",
        "..mp3",
        "a/.well-known",
        "console/nulle.wav",
        "com10",
        "a.con",
    ],
)
def test_what_a_publication_has_is_not(place: str) -> None:
    assert invalid_place_reason(place) is None


PARTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["..", ".", "", "a", ".studio", "C:", "\\", "\x00", "con", "...", ".. "]),
)


@given(st.lists(PARTS, min_size=1, max_size=5).map("/".join))
def test_a_place_that_passes_is_below_the_root_on_every_system(place: str) -> None:
    if invalid_place_reason(place) is not None:
        return
    root = Path("/srv/www/show")
    assert Path(f"{root}/{place}").parts[: len(root.parts)] == root.parts
    assert ".." not in place.split("/")
    on_windows = PureWindowsPath("C:/show") / place
    assert on_windows.is_relative_to("C:/show")
    assert ".." not in on_windows.parts
    assert not any(part.casefold().startswith(".studio") for part in place.split("/"))
