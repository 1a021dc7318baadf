"""The video of a clip: H.264 4:2:0 and AAC in MP4 at 30 frames per second, which every social
network accepts. Videos of whole episodes have 10 frames per second, which suffices for word
highlighting and keeps rendering fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.clip.scene import Scene
from studio.clip.shape import Shape
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Child, input_arguments, url_from_path, write_error

PICTURES_PER_S = 30
# A word is highlighted 50 ms late on average, 100 ms at most: half of a short word.
WHOLE_PICTURES_PER_S = 10
# Players can seek to a key frame every this many seconds.
_KEY_S = 2
# The lowest limit of all networks is 140 seconds.
MAX_DURATION_MS = 140_000
CODEC = [
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"),
    *(
        "-c:v",
        "libx264",
        "-profile:v",
        "high",
        "-preset",
        "veryfast",
        "-tune",
        "stillimage",
        "-crf",
        "20",
        "-bf",
        "2",
    ),
    *(
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-color_range",
        "tv",
    ),
]


def write_video(
    scene: Scene,
    shape: Shape,
    sound: Path,
    target: Path,
    duration_ms: int,
    *,
    titles: Sequence[str] = (),
    pictures_per_s: int = PICTURES_PER_S,
    progress: Progress = no_progress,
) -> None:
    """Write the video frame by frame. Progress counts frames.

    :param sound: the clip's audio as an M4A, copied unchanged.
    :param target: overwritten if it exists: pass a temporary name.
    :param titles: metadata of the file, for ffmpeg's ``-metadata``.
    :raises WorkspaceError: ffmpeg lacks H.264.
    :raises DiskError: the target cannot be written.
    """
    pictures = -(-duration_ms * pictures_per_s // 1000)
    drawn = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{shape.width}x{shape.height}",
        "-r",
        str(pictures_per_s),
        "-i",
        "pipe:0",
    ]
    audio = [*input_arguments(sound), "-map", "0:v", "-map", "1:a", "-c:a", "copy"]
    keys = ["-g", str(_KEY_S * pictures_per_s)]
    said = [part for title in titles for part in ("-metadata", title)]
    ends = ["-bitexact", "-movflags", "+faststart", "-f", "mp4", "-y", url_from_path(target)]
    with Child([*drawn, *audio, *CODEC, *keys, *said, *ends], fed=True) as encoder:
        for picture in range(pictures):
            if not encoder.write(scene.frame(picture * 1000 / pictures_per_s).data):
                break
            progress(picture + 1, pictures)
        succeeded, log = encoder.finish()
    if not succeeded:
        raise write_error(target, log)
