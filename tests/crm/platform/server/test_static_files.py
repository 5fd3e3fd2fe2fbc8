"""The static files of the last two builds are served, because open pages and other nodes still name the previous ones."""

import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from crm.platform.server import static_files
from crm.platform.server.static_files import prepare_pages


@pytest.fixture
def source(tmp_path, settings):
    """The folder of the static files in the source; they are collected into another one."""
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    return source


@pytest.fixture
def build(source, settings):
    """build("red") collects a sheet with this content and returns the path of its file with a hash."""

    def built(color: str, **others: str) -> Path:
        sheet = source / "css" / "app.css"
        sheet.write_text(f"p {{ color: {color} }}" * 100)
        for name, content in others.items():
            (source / name).write_text(content)
        prepare_pages(lambda words: None)
        return settings.STATIC_ROOT / names(settings)["css/app.css"]

    return built


def names(settings) -> dict[str, str]:
    return json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]


def test_the_files_of_the_last_two_builds_are_kept_and_no_others(build, settings):
    red, blue = build("red"), build("blue")
    assert (red.exists(), blue.exists()) == (True, True)
    assert red.with_name(f"{red.name}.gz").exists()
    green = build("green")
    assert (red.exists(), blue.exists(), green.exists()) == (False, True, True)
    kept = {str(path.relative_to(settings.STATIC_ROOT)) for path in settings.STATIC_ROOT.rglob("*.*")}
    sheets = {f"css/{path.name}{end}" for path in (blue, green) for end in ("", ".gz")}
    assert kept == {*sheets, "css/app.css", "css/app.css.gz", "staticfiles.json"}


def test_a_file_that_left_the_source_is_served_for_one_more_build(build, source, settings):
    build("red", **{"old.js": "1"})
    old = settings.STATIC_ROOT / names(settings)["old.js"]
    (source / "old.js").unlink()
    build("blue")
    assert old.exists()
    assert not (settings.STATIC_ROOT / "old.js").exists()
    build("green")
    assert not old.exists()


def test_collecting_the_same_build_again_keeps_the_one_before(build, settings):
    red, blue = build("red"), build("blue")
    for _time in range(3):
        (settings.DATA / "static.stamp").unlink()
        build("blue")
    assert (red.exists(), blue.exists()) == (True, True)


def test_going_back_to_the_previous_build_keeps_both(build):
    red, blue = build("red"), build("blue")
    assert build("red") == red
    assert (red.exists(), blue.exists()) == (True, True)


def test_a_file_with_an_older_time_replaces_the_newer_one(build, source):
    build("red")
    (source / "css" / "app.css").write_text("")
    os.utime(source / "css", (0, 0))
    sheet = source / "css" / "app.css"
    sheet.write_text("p { color: old }")
    os.utime(sheet, (1, 1))
    prepare_pages(lambda words: None)
    assert "old" in (source.parent / "static" / "css" / "app.css").read_text()


def test_the_files_of_a_build_from_before_builds_were_remembered_are_kept(build, settings):
    red = build("red")
    (settings.DATA / "static.builds").unlink()
    blue = build("blue")
    assert (red.exists(), blue.exists()) == (True, True)


def test_a_start_that_was_killed_while_it_collected_loses_nothing(build, monkeypatch):
    red, blue = build("red"), build("blue")

    def killed_after_collecting(*words, **options):
        call_command(*words, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", killed_after_collecting)
        with pytest.raises(KeyboardInterrupt):
            build("green")
    assert (red.exists(), blue.exists()) == (True, True)
    green = build("green")
    assert (blue.exists(), green.exists()) == (True, True)
