"""Settings in a browser: who reaches which page, and what can be done there."""

from __future__ import annotations

import re
from typing import Any

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.messaging.message import Message
from relata.interfaces.web import settings
from relata.interfaces.web.settings.field_types import TYPES
from relata.testing.house import House

SOMEBODY = "01939f2e-0000-7000-8000-000000000000"
PERSONAL = (
    "",
    "/profile",
    "/password",
    "/second-factors",
    "/second-factors/passkey",
    "/sessions",
    "/appearance",
    "/keys",
    "/connections",
    "/applications",
    "/notifications",
    "/absence",
    "/mail-templates",
    "/mail-templates/template/new",
    "/mail-templates/snippet/new",
    "/mail-sending",
    "/mailboxes",
    f"/people/{SOMEBODY}/briefing/account.owner",
)
ADMINISTRATIVE = (
    "/general",
    "/mail-providers",
    f"/mail-providers/{SOMEBODY}",
    "/people",
    "/people/invite",
    f"/people/{SOMEBODY}",
    f"/people/{SOMEBODY}/hand-over",
    f"/hand-overs/{SOMEBODY}",
    f"/hand-overs/{SOMEBODY}/progress",
    "/sign-on",
    f"/sign-on/{SOMEBODY}",
    "/teams",
    "/groups",
    f"/groups/{SOMEBODY}",
    "/roles",
    "/roles/new",
    "/roles/compare?a=reader&b=member",
    "/roles/reader",
    "/roles/reader/fields/account",
    "/sharing-rules",
    "/sharing-rules/new",
    "/working-time",
    "/assignment",
    "/assignment/new?object=account",
    "/assignment/fields?object=account&way=table",
    "/assignment/try?object=account",
    "/assignment/rehearse?object=account",
    f"/assignment/{SOMEBODY}",
    "/objects",
    "/objects/new",
    "/objects/account",
    "/objects/account/rules",
    "/objects/account/rules/new",
    "/objects/account/rules/small",
    "/objects/account/needs",
    "/objects/account/layout",
    "/objects/account/layout?role=reader",
    "/objects/account/fields/new",
    "/objects/account/fields/new?type=text",
    "/objects/account/fields/industry",
    "/objects/account/fields/industry/type",
    "/boards",
    "/boards/account",
    "/choices",
    "/choices/account/industry",
    "/modules",
    "/all-keys",
    "/sql-access",
    "/adoption",
    "/packages",
    "/packages/export.zip",
    "/quality",
    "/quality/account",
    "/all-applications",
    "/security",
    "/coming-in",
    "/audit",
    "/reads",
    "/health",
    "/jobs",
    "/jobs?state=failed",
)
RULING = (
    "/rates",
    "/mappings",
    "/scoring",
    f"/scoring/new?object={SOMEBODY}",
    "/forms",
    f"/forms/{SOMEBODY}",
    f"/forms/{SOMEBODY}/preview",
    "/approvals",
    "/approvals/new?object=account",
    f"/approvals/{SOMEBODY}",
    "/approvals/step?object=account",
    "/approvals/approvers?object=account&q=a",
    "/flows",
    "/flows/new",
    "/flow-import",
    "/flow-secrets",
    "/flow-health",
    *(
        f"/flows/{SOMEBODY}{part}"
        for part in ("", "/try", "/why", "/versions", "/export", "/runs", "/trigger", "/tests", "/rehearsal")
    ),
    f"/flows/{SOMEBODY}/steps/new",
    f"/flows/{SOMEBODY}/steps/first",
    f"/flow-runs/{SOMEBODY}",
    "/webhooks",
    "/webhooks/new",
    f"/webhooks/{SOMEBODY}",
    f"/webhook-log/{SOMEBODY}",
)
NO_BOARD = "/boards/account"
NO_RULE = "/objects/account/rules/small"
ASKED = ("/objects/account/rehearsal?condition=employees>3", "/explain", "/check?object=account&expression=name")
ACTS = (
    "/mail-sending",
    "/mail-providers",
    *(f"/mail-providers/{SOMEBODY}{part}" for part in ("", "/delete")),
    f"/people/{SOMEBODY}/hand-over",
    f"/people/{SOMEBODY}/unlink/{SOMEBODY}",
    f"/hand-overs/{SOMEBODY}/take-back",
    f"/sign-on/{SOMEBODY}",
    f"/sign-on/{SOMEBODY}/remove",
    "/general",
    "/general/logo",
    "/general/logo/remove",
    "/people/invite",
    "/roles/new",
    "/roles/reader",
    "/roles/reader/delete",
    "/roles/reader/levels?object=account&read=own",
    "/roles/reader/fields/account",
    "/working-time/country",
    "/working-time/file",
    "/assignment/new?object=account",
    "/assignment/north?object=account",
    "/assignment/north/switch",
    "/assignment/north/move",
    "/assignment/north/delete",
    "/objects/new",
    "/objects/account",
    "/objects/account/fields/new?type=text",
    "/objects/account/fields/industry",
    "/objects/account/fields/preview?type=text",
    "/objects/account/fields/industry/delete",
    "/objects/account/fields/industry/type",
    "/objects/account/delete",
    "/objects/account/rules/new",
    "/objects/account/rules/small",
    "/objects/account/rules/small/delete",
    "/objects/account/needs",
    "/objects/account/unique",
    "/objects/account/unique/delete",
    "/objects/account/layout",
    "/objects/account/layout/reset",
    "/objects/account/layout/preview",
    "/boards/account",
    f"/boards/account/{SOMEBODY}/retire",
    "/choices/account/industry",
    "/choices/account/industry/retire",
    "/modules/parties",
    "/sharing-rules/new",
    "/sharing-rules/north/delete",
    f"/people/{SOMEBODY}/roles",
    f"/people/{SOMEBODY}/invite",
    f"/people/{SOMEBODY}/deactivate",
    f"/people/{SOMEBODY}/reactivate",
    f"/people/{SOMEBODY}/reset-factors",
    "/all-applications",
    f"/all-applications/{SOMEBODY}/remove",
    f"/all-applications/{SOMEBODY}/renew",
    f"/security/{SOMEBODY}/fine",
    f"/security/{SOMEBODY}/end-sessions",
    f"/security/{SOMEBODY}/lock",
    "/coming-in",
    f"/teams/{SOMEBODY}/move",
    f"/groups/{SOMEBODY}",
    "/health/jobs/1/retry",
    "/health/jobs/1/discard",
    "/rates",
    f"/rates/{SOMEBODY}/remove",
    "/sql-access",
    f"/sql-access/{SOMEBODY}/password",
    f"/sql-access/{SOMEBODY}/end",
    "/mappings/lead/convert_lead",
    "/mappings/lead",
    "/scoring/new?object=contact",
    "/scoring/contact/grades",
    "/scoring/small",
    "/scoring/small/delete",
    "/forms",
    *(f"/forms/{SOMEBODY}{part}" for part in ("", "/delete", "/preview")),
    "/approvals/new?object=account",
    f"/approvals/{SOMEBODY}",
    f"/approvals/{SOMEBODY}/delete",
    f"/approvals/{SOMEBODY}/try",
    "/flows/new",
    "/flows/template/sales.stale_deal",
    "/flow-import",
    "/flow-secrets",
    "/flow-secrets/token/delete",
    *(
        f"/flows/{SOMEBODY}{part}"
        for part in (
            "/try",
            "/versions/1/use",
            "/trigger",
            "/publish",
            "/secret",
            "/tests",
            "/tests/run",
            "/tests/0/remove",
        )
    ),
    f"/flows/{SOMEBODY}/steps/new",
    f"/flows/{SOMEBODY}/steps/first",
    f"/flows/{SOMEBODY}/steps/first/delete",
    f"/flow-runs/{SOMEBODY}/replay",
    f"/flows/{SOMEBODY}/runs/replay",
    f"/flow-runs/{SOMEBODY}/stop",
    "/webhooks/new",
    *(f"/webhooks/{SOMEBODY}{part}" for part in ("", "/secret", "/test")),
    f"/webhook-log/{SOMEBODY}/again",
    "/quality/measure",
    "/packages/compare",
    "/packages/apply",
    f"/packages/{SOMEBODY}/rollback",
    "/packages/rehearsal",
    "/packages/rehearsal/compare",
)
#: What is somebody's own stays hidden as a whole.
HIDDEN = ("/hand-overs/", "/approvals/", "/flows/", "/flow-runs/", "/webhooks/", "/webhook-log/")


#: What anybody may post: it concerns only themselves.
OWN_ACTS = (
    "/mailboxes",
    "/mailboxes/copy-address",
    *(f"/mailboxes/{SOMEBODY}{part}" for part in ("", "/folders", "/again", "/switch", "/rules")),
    f"/mailboxes/{SOMEBODY}/rules/{SOMEBODY}/delete",
    "/mail-templates/template/new",
    "/mail-templates/template/new/preview",
    f"/mail-templates/snippet/{SOMEBODY}/delete",
    f"/mail-sending/mailboxes/{SOMEBODY}",
    "/absence",
    f"/absence/{SOMEBODY}/delete",
    "/notifications",
    "/notifications/devices",
    *(f"/notifications/devices/{SOMEBODY}{part}" for part in ("", "/remove")),
    "/profile",
    "/appearance",
    "/appearance/looks",
    "/notifications",
    "/password",
    "/sessions/others/end",
    f"/sessions/{SOMEBODY}/end",
    "/keys",
    "/connections",
    "/connections/subscribe",
    f"/connections/{SOMEBODY}/revoke",
    f"/keys/{SOMEBODY}/revoke",
    f"/keys/{SOMEBODY}/renew",
    "/second-factors/app",
    "/second-factors/app/confirm",
    "/second-factors/app/remove",
    "/second-factors/codes",
    "/second-factors/passkey",
    "/second-factors/passkey/new",
    "/second-factors/passkey/options",
    f"/second-factors/passkey/{SOMEBODY}/remove",
    "/applications",
    f"/applications/{SOMEBODY}/remove",
    f"/applications/{SOMEBODY}/renew",
    f"/applications/{SOMEBODY}/take-back",
)
#: Pages that are there only in the middle of something.
BEGUN = ("/second-factors/app", "/mail-sending/domains/example.com", f"/mailboxes/{SOMEBODY}")


def test_no_page_and_no_act_is_missing_in_these_lists() -> None:
    nothing: Any = None
    asked = {"GET": (*PERSONAL, *ADMINISTRATIVE, *RULING, *ASKED, *BEGUN), "POST": (*ACTS, *OWN_ACTS)}
    for route in settings.routes(nothing):
        for path in (one for one in route.paths if one.startswith("/settings")):
            pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/?]+", path) + r"(\?.*)?$")
            (method,) = route.http_methods - {"HEAD", "OPTIONS"}
            assert any(pattern.match(f"/settings{known}") for known in asked[str(method)]), (method, path)


async def test_every_page_is_there_for_an_administrator(ada: Browser) -> None:
    there = (one for one in (*ADMINISTRATIVE, *RULING) if SOMEBODY not in one and one not in (NO_BOARD, NO_RULE))
    for path in (*PERSONAL, *there, *ASKED):
        found = await ada.get(f"/settings{path}")
        assert found.status_code == 200, (path, found.text[:500])


async def test_every_page_sends_a_stranger_to_sign_in(sign_in: SignIn) -> None:
    stranger = await sign_in()
    for path in (*PERSONAL, *ADMINISTRATIVE, *RULING, *ASKED):
        found = await stranger.get(f"/settings{path}")
        assert found.status_code in (303, 401), path
        assert "/sign-in" in found.headers.get("location", "/sign-in")


async def test_every_administrative_page_and_act_refuses_a_reader(sign_in: SignIn, open_house: House) -> None:
    reader = await sign_in("reader")
    for path in PERSONAL:
        assert (await reader.get(f"/settings{path}")).status_code == 200, path
    for path in (*ADMINISTRATIVE, *RULING, *ASKED):
        refused = (403, 404) if path.startswith(HIDDEN) else (403,)
        assert (await reader.get(f"/settings{path}")).status_code in refused, path
    before = (await open_house.door.context(open_house.key)).definitions
    for path in ACTS:
        refused = (403, 404) if path.startswith(HIDDEN) else (403,)
        answer = await reader.post(f"/settings{path}", {"label": "X", "email": "x@example.com", "on": "false"})
        assert answer.status_code in refused, path
    open_house.door.forget(open_house.key)
    assert (await open_house.door.context(open_house.key)).definitions == before


async def test_a_form_without_its_token_changes_nothing(ada: Browser) -> None:
    found = await ada.client.post("/settings/general", data={"name": "Mallory"})
    assert found.status_code == 403


async def test_the_navigation_offers_only_what_is_permitted(sign_in: SignIn) -> None:
    home = (await (await sign_in("reader")).get("/settings")).text
    assert "/settings/profile" in home
    assert "/settings/roles" not in home


async def test_a_profile_is_saved_and_its_errors_stand_at_the_field(ada: Browser) -> None:
    form = {"name": "Ada King", "title": "", "phone": "", "language": "de", "time_zone": "Europe/Vienna"}
    assert (await ada.post("/settings/profile", form)).headers["location"] == "/settings/profile?done=saved"
    assert "Ada King" in (await ada.get("/settings/profile")).text
    wrong = await ada.post("/settings/profile", {**form, "time_zone": "Mars/Olympus"})
    assert wrong.status_code == 422
    assert "There is no such time zone" in wrong.text


async def test_a_custom_object_and_a_field_of_every_type_appear_in_forms(ada: Browser, open_house: House) -> None:
    made = await ada.post("/settings/objects/new", {"label": "Vehicle", "plural_label": "Vehicles", "icon": "truck"})
    assert made.headers["location"] == "/settings/objects/vehicle?done=created"
    lacks = await ada.post("/settings/objects/vehicle/fields/new?type=formula", {"label": "Age"})
    assert (lacks.status_code, "This type of field needs it." in lacks.text) == (422, True)
    more: dict[str, dict[str, str | list[str]]] = {
        "choice": {
            "option.label": ["Van", "Truck"],
            "option.value": ["", ""],
            "option.colour": ["blue", "red"],
            "option.state": ["offered", "offered"],
        },
        "multi_choice": {
            "option.label": ["Fast"],
            "option.value": [""],
            "option.colour": ["blue"],
            "option.state": ["offered"],
        },
        "link": {"to": "account"},
        "links": {"to": "contact"},
        "any_link": {"to_any": ["account", "contact"]},
        "formula": {"expression": "name + '!'"},
        "roll_up": {"over": "vehicles_by_f_link", "function": "count"},
    }
    for kind in TYPES:
        target = "account" if kind.tag == "roll_up" else "vehicle"
        form: dict[str, str | list[str]] = {
            "label": f"The {kind.label}",
            "name": f"f_{kind.tag}",
            **more.get(kind.tag, {}),
        }
        form = {**form, "expression": 'name + "!"'} if kind.tag == "formula" else form
        found = await ada.post(f"/settings/objects/{target}/fields/new?type={kind.tag}", form)
        assert found.status_code == 303, (kind.tag, re.sub(r"<[^>]+>", " ", found.text)[-1500:])
    page = (await ada.get("/vehicles/new")).text
    for name in ("f_text", "f_choice", "f_money", "f_date", "f_rating"):
        assert f'name="{name}"' in page
    assert (await ada.post("/vehicles/new", {"name": "Van 1", "f_choice": "van"})).status_code == 303
    assert "Van 1" in (await ada.get("/vehicles")).text


async def test_a_formula_that_does_not_fit_is_shown_at_its_character(ada: Browser) -> None:
    found = await ada.get("/settings/check?as=formula&object=account&expression=name+%2B+nane")
    assert "<mark>n</mark>" in found.text
    refused = await ada.post(
        "/settings/objects/account/fields/new?type=formula", {"label": "Odd", "expression": "name + nane"}
    )
    assert refused.status_code == 422
    assert "character 8" in refused.text


async def test_a_field_in_use_is_not_deleted_and_its_uses_are_listed(ada: Browser) -> None:
    await ada.post("/settings/objects/account/fields/new?type=integer", {"label": "Machines"})
    await ada.post(
        "/settings/objects/account/fields/new?type=formula", {"label": "Cups", "expression": "machines * 40"}
    )
    refused = await ada.post("/settings/objects/account/fields/machines/delete")
    assert refused.status_code == 409
    assert "the field Cups of Account" in refused.text
    await ada.post("/settings/objects/account/fields/cups/delete")
    assert (await ada.post("/settings/objects/account/fields/machines/delete")).status_code == 303


async def test_a_change_of_type_shows_what_would_be_lost_and_converts_by_force(ada: Browser) -> None:
    await ada.post("/settings/objects/account/fields/new?type=text", {"label": "Size"})
    await ada.post("/accounts/new", {"name": "Kaffeehaus Nord", "size": "many"})
    where = "/settings/objects/account/fields/size/type?type=integer"
    refused = await ada.post(where, {"label": "Size"})
    assert refused.status_code == 409
    assert "1 value does not fit" in refused.text
    assert "many" in refused.text
    assert (await ada.post(where, {"label": "Size", "force": "true"})).status_code == 303


async def test_an_option_that_the_product_needs_is_retired_and_not_removed(ada: Browser) -> None:
    page = (await ada.get("/settings/objects/account/fields/type")).text
    values = re.findall(r'name="option.value" value="([a-z_]+)"', page)
    kept = {
        "option.value": values[1:],
        "option.label": values[1:],
        "option.colour": ["blue"] * len(values[1:]),
        "option.state": ["offered"] * len(values[1:]),
    }
    refused = await ada.post("/settings/objects/account/fields/type", {"label": "Type", **kept})
    assert refused.status_code == 409
    assert "Retire it instead" in refused.text


async def test_an_invitation_is_mailed_with_its_link(ada: Browser, mails: list[Message], sign_in: SignIn) -> None:
    sent = await ada.post(
        "/settings/people/invite", {"email": "grace@example.com", "name": "Grace Hopper", "roles": ["member"]}
    )
    assert sent.headers["location"] == "/settings/people?done=invited"
    assert mails[0].to == "grace@example.com"
    link = re.search(r"http://localhost(/invitation/\S+)", mails[0].text)
    assert link is not None
    assert "grace@example.com" in (await (await sign_in()).get(link[1])).text
    again = await ada.post("/settings/people/invite", {"email": "grace@example.com", "roles": ["member"]})
    assert again.status_code == 409


async def test_who_is_deactivated_is_sent_to_sign_in(ada: Browser, sign_in: SignIn) -> None:
    rita = await sign_in("reader", name="Rita")
    assert (await ada.post(f"/settings/people/{rita.user}/deactivate")).status_code == 303
    assert (await rita.get("/settings")).status_code in (303, 401, 403)


async def test_nobody_changes_their_own_roles_on_the_screen(ada: Browser) -> None:
    assert "Save roles" not in (await ada.get(f"/settings/people/{ada.user}")).text
    assert (await ada.post(f"/settings/people/{ada.user}/roles", {"roles": ["admin"]})).status_code == 403


async def test_a_role_is_made_by_copy_and_narrowed_in_the_matrix(ada: Browser, open_house: House) -> None:
    made = await ada.post("/settings/roles/new", {"label": "Narrow reader", "from": "reader"})
    assert made.headers["location"] == "/settings/roles/narrow_reader?done=created"
    rights = {f"grant.account.{right}": "own" for right in ("read", "create", "change", "delete")}
    assert (
        await ada.post("/settings/roles/narrow_reader", {"label": "Narrow reader", "grant.*.read": "all", **rights})
    ).status_code == 303
    await ada.post("/settings/roles/narrow_reader/fields/account", {"field.industry": "masked"})
    async with open_house.system() as work:
        grant = work.registry.roles["narrow_reader"].grants["account"]
    assert (grant.read, grant.fields) == ("own", {"industry": "masked"})
    assert (await ada.post("/settings/roles/narrow_reader/delete")).status_code == 303


async def test_a_new_key_is_shown_once(ada: Browser) -> None:
    made = await ada.post("/settings/keys", {"name": "Export", "scope": "read", "role": "", "until": ""})
    secret = re.search(r"rk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made.text)
    assert secret is not None
    assert secret[0] not in (await ada.get("/settings/keys")).text


async def test_a_record_is_shared_and_closed_again_in_its_dialog(
    ada: Browser, sign_in: SignIn, open_house: House
) -> None:
    await ada.post("/settings/roles/new", {"label": "Narrow"})
    await ada.post("/settings/roles/narrow", {"label": "Narrow", "grant.account.read": "own"})
    rita = await sign_in("narrow", name="Rita")
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord", "owner": None})
    record = f"/accounts/{account.id}"
    assert (await rita.get(record)).status_code == 404
    shared = await ada.post(f"{record}/share", {"principal": str(rita.user), "level": "read", "until": ""})
    assert "Rita" in shared.text
    opened = await rita.get(record)
    assert opened.status_code == 200, opened.text[-1500:]
    assert "shared this account with Rita" in (await ada.get(f"{record}/share?person={rita.user}")).text
    assert (await rita.post(f"{record}/share", {"principal": str(ada.user), "level": "read"})).status_code == 403
    await ada.post(f"{record}/share/{rita.user}/revoke")
    assert (await rita.get(record)).status_code == 404


async def test_the_log_names_who_did_what(ada: Browser) -> None:
    await ada.post("/accounts/new", {"name": "Kaffeehaus Nord"})
    found = (await ada.get(f"/settings/audit?person={ada.user}&object=account&action=created")).text
    assert "Kaffeehaus Nord" in found
    assert "Kaffeehaus Nord" not in (await ada.get("/settings/audit?action=deleted")).text


async def test_a_module_that_others_need_names_them(ada: Browser) -> None:
    refused = await ada.post("/settings/modules/people", {"on": "false"})
    assert refused.status_code == 409
    assert "Accounts and contacts depends on this module" in refused.text
