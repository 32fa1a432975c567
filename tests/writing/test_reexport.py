"""Whatever a folder says and whatever is live: afterwards the folder says what is live, and a second export nothing new."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from dani_playbook.core.address import Address
from dani_playbook.core.values import Fields, SetEdit
from dani_playbook.language.folder import read_folder, write_folder
from dani_playbook.language.project import Project
from dani_playbook.language.reexport import Export, FileChange, file_changes
from dani_playbook.language.timeline import desired_state
from tests.writing.test_write import DICTIONARY, companies, loaded

DAY = date(2026, 11, 23)


def exported(objects: dict[Address, Fields], root: Path) -> list[FileChange]:
    folder = read_folder(root / "playbooks", Project(root=root), DICTIONARY)
    state = desired_state(folder.loaded.playbooks, lambda resource: DAY, DAY, {})
    changes = file_changes(Export(said=objects, present=objects), folder, state, DICTIONARY)
    write_folder(folder, {change.name: change.text for change in changes if change.outcome != "unchanged"})
    return changes


def says(objects: dict[Address, Fields]) -> dict[Address, Fields]:
    """Without what goes without saying: nothing, empty sets, and defaults of the schema."""
    return {
        address: {
            name: value
            for name, value in fields.items()
            if value not in (None, ()) and value != DICTIONARY.kinds[address.kind].fields[name].default
        }
        for address, fields in objects.items()
    }


def live(objects: dict[Address, Fields]) -> dict[Address, Fields]:
    """Without parts of sets: a live set is whole."""
    return {
        address: {name: value for name, value in fields.items() if not isinstance(value, SetEdit)}
        for address, fields in objects.items()
    }


@settings(max_examples=60, deadline=None)
@given(companies().map(live), companies().map(live))
def test_a_second_export_says_what_is_live_then(first: dict[Address, Fields], second: dict[Address, Fields]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        exported(first, root)
        before = sorted(root.rglob("*.yaml"))
        for path in before:
            path.write_text(f"# kept\n{path.read_text('utf-8')}", "utf-8")
        exported(second, root)
        assert all(path.read_text("utf-8").startswith("# kept\n") for path in before)
        assert says(loaded(root)) == says(second)
        again = exported(second, root)
        assert {change.outcome for change in again} <= {"unchanged"}
