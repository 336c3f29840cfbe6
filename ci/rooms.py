#!/usr/bin/env python3
"""The table of rooms in harness/ARCHITECTURE.md, measured: `ci/rooms.py [REF ...]`.

Each REF is a commit. Without one, the work tree is measured. A room is a crate, a top folder of
`wasm-gauntlet`, or a kind of subject. A circle is a set of production files of one crate that import
one another. Imports between a folder and its own files do not count. The code of a file ends where
its tests begin.
"""
import collections
import os
import re
import statistics
import subprocess
import sys
import tempfile

# The README promises this for `default-features = false`.
LIBRARY = ["cargo", "tree", "-p", "wasm-gauntlet", "--no-default-features", "-e", "normal", "--prefix", "none"]
FUNCTION = re.compile(r"^(\s*)(?:pub(?:\([^)]*\))? )?(?:const |async |unsafe )*fn \w")
PUBLIC = re.compile(r"^\s*pub (?:const |async |unsafe )*(?:fn|struct|enum|union|trait|type|mod|static|const)\b")
COMMENT = re.compile(r"^\s*//.*$", re.M)
PATH = re.compile(r"\b(crate|super(?:::super)*)((?:::\w+)+)(::\{)?")
TESTS = "#[cfg(test)]"


def listed(root):
    """Rust files of the tree, without build output."""
    for folder, folders, names in os.walk(root):
        folders[:] = [one for one in folders if one not in ("target", ".git", "node_modules")]
        for name in names:
            if name.endswith(".rs"):
                yield os.path.relpath(os.path.join(folder, name), root)


def room(path):
    parts = path.split("/")
    if parts[0] != "harness":
        return parts[0]
    if parts[1] != "gauntlet" or parts[2] != "src":
        return "/".join(parts[1:3]) if parts[1] == "gauntlet" else parts[1]
    top = parts[3].removesuffix(".rs")
    return f"gauntlet/{top}/{parts[4]}" if top == "subject" and len(parts) > 5 else f"gauntlet/{top}"


def is_test(path):
    return "/tests/" in path or path.endswith(("tests.rs", "trial.rs")) or "/benches/" in path or "/trial/" in path


def module(path):
    """The path of a file's module inside its crate."""
    parts = path.removesuffix(".rs").split("/")
    return tuple(parts[:-1] if parts[-1] in ("mod", "lib", "main") else parts)


def imports(text, here):
    """Paths that a file names, from the root of its crate."""
    for found in PATH.finditer(text):
        start, rest = found.group(1), found.group(2).split("::")[1:]
        base = () if start == "crate" else here[: max(0, len(here) - start.count("super"))]
        if found.group(3):
            # One level of a group is read: `crate::a::{b, c::d}`.
            for one in re.split(r"[,{}]", text[found.end() : text.find("}", found.end())]):
                yield base + tuple(rest) + tuple(one.strip().split("::"))
        yield base + tuple(rest)


def circles(crate, texts):
    """The circles of files of a crate, each sorted."""
    files = {module(path): path for path in texts}
    edges = collections.defaultdict(set)
    for here, path in files.items():
        for named in imports(texts[path], here):
            home = next((named[:n] for n in range(len(named), -1, -1) if named[:n] in files), ())
            shared = min(len(home), len(here))
            if home[:shared] != here[:shared]:
                edges[here].add(home)
    reach = {}
    for start in files:
        seen, left = set(), [start]
        while left:
            for one in edges[left.pop()]:
                if one not in seen:
                    seen.add(one)
                    left.append(one)
        reach[start] = seen
    knots = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in files if a in reach[a]}
    return [[f"{crate}::{'::'.join(one)}" for one in knot] for knot in knots]


def length(rows, indent):
    """Lines of the function that begins here, as rustfmt writes it; one without a body has its signature."""
    if rows[0].endswith((";", "}")):
        return 1
    ends = (indent + "}", indent + ");")
    return next((n for n, row in enumerate(rows, 1) if row in ends or row.startswith(indent + ") ->") and row.endswith(";")), 1)


def measured(root):
    lines, longest, functions, public = collections.Counter(), [], [], 0
    texts = collections.defaultdict(dict)
    for path in listed(root):
        text = open(os.path.join(root, path), encoding="utf-8").read()
        lines[room(path)] += text.count("\n")
        if is_test(path) or "/src/" not in path:
            continue
        code = text.split(TESTS)[0]
        longest.append(code.count("\n"))
        rows = code.split("\n")
        for at, row in enumerate(rows):
            public += bool(PUBLIC.match(row))
            if begun := FUNCTION.match(row):
                functions.append(length(rows[at:], begun.group(1)))
        crate, inside = path.split("/src/", 1)
        if inside != "main.rs":
            # A link in a comment is no import.
            texts[crate][inside] = COMMENT.sub("", code)
    knots = [knot for crate, files in sorted(texts.items()) for knot in circles(crate, files)]
    tree = subprocess.run(LIBRARY, cwd=root, capture_output=True, text=True)
    packages = {row.replace(" (*)", "") for row in tree.stdout.splitlines()}
    return lines, longest, functions, public, knots, len(packages)


def spread(values):
    values = sorted(values)
    return f"{int(statistics.median(values))} / {values[len(values) * 9 // 10]} / {values[-1]}"


def column(root):
    lines, longest, functions, public, knots, packages = measured(root)
    total = sum(lines.values())
    biggest = [f"{name} {100 * count / total:.1f} %" for name, count in lines.most_common(5)]
    for knot in knots:
        print("circle:", ", ".join(knot), file=sys.stderr)
    return [
        ("lines of Rust", f"{total:,}"),
        ("rooms", str(len(lines))),
        ("biggest rooms", ", ".join(biggest)),
        ("circles of files (files in them)", f"{len(knots)} ({sum(map(len, knots))})"),
        ("lines of a file, median / p90 / max", spread(longest)),
        ("lines of a function, median / p90 / max", spread(functions)),
        ("public items", f"{public:,}"),
        ("packages of the library", str(packages)),
    ]


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    names, columns = [], []
    for ref in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(["git", "archive", ref], cwd=root, capture_output=True, check=True)
            subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
            columns.append(column(folder))
        names.append(f"`{ref}`")
    columns.append(column(root))
    names.append("now")
    print("|  | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for row in zip(*columns):
        print(f"| {row[0][0]} | " + " | ".join(value for _, value in row) + " |")


main()
