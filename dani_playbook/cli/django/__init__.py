"""``manage.py dani …``: put ``dani_playbook.cli.django`` into ``INSTALLED_APPS``."""
