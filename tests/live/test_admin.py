"""The admin: complete, and its lists show nothing that is masked."""

import pytest


@pytest.fixture
def site(database):
    from django.contrib import admin

    admin.autodiscover()
    return admin.site


def test_every_model_of_the_hr_system_is_in_the_admin(site):
    from django.apps import apps

    ours = {model for label in LABELS for model in apps.get_app_config(label).get_models()}
    assert ours <= set(site._registry)


LABELS = ("accounts", "employees", "recruitment", "reports", "powerapps", "settings")


def test_the_checks_of_django_find_nothing(site):
    from django.core import checks

    assert checks.run_checks() == []


def test_there_is_a_migration_for_every_change_of_the_models(site):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_lists_and_searches_show_nothing_masked(site):
    from dani_playbook.runner.registry import dictionary

    masked = {name for spec in dictionary().kinds.values() for name in spec.masked}
    for model, page in site._registry.items():
        shown = {name.rpartition("__")[2] for name in (*page.list_display, *page.search_fields, *page.list_filter)}
        assert not shown & masked, model


def test_nobody_sees_a_credential(site):
    from dani_playbook.hris.powerapps.models import PowerAppsConfig

    assert "credential" not in site._registry[PowerAppsConfig].get_form(REQUEST).base_fields


class REQUEST:
    user = type("User", (), {"has_perm": lambda self, perm: True})()


def test_somebody_is_found_by_email_however_it_is_written(hr):
    hr()
    from dani_playbook.hris.accounts.models import User

    User.objects.create_user("jo", "Jo@Firm.Example", first_name="Jo", last_name="Example")
    assert User.objects.get_by_natural_key("JO@firm.example").key == "jo"
    assert not User.objects.get(key="jo").has_usable_password()
    assert User.objects.create_superuser("root", "root@firm.example", "Correct-Horse-9").check_password(
        "Correct-Horse-9"
    )
