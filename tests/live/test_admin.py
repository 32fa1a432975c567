"""The admin: complete, and its lists show nothing that is masked."""

import pytest

from dani_playbook.core.values import Secret
from tests.live.changes import create, write


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


@pytest.fixture
def client(site, hr):
    from django.test import Client, override_settings

    from dani_playbook.hris.accounts.models import User

    live, _ = hr()
    write(live, create("department.d"), create("user.jo", department="d", mobile="+491", national_id=Secret("N-77")))
    write(live, create("powerapps.p", credential=Secret("s3cret")), create("setting.x"), create("group.g"))
    write(live, create("job.j", department="d", hiring_manager="jo"), create("schedule.s", owner="jo"))
    client = Client()
    with override_settings(ROOT_URLCONF="tests.live.admin_urls", ALLOWED_HOSTS=["testserver"], STATIC_URL="/static/"):
        client.force_login(User.objects.create_superuser("root", "root@firm.example"))
        yield client


def test_every_list_and_every_form_opens(client, site):
    from django.urls import reverse

    for model in site._registry:
        if model._meta.app_label not in LABELS:
            continue
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        shown = client.get(reverse(f"{place}_changelist"))
        assert shown.status_code == 200
        assert b"+491" not in shown.content
        assert client.get(reverse(f"{place}_add")).status_code == 200
        form = client.get(reverse(f"{place}_change", args=[model.objects.first().pk]))
        assert form.status_code == 200
        assert b"s3cret" not in form.content


def test_a_person_can_be_made_in_the_admin(client):
    from dani_playbook.hris.accounts.models import User

    said = {"key": "al", "email": "al@firm.example", "first_name": "Al", "last_name": "X", "usable_password": "false"}
    done = client.post("/admin/accounts/user/add/", said)
    assert done.status_code == 302, done.content.decode()
    assert not User.objects.get(key="al").has_usable_password()
    again = client.post("/admin/accounts/user/add/", said | {"key": "Not A Key"})
    assert b"Write small letters" in again.content


def test_a_name_that_differs_only_in_spelling_is_refused_in_the_admin(client):
    said = {"key": "e", "name": "DEPARTMENT D", "status": "active"}
    assert b"already exists" in client.post("/admin/employees/department/add/", said).content
