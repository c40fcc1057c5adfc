"""pip's settings reach the build, without what means nothing there."""

from pathlib import Path

from tests.image.settings_of_pip import written


def test_what_a_container_can_use_is_handed_on(tmp_path: Path):
    said = """
:env:.cert='/ca/bundle.crt'
:env:.timeout='180'
global.extra-index-url='file:///wheels/simple https://mirror.example/simple'
global.find-links='/wheels'
global.index-url='https://elsewhere.example/simple'
global.timeout='60'
install.index-url="https://index.example/simple"
"""
    assert written(said, tmp_path) == {"ca.pem": Path("/ca/bundle.crt"), "pip.conf": tmp_path / "pip.conf"}
    assert (tmp_path / "pip.conf").read_text().splitlines() == [
        "[global]",
        "cert = /run/secrets/ca.pem",
        "index-url = https://index.example/simple",
        "extra-index-url = https://mirror.example/simple",
        "timeout = 180",
    ]


def test_a_pip_without_settings_hands_nothing_on(tmp_path: Path):
    assert written("global.find-links='/wheels'\nglobal.extra-index-url='file:///wheels'\n", tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
