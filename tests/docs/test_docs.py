"""The documents are true: every command, option and setting has its place, links lead somewhere, output is real."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from unposted.cli.main import cli, main
from unposted.connectors.columns import COLUMN_NAMES, NECESSARY_COLUMNS
from unposted.workspace import keys

_ROOT = Path(__file__).resolve().parents[2]
_START = (_ROOT / "docs" / "start.md").read_text("utf-8")
_PAGES = sorted([*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")])


def _commands() -> list[str]:
    return cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("name", _commands())
def test_every_command_has_a_heading_and_help(name: str) -> None:
    """A command that exists is explained in docs/start.md and in its own help."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert f"### {name}\n" in _START
    assert command.help


@pytest.mark.parametrize("name", ["check", "worklist"])
def test_every_option_of_the_main_commands_is_documented(name: str) -> None:
    """Each long option of check and worklist stands in docs/start.md."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert not {option for option in options if f"`{option}" not in _START} - {"--workspace", "--output"}


@pytest.mark.parametrize(
    "name", sorted({*keys.WORKSPACE, *keys.STORE, *keys.DYNAMICS, "match_on", "awaiting_sync_minutes", "overrides"})
)
def test_every_setting_is_documented(name: str) -> None:
    """Each key of the workspace file stands in docs/start.md."""
    assert f"`{name}`" in _START


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_repository_names_no_machine() -> None:
    """No page carries a path of a machine."""
    for page in _PAGES:
        assert not re.search(r"(?:^|[\s`(])/(?:home|root|work|tmp|Users)/", page.read_text("utf-8")), page.name


def test_the_output_in_the_readme_is_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line of output that README shows is a line that the demo prints."""
    block = (_ROOT / "README.md").read_text("utf-8").split("## What it prints\n```\n")[1].split("\n```")[0]
    with pytest.raises(SystemExit):
        main(["demo", "--once", "--folder", str(tmp_path / "demo")])
    printed = {line.rstrip() for line in capsys.readouterr().out.splitlines()}
    assert not [line for line in block.splitlines() if line not in printed]


@pytest.mark.parametrize("stream", sorted(COLUMN_NAMES))
def test_our_column_names_are_listed(stream: str) -> None:
    """docs/connectors.md lists every name that `columns` may map, the necessary ones in bold."""
    page = (_ROOT / "docs" / "connectors.md").read_text("utf-8")
    assert not [name for name in COLUMN_NAMES[stream] if f"`{name}`" not in page]
    assert not [name for name in NECESSARY_COLUMNS.get(stream, ()) if f"**`{name}`**" not in page]


def test_every_error_code_is_documented() -> None:
    """A code that an error or a quarantined record bears stands in docs/errors.md."""
    page = (_ROOT / "docs" / "errors.md").read_text("utf-8")
    raised = re.compile(r'(?:Error|BadRecord|Incomplete|Bad)\(\s*(?:[^()"]*,\s*)?"([a-z]+(?:-[a-z]+)+)"')
    codes = {code for file in _ROOT.glob("src/**/*.py") for code in raised.findall(file.read_text("utf-8"))}
    assert len(codes) > 25
    assert not [code for code in sorted(codes) if f"`{code}`" not in page]
