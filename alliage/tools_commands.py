"""The verbs of `alliage tools`: the addresses of the tools looked at, by who keeps the site."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from alliage.before_work import say, stop

tools_app = typer.Typer(help="Outils\u00a0: vérifier leurs liens.", no_args_is_help=True)
_LABELS = {"ok": "répond", "dead": "mort", "unknown": "incertain"}
_COUNTED = {"ok": "répondent", "dead": "mortes", "unknown": "incertaines"}


@tools_app.command("check-links")
def check_links_(
    write: Annotated[
        bool, typer.Option("--write", help="Garder le résultat sous ALLIAGE_HOME, pour que les pages le montrent.")
    ] = False,
) -> None:
    """Demande à chaque adresse des outils si elle répond encore. C’est la seule commande qui appelle le réseau.

    Un lien incertain (délai, accès refusé, panne) n’est pas dit mort\u00a0: ce que l’on savait de lui reste.
    """
    from alliage.link_checking import Checker, check_links
    from alliage.vocabulary.tool_links import read_links, write_links
    from alliage.vocabulary.tools import tools

    home = Path(os.environ.get("ALLIAGE_HOME", "var")).resolve()
    if write:
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            stop(f"«\u00a0{home}\u00a0» ne peut pas être créé\u00a0: {error.strerror}.", 1)
    former = read_links(home)
    urls = [tool.url for tool in tools() if tool.url]
    kept = {url: former[url] for url in urls if url in former}
    counted: Counter[str] = Counter()
    with Checker(contact=os.environ.get("ALLIAGE_URL", "")) as checker:
        for url, state in check_links(urls, former, checker, dt.date.today()):
            counted[state.state] += 1
            if state.state != "unknown" or url not in kept:
                kept[url] = state
            cause = f" ({state.cause})" if state.cause else ""
            say.print(f"{_LABELS[state.state]}\u00a0: {escape(url)}{escape(cause)}", soft_wrap=True, highlight=False)
            if write and counted["ok"]:  # after each, so that a run cut short keeps what it saw
                try:
                    write_links(home, kept)
                except OSError as error:
                    stop(f"Le résultat ne peut pas être gardé dans «\u00a0{home}\u00a0»\u00a0: {error.strerror}.", 1)
    if not counted["ok"]:
        stop("Aucune adresse ne répond\u00a0: cette machine atteint-elle Internet\u00a0? Rien n’est gardé.", 1)
    told = ", ".join(f"{counted[s]} {_COUNTED[s]}" for s in _LABELS)
    kept_or_not = "" if write else " Rien n’est gardé\u00a0: ajoutez --write."
    say.print(f"{sum(counted.values())} adresses\u00a0: {told}.{kept_or_not}", soft_wrap=True)
