# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuring, installing and removing from a build directory: KEEPALIVE_BUILD, build/test if not set."""
import os
import pathlib
import re
import subprocess
import tarfile

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KEEPALIVE_BUILD", TREE / "build/test"))
PROFILE = "TCP Keep-Alive"

normal_user = pytest.mark.skipif(os.geteuid() == 0, reason="Wireshark loads no personal plugins for root")


def run(*command, **environment):
    return subprocess.run([str(word) for word in command], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def files_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir())


def all_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


def configure(directory, *options):
    """What CMake says, its line breaks taken out."""
    result = run("cmake", "-G", "Ninja", "-S", TREE, "-B", directory, *options)
    return result.returncode, " ".join(result.stdout.split())


@pytest.fixture
def home(tmp_path):
    """A home directory where Wireshark's programs find nothing of the user's."""
    directory = tmp_path / "home"
    directory.mkdir()
    return {"HOME": str(directory), "XDG_CONFIG_HOME": str(directory / ".config"), "XDG_DATA_HOME": ""}


def personal_install(home):
    return run("cmake", "--install", BUILD, "--component", "personal", **home)


def personal_removal(home):
    return run("cmake", "--build", BUILD, "--target", "uninstall-personal", **home)


def test_tshark_of_another_release_is_named_with_both_versions(tmp_path):
    tshark = tmp_path / "tshark"
    tshark.write_text('#!/bin/sh\necho "TShark (Wireshark) 2.6.20 (Git v2.6.20)."\n', encoding="utf-8")
    tshark.chmod(0o755)
    code, said = configure(tmp_path / "build", f"-DTSHARK={tshark}")
    assert code != 0
    assert re.search(r"The headers are of Wireshark [\d.]+, but \S+ is 2\.6 and would not load the plugin", said), said


def test_missing_headers_are_named(tmp_path):
    code, said = configure(tmp_path / "build", "-DCMAKE_DISABLE_FIND_PACKAGE_Wireshark=ON")
    assert code != 0
    assert "No Wireshark headers found: install wireshark-dev" in said


@normal_user
def test_personal_install_is_loaded_and_removed_without_a_trace(home):
    directory = pathlib.Path(home["HOME"])
    before = all_below(directory)
    result = personal_install(home)
    assert result.returncode == 0, result.stdout
    installed = files_below(directory)
    assert any(name.endswith("/epan/keepalive.so") for name in installed), installed
    assert any(f"/profiles/{PROFILE}/" in name for name in installed), installed
    assert "keepalive.so" in run("tshark", "-G", "plugins", **home).stdout
    assert set(files_below(TREE / "docs")) < set(files_below(directory / ".local/share/doc/wireshark-keepalive/docs"))
    result = personal_removal(home)
    assert result.returncode == 0, result.stdout
    assert all_below(directory) == before


@normal_user
def test_removal_leaves_folders_that_were_there_before(home):
    directory = pathlib.Path(home["HOME"])
    for name in (".config/wireshark/profiles", ".local/share"):
        (directory / name).mkdir(parents=True)
    before = all_below(directory)
    personal_install(home)
    assert personal_removal(home).returncode == 0
    assert all_below(directory) == before


@normal_user
def test_removal_takes_a_profile_that_only_wireshark_has_written_to(home):
    """It writes the file recent anew whenever it ends."""
    directory = pathlib.Path(home["HOME"])
    before = all_below(directory)
    personal_install(home)
    next(directory.rglob("recent")).write_text("# Recent settings file for Wireshark\n", encoding="utf-8")
    result = personal_removal(home)
    assert result.returncode == 0 and "Kept" not in result.stdout, result.stdout
    assert all_below(directory) == before


@normal_user
def test_removal_keeps_a_profile_file_that_the_user_has_changed(home):
    personal_install(home)
    changed = next(pathlib.Path(home["HOME"]).rglob("colorfilters"))
    changed.write_text("# mine\n", encoding="utf-8")
    result = personal_removal(home)
    assert result.returncode == 0, result.stdout
    assert f"Kept, because it was changed: {changed}" in result.stdout
    assert list(changed.parent.iterdir()) == [changed]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_personal_install_for_root_is_refused(home):
    result = personal_install(home)
    assert result.returncode != 0
    assert "Wireshark loads no personal plugins for root" in " ".join(result.stdout.split())


def test_install_for_everyone_and_its_removal(tmp_path):
    manifest = BUILD / "install_manifest.txt"
    result = run("cmake", "--install", BUILD, DESTDIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    settings = (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    prefix = re.search(r"^CMAKE_INSTALL_PREFIX:PATH=/(.*)$", settings, re.MULTILINE).group(1)
    installed = files_below(tmp_path)
    assert any(re.search(r"/wireshark/plugins/\d+\.\d+/epan/keepalive\.so$", name) for name in installed), installed
    assert any(f"/share/wireshark/profiles/{PROFILE}/" in name for name in installed), installed
    assert len(manifest.read_text(encoding="utf-8").split("\n")) >= len(installed)
    result = run("cmake", "--build", BUILD, "--target", "uninstall", DESTDIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    # The installation's prefix is all that stays.
    assert [path for path in tmp_path.rglob("*") if not any(path.iterdir())] == [tmp_path / prefix]
    result = run("cmake", "--build", BUILD, "--target", "uninstall", DESTDIR=str(tmp_path))
    assert result.returncode != 0 and "Nothing is installed from this build directory" in " ".join(result.stdout.split())


def test_installed_web_pages_have_no_dead_link(tmp_path):
    result = run("cmake", "--install", BUILD, DESTDIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    check_pages(list(tmp_path.rglob("*.html")))


def test_web_pages_made_without_cmark_have_no_dead_link_either(tmp_path):
    result = run("cmake", "--install", BUILD, DESTDIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    pages = list(tmp_path.rglob("*.html"))
    for page in pages:
        result = run("cmake", "-DPAGE=%s" % (TREE / "docs" / (page.stem + ".md")), "-DOUTPUT=%s" % page,
                     "-P", TREE / "cmake/documentation.cmake")
        assert result.returncode == 0, result.stdout
    check_pages(pages)


def check_pages(pages):
    assert {page.stem for page in pages} == {page.stem for page in (TREE / "docs").glob("*.md")}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<title>" in text and "<h1>" in text, page.name
        dead = [link for link in re.findall(r'(?:href|src)="([^":#]+)["#]', text) if not (page.parent / link).exists()]
        assert not dead, page.name


def test_source_archive_has_every_file_of_the_tree(tmp_path):
    result = run("cpack", "--config", BUILD / "CPackSourceConfig.cmake", "-B", tmp_path)
    assert result.returncode == 0, result.stdout
    archive = next(tmp_path.glob("wireshark-keepalive-*.tar.gz"))
    with tarfile.open(archive) as tar:
        packed = {name.split("/", 1)[1] for name in tar.getnames() if "/" in name}
    expected = {name for name in files_below(TREE)
                if not re.search(r"(^|/)(\.git|build[^/]*|__pycache__|\.pytest_cache)/|~$", name)}
    assert expected - packed == set()
    assert not [name for name in packed if re.match(r"(\.git|build[^/]*)/", name)]
