"""Whatever `studio new` takes, is built, proved and can be published: every form of episode, in one
show.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from lxml import etree
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageOps
from support.made_sounds import speechlike, write_wav
from support.small_show import build_show, make_show
from support.spoken import GUEST, INTERVIEW, transcript_from_lines

from studio.artwork.fitting import fitted_picture, is_fit
from studio.cli import main
from studio.errors import WorkspaceError
from studio.model.record import bytes_from_record
from studio.web.addresses import page_place
from studio.workspace.layout import Workspace
from studio.workspace.new_episode import EpisodeOptions, add_episode

ASKED = (
    "💬 Comment a commencé l’aventure Medinsoft ?\n\nAu départ, fin 2003, nous étions "
    "quelques éditeurs de logiciels.\n"
)
# Each with what a person said to `studio new`, and the words that are heard.
FORMS: dict[str, tuple[str, EpisodeOptions]] = {
    "trailer": (
        "Bande-annonce – Voix du Sud\n\nBientôt, une nouvelle émission sur le numérique "
        "en Provence.\n",
        EpisodeOptions(),
    ),
    "trailer without a text": ("Teaser\n", EpisodeOptions()),
    "bonus": ("Bonus : les coulisses\n\nCe que vous n’avez pas entendu.\n", EpisodeOptions()),
    "announcement": ("Nous revenons en septembre\n\nÀ bientôt.\n", EpisodeOptions(type="bonus")),
    "one question": (f"3 questions à {GUEST}\n\n{ASKED}", EpisodeOptions(season=1, number=1)),
    "second season": (f"S02E01 – 3 questions à {GUEST}\n\n{ASKED}", EpisodeOptions()),
    "three": (
        f"Épisode 32 – 3 questions à {GUEST}\n\nElle dirige une boulangerie.\n\n💬 Comment "
        "avez-vous commencé ?\n\nOn me demande.\n",
        EpisodeOptions(),
    ),
    "nothing found": (
        f"Épisode 33 – 3 questions à {GUEST}\n\n💬 Que mange la girafe ?\n\nDes feuilles "
        "d’acacia.\n",
        EpisodeOptions(),
    ),
    "no number": (
        f"3 questions à… {GUEST}\n\n« Nous étions petits »\n\n{ASKED}\nPropos recueillis "
        "par Jeanne Dupont\n",
        EpisodeOptions(),
    ),
    "numbered bonus": (
        f"Bonus\n\n{ASKED}",
        EpisodeOptions(guests=(GUEST,), number=2, type="bonus"),
    ),
}


def photograph(width: int, height: int) -> bytes:
    """A picture that is no square."""
    output = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(output, "PNG")
    return output.getvalue()


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("forms")
    workspace = make_show(folder / "show")
    recording = write_wav(
        folder / "recording.wav", speechlike(51.0, rate_hz=16_000, seed=1), rate_hz=16_000
    )
    for place, (text, options) in enumerate(FORMS.values()):
        article = folder / f"{place}.txt"
        article.write_text(text, encoding="utf-8")
        new = add_episode(workspace, article, recording, options=options)
        files = workspace.episode(new.slug)
        files.texts.mkdir(parents=True)
        files.transcript.write_bytes(bytes_from_record(transcript_from_lines(INTERVIEW)))
    page = "<html><head><link rel=canonical href='https://medinsoft.test/a/'></head><body><article>"
    page += f"<h1>Épisode 40 – 3 questions à {GUEST}</h1>"
    page += (
        "<figure><img src='x_files/p.png' alt='Stéphane au bureau'><figcaption>Au bureau. "
        "Crédit photo : DR</figcaption></figure>"
    )
    page += (
        "<h2>Comment a commencé l’aventure Medinsoft ?</h2><p>Au départ, nous étions "
        "quelques éditeurs.</p></article></body></html>"
    )
    (folder / "x_files").mkdir()
    (folder / "x_files" / "p.png").write_bytes(photograph(600, 400))
    (folder / "x.html").write_text(page, encoding="utf-8")
    new = add_episode(workspace, folder / "x.html", recording)
    files = workspace.episode(new.slug)
    files.texts.mkdir(parents=True)
    files.transcript.write_bytes(bytes_from_record(transcript_from_lines(INTERVIEW)))
    build_show(workspace)
    return workspace


@pytest.mark.slow
def test_every_form_is_built_and_breaks_no_rule(show: Workspace) -> None:
    assert len(show.slugs()) == len(FORMS) + 1
    result = CliRunner().invoke(main, ["-C", str(show.root), "check", "--json"])
    findings = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    errors = [finding for finding in findings if finding.get("severity") == "E"]
    assert errors == []
    assert result.exit_code == 0


@pytest.mark.slow
def test_a_trailer_has_no_number_anywhere(show: Workspace) -> None:
    (slug,) = (slug for slug in show.slugs() if "voix-du-sud" in slug)
    root = etree.fromstring(show.rss.read_bytes())
    (item,) = (item for item in root.iter("item") if f"/{slug}/" in (item.findtext("link") or ""))
    names = {etree.QName(element).localname for element in item if isinstance(element.tag, str)}
    assert "episodeType" in names
    assert "episode" not in names
    page = (show.site / page_place(slug) / "index.html").read_text(encoding="utf-8")
    assert "episodeNumber" not in page
    assert re.search(r"Épisode\s*[0-9]", re.sub(r"<[^>]+>", "", page.split("<main", 1)[1])) is None
    assert b"TRCK" not in show.episode(slug).mp3.read_bytes()[:200_000]


@pytest.mark.slow
def test_each_season_has_a_first_episode(show: Workspace) -> None:
    counted = [
        (show.load_episode(slug).season, show.load_episode(slug).number) for slug in show.slugs()
    ]
    assert {(1, 1), (2, 1), (None, 34)} <= set(counted)


@pytest.mark.slow
def test_who_wrote_it_is_on_the_page_and_in_the_feed(show: Workspace) -> None:
    (slug,) = (slug for slug in show.slugs() if slug.startswith("034-"))
    assert show.load_episode(slug).author == "Jeanne Dupont"
    assert "Jeanne Dupont" in show.rss.read_text(encoding="utf-8")
    page = (show.site / page_place(slug) / "index.html").read_text(encoding="utf-8")
    assert '<meta name="author" content="Jeanne Dupont">' in page


@pytest.mark.slow
def test_the_picture_and_the_address_of_a_saved_page_are_used(show: Workspace) -> None:
    (slug,) = (slug for slug in show.slugs() if slug.startswith("040-"))
    episode = show.load_episode(slug)
    assert (episode.link, episode.picture, episode.picture_alt, episode.picture_credit) == (
        "https://medinsoft.test/a/",
        "picture.jpg",
        "Stéphane au bureau",
        "DR",
    )
    assert is_fit((show.episode(slug).folder / "picture.jpg").read_bytes(), "picture.jpg")
    root = etree.fromstring(show.rss.read_bytes())
    (item,) = (item for item in root.iter("item") if f"/{slug}/" in (item.findtext("link") or ""))
    images = [element.get("href") for element in item if etree.QName(element).localname == "image"]
    own = [image for image in images if image and "/picture-" in image]
    assert len(own) == 2
    place = page_place(slug)
    assert is_fit((show.site / place / own[0].rsplit("/", 1)[-1]).read_bytes(), "picture")
    page = (show.site / place / "index.html").read_text(encoding="utf-8")
    assert 'alt="Stéphane au bureau"' in page
    assert "DR</p>" in page
    assert "https://medinsoft.test/a/" in page
    from studio.check.id3_parser import read_tag

    (cover,) = (
        frame
        for frame in read_tag(show.episode(slug).mp3.read_bytes()).frames
        if frame.id == "APIC"
    )
    assert (show.episode(slug).folder / "picture.jpg").read_bytes() in cover.body


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK", "1", "I;16"])
@pytest.mark.parametrize("size", [(400, 300), (1400, 1400), (900, 1600), (5000, 4000)])
def test_any_picture_is_fitted(mode: str, size: tuple[int, int]) -> None:
    picture = Image.new(mode, size)
    output = io.BytesIO()
    picture.save(output, "TIFF" if mode in {"CMYK", "I;16"} else "PNG")
    fitted = fitted_picture(output.getvalue(), "x")
    assert is_fit(fitted, "x")
    assert fitted_picture(fitted, "x") == fitted


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    output = io.BytesIO()
    picture.save(output, form, **options)
    return output.getvalue()


def opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return picture


@pytest.mark.parametrize("turn", [2, 3, 6, 8])
def test_a_picture_that_a_camera_turned_is_published_upright(turn: int) -> None:
    picture = Image.new("RGB", (1500, 1500), "white")
    picture.paste("navy", (0, 0, 400, 700))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    content = encoded(picture, "JPEG", exif=exif)
    assert not is_fit(content, "x")
    fitted = opened(fitted_picture(content, "x"))
    assert fitted.getexif().get(ExifTags.Base.Orientation, 1) == 1
    seen = ImageOps.exif_transpose(opened(content))
    assert np.asarray(ImageChops.difference(fitted, seen)).max() < 60


def other_colours() -> bytes:
    """An ICC profile whose red and blue are each other's."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12)
    at = {bytes(profile[entry : entry + 4]): entry + 4 for entry in entries}
    red, blue = (bytes(profile[at[tag] : at[tag] + 8]) for tag in (b"rXYZ", b"bXYZ"))
    profile[at[b"rXYZ"] : at[b"rXYZ"] + 8], profile[at[b"bXYZ"] : at[b"bXYZ"] + 8] = blue, red
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")])
def test_the_colours_that_a_profile_means_are_published(form: str, mode: str) -> None:
    picture = Image.new("RGB", (1400, 1400), (200, 40, 10)).convert(mode)
    fitted = fitted_picture(encoded(picture, form, icc_profile=other_colours()), "x")
    red, green, blue = opened(fitted).getpixel((700, 700))  # type: ignore[misc]
    assert abs(red - 10) < 12 and abs(green - 40) < 12 and abs(blue - 200) < 12
    assert is_fit(fitted, "x")


def test_a_jpeg_with_the_profile_of_the_web_or_a_damaged_one_is_published() -> None:
    picture = Image.new("RGB", (1400, 1400), (200, 40, 10))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(picture, "JPEG", icc_profile=srgb)
    assert fitted_picture(content, "x") == content
    assert is_fit(fitted_picture(encoded(picture, "JPEG", icc_profile=b"none"), "x"), "x")


def test_a_picture_of_decimal_numbers_keeps_its_greys() -> None:
    content = encoded(Image.new("F", (400, 400), 0.5), "TIFF")
    assert opened(fitted_picture(content, "x")).getpixel((9, 9)) == (127, 127, 127)


@pytest.mark.parametrize("most", [200, 50_000, 2**31 - 1, -1])
def test_a_picture_of_whole_numbers_keeps_its_greys(most: int) -> None:
    """Of 32 bits, which Pillow reads as negative from 2^31 on; -1 is the highest."""
    picture = Image.new("I", (400, 400), most)
    picture.paste(0, (0, 0, 400, 200))
    fitted = opened(fitted_picture(encoded(picture, "TIFF"), "x"))
    dark, light = fitted.getpixel((700, 300)), fitted.getpixel((700, 1100))
    assert dark == (0, 0, 0)
    assert isinstance(light, tuple)
    shown = most & 0xFFFFFFFF
    grey = shown >> 8 * ((shown.bit_length() - 1) // 8)
    assert all(abs(part - grey) < 3 for part in light)


@pytest.mark.parametrize("size", [(1, 1), (8000, 200), (200, 8000)])
def test_what_would_be_a_blur_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(WorkspaceError, match="blur") as caught:
        fitted_picture(encoded(Image.new("RGB", size), "PNG"), "photo.png")
    assert caught.value.where == "photo.png"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
        (b"\0\0\0\x18ftypmif1" + bytes(99), "HEIC"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg/>", "SVG"),
        (b'\xef\xbb\xbf<!-- a > b -->\n<!DOCTYPE svg [ <!ENTITY a "b"> ]>\n<svg/>', "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\1", "PSD"),
    ],
)
def test_a_picture_that_studio_does_not_read_is_named(content: bytes, form: str) -> None:
    with pytest.raises(WorkspaceError, match=f"in {form},") as caught:
        fitted_picture(content, "photo.jpg")
    assert "save it as a JPEG" in str(caught.value)


@pytest.mark.parametrize(
    "again", [b"<?xml>", b"<!-- >", b"<!DOCTYPE svg>", b"<!DOCTYPE svg [", b"<<"]
)
def test_a_file_that_goes_on_beginning_as_an_svg_is_refused_at_once(again: bytes) -> None:
    """A pattern that may end at any sign tries all of them: forever."""
    with pytest.raises(WorkspaceError, match="is not a readable picture"):
        fitted_picture(again * 1000, "photo.jpg")


def test_an_article_whose_picture_cannot_be_read_is_taken_and_it_is_told(tmp_path: Path) -> None:
    show = make_show(tmp_path / "show")
    folder = tmp_path / "article_files"
    folder.mkdir()
    (folder / "moulin.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(5000))
    article = tmp_path / "article.html"
    article.write_text(
        "<meta charset=utf-8><h1>3 questions à Paul Vidal</h1><img src=article_files/moulin.heic>"
        "<h2>Où ?</h2><p>Ici, à Aubagne.</p>",
        encoding="utf-8",
    )
    recording = write_wav(tmp_path / "son.wav", speechlike(12.0, rate_hz=16_000), rate_hz=16_000)
    words = ["-C", str(show.root), "new", "--article", str(article), "--recording", str(recording)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "moulin.heic, is a picture in HEIC" in " ".join(result.output.split())


def test_a_heavy_picture_becomes_light() -> None:
    assert is_fit(fitted_picture(photograph(2400, 2000), "x"), "x")
