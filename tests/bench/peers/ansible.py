"""Ansible: a playbook in check mode that copies each record into a file that has it already."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.bench import people
from tests.bench.peers.peer import Peer

_TASK = """\
- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [people.json]
  tasks:
    - ansible.builtin.copy:
        content: "{{ item | to_json(sort_keys=true) }}"
        dest: "{{ playbook_dir }}/live/{{ item.email }}"
      loop: "{{ people }}"
      loop_control: {label: "{{ item.email }}"}
"""


def _find(environ: Mapping[str, str]) -> str | None:
    return environ.get("ANSIBLE_PLAYBOOK") or shutil.which("ansible-playbook", path=environ.get("PATH", ""))


def _write(folder: Path, size: int, program: str) -> None:
    records = [people.record(number, size) for number in range(size)]
    (folder / "play.yaml").write_text(_TASK, "utf-8")
    (folder / "people.json").write_text(json.dumps({"people": records}), "utf-8")
    (folder / "live").mkdir()
    for record in records:
        (folder / "live" / record["email"]).write_text(json.dumps(record, sort_keys=True), "utf-8")


def _command(folder: Path, program: str) -> list[str]:
    own_python = "ansible_python_interpreter={{ ansible_playbook_python }}"
    return [program, "--check", "-i", "localhost,", "-e", own_python, str(folder / "play.yaml")]


ANSIBLE = Peer(
    name="Ansible",
    how="`ansible-playbook --check`; a `copy` of each record into a file of its own; of 100 records, because each takes most of a second",
    most=100,
    often=0,
    find=_find,
    write=_write,
    command=_command,
    version=["--version"],
    quiet="changed=0 ",
    environ={"ANSIBLE_NOCOLOR": "1"},
)
