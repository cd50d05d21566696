"""The wizard over HTTP: formulas that answer while they are written, and files that belong together."""

from __future__ import annotations

import html

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.interfaces.http import csrf

CONTACTS = "Name,Email,Company Id\nAnn Lee,ann@example.com,7\nBob Ray,bob@example.com,8\n"
ACCOUNTS = "Id,Company Name,Industry\n7,Bluth,software\n8,Acme,retail\n"


async def sent(person: Browser, **files: str) -> str:
    """Where the wizard goes on with these files. files: by what they are called, without the ending."""
    token = csrf.make_token(next(iter(person.client.cookies.values())))
    parts = [("file", (f"{name}.csv", text.encode(), "text/csv")) for name, text in files.items()]
    answer = await person.client.post("/import/files", data={"_csrf": token, "of": ""}, files=parts)
    return str(answer.headers["location"])


async def test_a_formula_shows_what_the_first_rows_become_or_why_it_can_not_be_read(sign_in: SignIn) -> None:
    admin = await sign_in("admin")
    path = await sent(admin, accounts=ACCOUNTS)
    form = {"c1.field": "name", "c1.of": "name", "c1.formula": "concat(value, ' ', id)"}
    tried = await admin.post(f"{path}/column/1", form)
    wrong = await admin.post(f"{path}/column/1", {**form, "c1.formula": "upper(vlaue)"})
    assert "Bluth 7" in tried.text
    assert "value" in html.unescape(wrong.text).partition("Did you mean")[2]


async def test_two_files_that_link_are_imported_with_one_button(sign_in: SignIn) -> None:
    admin = await sign_in("admin")
    path = await sent(admin, contacts=CONTACTS, accounts=ACCOUNTS)
    begun = html.unescape((await admin.get(path)).text)
    await admin.post(f"{path}/check", {})
    await admin.post(f"{path}/write", {})
    done = (await admin.get(path)).text
    assert path.startswith("/import/together/")
    assert "Company Id is found in accounts.csv by Id" in begun
    assert "All files are imported" in done
