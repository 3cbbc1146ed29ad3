"""The configuration as README and `.env.example` show it: `python -m flashspace.env.table [readme|example]`."""

import sys

from flashspace.env.names import NAMES, PRODUCTION, Name

HEAD = """\
# Copy to .env and change what you need. Every line stands for itself; what is left out has the value shown.
# Production must set: {required}, and one of EMAIL_URL, SENDGRID_API_KEY, GMAIL_USER with GMAIL_PASS.

# Of compose.yaml alone, which makes DATABASE_URL and REDIS_URL of them: letters and digits.
#POSTGRES_PASSWORD=
#REDIS_PASSWORD=
"""


def readme() -> str:
    """A Markdown table of every name."""
    rows = ["| name | default | what it is for |", "| --- | --- | --- |"]
    rows += [f"| {_names(name)} | {_default(name)} | {name.help} |" for name in NAMES]
    return "\n".join(rows)


def example() -> str:
    required = ", ".join(name.name for name in NAMES if name.required)
    lines = [HEAD.format(required=required)]
    for name in NAMES:
        value = "" if name.shown or name.default is None else name.default
        lines.append(f"# {name.help}\n#{name.name}={value}\n")
    return "\n".join(lines)


def _names(name: Name) -> str:
    aliases = "".join(f", `{alias}`" for alias in name.aliases)
    return f"`{name.name}`{aliases}"


def _default(name: Name) -> str:
    shown = name.shown or (f"`{name.default}`" if name.default else "")
    if name.required:
        return f"{shown}; required in production".removeprefix("; ")
    other = name.default_in(PRODUCTION)
    return f"{shown}; `{other}` in production" if other != name.default else shown


if __name__ == "__main__":
    sys.stdout.write({"readme": readme, "example": example}[sys.argv[1]]())
