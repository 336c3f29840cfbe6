"""Draws the output of a terminal as an SVG: `picture.py TYPESCRIPT URL OUT`, called by `picture.sh`."""

import io
import re
import sys

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 100
# The address in the README. The testbed listens on a free port instead.
SHOWN_URL = "http://127.0.0.1:8080/"


def lines(typescript: str, url: str) -> list[str]:
    """The report's lines: without the two lines that `script` adds, and with the README's port."""
    body = typescript.split("\n", 1)[1].rsplit("\nScript done", 1)[0]
    body = body.replace("\r", "").replace(url, SHOWN_URL)
    return body.replace(url.rstrip("/"), SHOWN_URL.rstrip("/")).strip("\n").split("\n")


def main() -> None:
    source, url, out = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        shown = lines(file.read(), url)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    command = Text("$ gauntlet run --only delivery/missing-vary --site " + SHOWN_URL, style="bold")
    console.print(command)
    for line in shown:
        text = Text.from_ansi(line)
        # A terminal breaks a long line at its last column, not between words.
        for part in text.divide(range(COLUMNS, len(text), COLUMNS)):
            console.print(part, no_wrap=True, overflow="crop")
    svg = console.export_svg(title="gauntlet", theme=MONOKAI, unique_id="gauntlet")
    # No external font: GitHub does not let pictures fetch one.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    svg = svg.replace("Fira Code, monospace", "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace")
    with open(out, "w", encoding="utf-8") as file:
        file.write(svg)


main()
