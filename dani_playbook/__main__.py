"""``python -m dani_playbook`` is ``dani``."""

from dani_playbook.cli.main import main

if __name__ == "__main__":
    main()
