"""The command line of the program: ``wrota run|web|worker|…``; ``wrota --help`` names every command."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from portal.commands import audited, exchange, measured, searching, seed_large, serve
from portal.commands import bip_check as bip_check_command
from portal.commands import demo as demo_command
from portal.commands import migrate as migrate_command
from portal.commands import run as run_command
from portal.commands import seed as seed_command
from portal.commands import terms as terms_command
from portal.commands import verify as verify_command
from portal.commands import verify_bip as verify_bip_command
from portal.commands.opened import opened
from portal.core import settings as settings_module
from portal.core.errors import DomainError
from portal.core.settings import BadSettings, Settings
from portal.web.texts import message


@click.group(help=message("cli.about"))
@click.pass_context
def main(context: click.Context) -> None:
    try:
        context.obj = settings_module.load()
    except BadSettings as error:
        raise click.ClickException(str(error)) from None


@main.command(help=message("cli.run"))
@click.option("--sandbox/--no-sandbox", default=True, help=message("cli.run.sandbox"))
@click.pass_obj
def run(settings: Settings, sandbox: bool) -> None:
    shown = dataclasses.replace(settings, demo=True) if sandbox else settings
    try:
        sys.exit(run_command.run(shown, click.echo, sandbox=sandbox))
    except run_command.CannotStart as error:
        raise click.ClickException(str(error)) from None


@main.command(help=message("cli.web"))
@click.option("--parent", type=int, hidden=True)
@click.pass_obj
def web(settings: Settings, parent: int | None) -> None:
    if parent:
        serve.watch_parent(parent)
    serve.web(settings)


@main.command(help=message("cli.worker"))
@click.option("--parent", type=int, hidden=True)
@click.pass_obj
def worker(settings: Settings, parent: int | None) -> None:
    if parent:
        serve.watch_parent(parent)
    serve.worker(settings)


@main.command(help=message("cli.sandbox"))
@click.pass_obj
def sandbox(settings: Settings) -> None:
    # Imported here alone: no other process of ours may hold the sandbox's code.
    from eoffice.sandbox.server import serve as serve_sandbox

    serve_sandbox(settings.data_dir / "sandbox", settings.sandbox_host, settings.sandbox_port)


@main.command(help=message("cli.migrate"))
@click.pass_obj
def migrate(settings: Settings) -> None:
    click.echo(message("migrate.done", revision=migrate_command.migrate(settings)))


@main.command(help=message("cli.seed"))
@click.option("--size", type=click.Choice(["demo", "large"]), default="demo", help=message("cli.seed.size"))
@click.pass_obj
def seed(settings: Settings, size: str) -> None:
    migrate_command.migrate(settings)
    made = seed_large.seed_large(settings, click.echo) if size == "large" else seed_command.seed(settings)
    click.echo(message("seed.made" if made else "seed.kept"))


@main.command(help=message("cli.demo"))
@click.pass_obj
def demo(settings: Settings) -> None:
    sys.exit(demo_command.demo(settings, click.echo))


@main.command(help=message("cli.verify"))
@click.pass_obj
def verify(settings: Settings) -> None:
    with opened(settings) as program:
        whole = verify_command.verify(program.database, program.blobs, click.echo)
    sys.exit(0 if whole else 1)


@main.command(name="verify-bip", help=message("cli.verify_bip"))
@click.argument("where")
@click.option("--key", default="", help=message("cli.verify_bip.key"))
@click.option("--earlier", default="", help=message("cli.verify_bip.earlier"))
@click.option("--tsa", default="", help=message("cli.verify_bip.tsa"))
def verify_bip(where: str, key: str, earlier: str, tsa: str) -> None:
    try:
        sys.exit(0 if verify_bip_command.verify_bip(where, click.echo, key=key, earlier=earlier, tsa=tsa) else 1)
    except verify_bip_command.CannotRead as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@main.command(name="bip-check", help=message("cli.bip_check"))
@click.argument("where", default="")
@click.option("--axe", is_flag=True, help=message("cli.bip_check.axe"))
@click.pass_obj
def bip_check(settings: Settings, where: str, axe: bool) -> None:
    with opened(dataclasses.replace(settings, log_level="WARNING")) as program:
        try:
            sys.exit(0 if bip_check_command.bip_check(program, click.echo, where, axe=axe) else 1)
        except audited.CannotAudit as error:
            raise click.ClickException(str(error)) from None


@main.command(help=message("cli.terms"))
@click.pass_obj
def terms(settings: Settings) -> None:
    with opened(settings) as program:
        terms_command.rebuild(program.database, click.echo)


@main.group(name="search", help=message("cli.search"))
def search() -> None:
    pass


@search.command(name="rebuild", help=message("cli.search.rebuild"))
@click.pass_obj
def rebuild_index(settings: Settings) -> None:
    shown = 0
    with opened(settings) as program, click.progressbar(length=1, label=message("search.rebuilding")) as bar:

        def progress(done: int, total: int) -> None:
            nonlocal shown
            bar.length = max(total, 1)
            bar.update(done - shown)
            shown = done

        whole = searching.rebuild(program, lambda text: click.echo("\n" + text), progress)
    sys.exit(0 if whole else 1)


@search.command(name="check", help=message("cli.search.check"))
@click.option("--repair/--no-repair", default=True, help=message("cli.search.check.repair"))
@click.pass_obj
def check_index(settings: Settings, repair: bool) -> None:
    with opened(settings) as program:
        whole = searching.check(program, click.echo, repair=repair)
    sys.exit(0 if whole else 1)


@main.group(name="bench", help=message("cli.bench"))
def bench() -> None:
    pass


@bench.command(name="search", help=message("cli.bench.search"))
@click.option("--documents", type=click.IntRange(min=10), default=4000, help=message("cli.bench.documents"))
@click.option("--large", type=click.IntRange(min=0), default=100_000, help=message("cli.bench.large"))
@click.option("--words", type=click.IntRange(min=30), default=1500, help=message("cli.bench.words"))
@click.option("--engines", default="", help=message("cli.bench.engines"))
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), help=message("cli.bench.corpus"))
@click.option("--questions", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help=message("cli.bench.questions"))  # fmt: skip
@click.pass_obj
def bench_search(settings: Settings, /, **asked: Any) -> None:
    if asked["questions"] and not asked["corpus"]:
        raise click.UsageError(message("bench.questions_alone"))
    try:
        click.echo(measured.search(settings, lambda text: click.echo(text, err=True), **asked))
    except measured.CannotMeasure as reason:
        raise click.ClickException(str(reason)) from None


@main.command(name="settings", help=message("cli.settings"))
def list_settings() -> None:
    for item in dataclasses.fields(Settings):
        click.echo(f"{settings_module.PREFIX}{item.name.upper()}  [{item.default!s}]\n    {item.metadata['about']}")


@main.command(name="export", help=message("cli.export"))
@click.argument("path")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_(settings: Settings, path: str, file: Path) -> None:
    with opened(settings) as program:
        _told(lambda: exchange.export(program, path, file, click.echo))


@main.command(name="import", help=message("cli.import"))
@click.argument("kind", type=click.Choice(["wrota", "plone", "bip"]))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--into", default="/", help=message("cli.import.into"))
@click.option("--go", is_flag=True, help=message("cli.import.go"))
@click.option("--by", "login", default="", help=message("cli.import.by"))
@click.option("--role", "roles", multiple=True, metavar="KTO=KOMU", help=message("cli.import.role"))
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), default=Path("import.csv"),
              help=message("cli.import.report"))  # fmt: skip
@click.pass_obj
def import_(
    settings: Settings, kind: str, file: Path, into: str, go: bool, login: str, roles: tuple[str, ...], report: Path
) -> None:
    with opened(settings) as program:
        _told(lambda: exchange.bring(program, kind, file, into, report, click.echo, go=go, login=login, roles=roles))


def _told(act: Callable[[], None]) -> None:
    """Do ``act``; a refusal is one sentence."""
    try:
        act()
    except DomainError as refusal:
        raise click.ClickException(message(refusal.code, **refusal.details)) from None


if __name__ == "__main__":
    main()
