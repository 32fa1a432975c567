"""Peers, a file each."""

from tests.bench.peers.ansible import ANSIBLE
from tests.bench.peers.octodns import OCTODNS
from tests.bench.peers.terraform import TERRAFORM

ALL = (TERRAFORM, OCTODNS, ANSIBLE)
