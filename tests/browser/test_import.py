"""A file on its way into the lists, in a browser: columns, preview, report, the way back."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

FILE = (
    "Company;Sector;Employees;City;Ticker\n"
    "Zwetschge GmbH;retial;12;Graz;ZWE\n"
    "Zitrone AG;retail;many;Wien;ZIT\n"
    "Zander KG;retail;7;Linz;ZAN\n"
)


def test_a_file_is_matched_previewed_imported_and_taken_back(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(FILE, encoding="utf-8")
    page.goto("/accounts")
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="Import").click()
    page.locator("#field-file").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()

    expect(page.get_by_label("Field for Company")).to_have_value("name")
    expect(page.get_by_label("Field for City")).to_have_value("billing_address.city")
    expect(page.get_by_label("Option for retial")).to_have_value("retail")
    expect(page.get_by_label("Field for Ticker")).to_have_value("")
    page.get_by_label("Field for Ticker").select_option("description")
    expect(page.locator("#column-4[data-mapped]")).to_be_attached()
    page.get_by_role("button", name="Preview the changes").click()

    expect(page.locator(".import-counts")).to_contain_text("2 new")
    expect(page.locator(".import-counts")).to_contain_text("1 not imported")
    expect(page.locator(".import-row", has_text="Zitrone AG")).to_contain_text("must be a number")
    page.get_by_role("button", name="Import 2 rows").click()

    expect(page.get_by_text("The file is imported, except for 1 row.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these rows").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "Zander" not in text
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("many", "9"), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(mended)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_label("Field for Ticker")).to_have_value("description")
    page.get_by_role("button", name="Preview the changes").click()
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("The file is imported.")).to_be_visible()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    page.goto("/accounts?q=Zitrone")
    expect(page.locator("#list")).to_have_count(0)
    page.goto("/accounts?q=Zander")
    expect(page.locator("#list .title-link")).to_have_count(1)
