"""``python -m tests.bench`` measures, prints what came out, and keeps a full run for the docs.

Made for ``make bench``; a run of other sizes is only printed, unless ``--out`` says where to keep it.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import Unexpected
from tests.bench.report import text
from tests.bench.rows import FULL
from tests.bench.suite import Wanted, measured
from tests.databases import VENDORS

KEPT = Path(__file__).parents[2] / "docs" / "reference" / "performance.json"


def main() -> int:
    said = _arguments().parse_args()
    wanted = Wanted(
        sizes=said.sizes,
        vendors=said.vendors,
        runs=said.runs,
        date=said.date,
        environ=os.environ,
        only_plans=said.only_plans,
    )
    try:
        document = measured(wanted, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 - its progress
    except Unexpected as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    sys.stdout.write(text(document))
    out = said.out or (KEPT if (tuple(said.sizes), tuple(said.vendors)) == (FULL, VENDORS) else None)
    if out is not None:
        out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        sys.stdout.write(f"\nKept in {out}. make docs writes the page anew.\n")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=FULL, metavar="N,N", help="numbers of people")
    parser.add_argument("--vendors", type=_vendors, default=VENDORS, metavar="NAME,NAME", help="sqlite, postgresql")
    parser.add_argument("--runs", type=int, default=3, help="rounds (3)")
    parser.add_argument("--date", default=f"{datetime.now(UTC):%Y-%m-%d}", help="told with the figures (today)")
    parser.add_argument("--only-plans", action="store_true", help="leave out applies, rollback and export")
    parser.add_argument("--out", type=Path, help="where to keep the figures")
    return parser


def _numbers(said: str) -> tuple[int, ...]:
    return tuple(sorted(int(part.replace("_", "")) for part in said.split(",")))


def _vendors(said: str) -> tuple[str, ...]:
    wrong = [part for part in said.split(",") if part not in VENDORS]
    if wrong:
        raise argparse.ArgumentTypeError(f"there is no database {wrong[0]}; one of {', '.join(VENDORS)}")
    return tuple(said.split(","))


if __name__ == "__main__":
    sys.exit(main())
