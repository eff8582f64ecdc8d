"""The package as others get it: installed by pip from the folder into a clean environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PACKAGE


def test_pip_installs_it_into_a_clean_environment(tmp_path: Path) -> None:
    python = str(tmp_path / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path)], check=True)
    before = sorted(
        path.name for path in PACKAGE.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"
    )
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(PACKAGE)]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=120)
    if done.returncode != 0 and ("flit" in done.stderr or "connection" in done.stderr.lower()):
        pytest.skip("PyPI is out of reach: the build backend flit_core cannot be fetched")
    assert done.returncode == 0, done.stderr
    program = "import ctxtop_exposer as c, sys; print(c.__version__, c.__file__); assert 'fastapi' not in sys.modules"
    said = subprocess.run([python, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 0 and str(tmp_path) in said.stdout, said.stderr
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True
    ).stdout
    others = [
        line for line in listed.splitlines() if not line.startswith(("pip==", "setuptools==", "ctxtop"))
    ]
    assert others == []
    after = sorted(
        path.name for path in PACKAGE.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"
    )
    assert after == before
