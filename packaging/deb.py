"""The Debian package, in dist/: ``./run deb``. Needs no root, and nothing that ``./run bantin`` has not installed.

bantin has an environment of its own under /opt/bantin, from requirements.lock: a package of Debian's cannot change what
it reads with. It is for the Python that it is built with, Debian's own.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import manual  # noqa: E402  # beside this file

from daemon import VERSION  # noqa: E402

STAGE = Path(tempfile.mkdtemp(prefix="bantin-deb-"))  # the machine's root, as the package makes it
HOME = STAGE / "opt" / "bantin"
CODE = ("daemon", "feeds", "state")

PROGRAM = """#!/opt/bantin/bin/python -I
from daemon.start import main

if __name__ == "__main__":  # it is not for the processes that read pages: they import it
    main()
"""
CONTROL = """Package: bantin
Version: {version}
Architecture: {architecture}
Section: news
Priority: optional
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {python}, python3 (>= {minor}), systemd | systemd-standalone-sysusers | systemd-sysusers
Recommends: ca-certificates, systemd
Suggests: postgresql, nginx
Description: republishes news sites as clean feeds and signed alerts
 bantin polls news sites, reads every story in full, and republishes them as
 Atom, RSS and JSON feeds, as pages, and as alerts by webhook, chat and mail.
 It tells new stories from edited and withdrawn ones.
"""
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/bantin",
    "zsh": "usr/share/zsh/vendor-completions/_bantin",
    "fish": "usr/share/fish/vendor_completions.d/bantin.fish",
}


def main() -> None:
    """Build it, and print its name."""
    options = argparse.ArgumentParser(description="Build the Debian package, in dist/.")
    options.add_argument("--python", default="/usr/bin/python3", help="the Python that it is for (default: Debian's)")
    options.add_argument("--to", type=Path, default=ROOT / "dist", help="the folder for it (default: dist)")
    chosen = options.parse_args()
    python = Path(chosen.python).resolve()
    for program, of in ((python, "python3"), (Path("/usr/bin/dpkg-deb"), "dpkg")):
        if not program.exists():
            sys.exit(f"{program} is missing; get it with: sudo apt-get install {of}")
    os.umask(0o022)
    STAGE.chmod(0o755)
    try:
        environment(python)
        units()
        documents()
        configuration()
        print(package(python, chosen.to))
    finally:
        shutil.rmtree(STAGE)


def environment(python: Path) -> None:
    """The virtual environment, with paths for where it will be."""
    (HOME / "bin").mkdir(parents=True)
    (HOME / "bin" / "python").symlink_to(python)
    version = output(python, "-c", "import platform; print(platform.python_version())")
    kept = f"home = {python.parent}\ninclude-system-site-packages = false\nversion = {version}\n"
    (HOME / "pyvenv.cfg").write_text(kept, "utf-8")
    run(
        sys.executable, "-m", "pip", "--python", HOME / "bin" / "python", "install", "--quiet", "--no-compile",
        "--disable-pip-version-check", "--require-hashes", "-r", ROOT / "requirements.lock",
    )  # fmt: skip
    for program in (HOME / "bin").iterdir():  # of the libraries: nobody calls them, and they name the wrong Python
        if program.name != "python":
            program.unlink()
    (packages,) = HOME.glob("lib/python3*/site-packages")
    for name in CODE:
        shutil.copytree(ROOT / name, packages / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    write("opt/bantin/bin/bantin", PROGRAM, 0o755)
    # The service may not write there, and would compile everything at each start.
    run(HOME / "bin" / "python", "-m", "compileall", "-q", "-j", "0", "-s", STAGE, "-p", "/", HOME / "lib")
    (STAGE / "usr" / "bin").mkdir(parents=True)
    (STAGE / "usr" / "bin" / "bantin").symlink_to("/opt/bantin/bin/bantin")


def units() -> None:
    """What systemd is to know."""
    source, system = ROOT / "systemd", "usr/lib/systemd/system"
    for name in ("bantin.service", "bantin@.service", "bantin.socket", "bantin-browser.service"):
        write(f"{system}/{name}", (source / name).read_text("utf-8"))
    for name in ("bantin.service", "bantin@.service"):
        write(f"{system}/{name}.d/hardening.conf", (source / "hardening.conf").read_text("utf-8"))
    write("usr/lib/sysusers.d/bantin.conf", (source / "bantin.sysusers").read_text("utf-8"))


def documents() -> None:
    """The manual, completions, and what may be done with it."""
    zipped("usr/share/man/man1/bantin.1.gz", manual.page(VERSION))
    zipped("usr/share/doc/bantin/changelog.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    write("usr/share/doc/bantin/copyright", (ROOT / "LICENSE").read_text("utf-8"))
    for shell, path in COMPLETIONS.items():
        write(path, completion(shell))


def completion(shell: str) -> str:
    """The script with which a shell completes ``bantin``."""
    program = Path(sys.executable).with_name("bantin")  # it goes by the name that it was called by
    told = {**os.environ, "_BANTIN_COMPLETE": f"source_{shell}"}
    text = subprocess.run([program], env=told, check=True, capture_output=True, text=True).stdout.lstrip()
    if "_BANTIN_COMPLETE" not in text:
        sys.exit(f"no completion for {shell}: {text}")
    if shell == "zsh":  # a file of that folder is the function: the first time, it has to complete as well
        text = text.replace("\ncompdef _bantin_completion bantin", '\n_bantin_completion "$@"')
    return text


def configuration() -> None:
    """The example, with nothing to watch yet."""
    text = (ROOT / "daemon" / "cli" / "bantin.toml").read_text("utf-8")
    before, mark, after = text.partition("\n[[source]]")
    source, blank, rest = after.partition("\n\n")
    lines = [line if line.startswith("#") else f"# {line}" for line in f"{mark}{source}".strip().splitlines()]
    write("etc/bantin/bantin.toml", before + "\n" + "\n".join(lines) + blank + rest)


def package(python: Path, to: Path) -> Path:
    """All of it, in a file."""
    control = STAGE / "DEBIAN"
    control.mkdir()
    minor = output(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    architecture = output("dpkg", "--print-architecture")
    kilobytes = sum(path.lstat().st_size for path in STAGE.rglob("*") if not path.is_symlink()) // 1024
    told = CONTROL.format(
        version=VERSION, architecture=architecture, kilobytes=kilobytes, python=f"python{minor}", minor=minor,
        maintainer=os.environ.get("DEBFULLNAME", "bantin") + f" <{os.environ.get('DEBEMAIL', 'root@localhost')}>",
    )  # fmt: skip
    write("DEBIAN/control", told)
    write("DEBIAN/conffiles", "/etc/bantin/bantin.toml\n")
    for script in (Path(__file__).parent / "debian").iterdir():
        write(f"DEBIAN/{script.name}", script.read_text("utf-8"), 0o755)
    made = to / f"bantin_{VERSION}_{architecture}.deb"
    to.mkdir(exist_ok=True)
    run("dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--build", STAGE, made, stdout=subprocess.DEVNULL)
    return made


def write(path: str, text: str, mode: int = 0o644) -> None:
    """A file of the package."""
    file = STAGE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    file.chmod(mode)


def zipped(path: str, text: str) -> None:
    """A file of the package, as manuals and change logs are kept."""
    file = STAGE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def run(*words: object, **how: int) -> None:
    """Run a program that has to succeed."""
    done = subprocess.run([str(word) for word in words], check=False, **how)
    if done.returncode:
        sys.exit(f"{words[0]} failed with status {done.returncode}")


def output(*words: object) -> str:
    """What a program that has to succeed says."""
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
