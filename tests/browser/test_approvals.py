"""Approvals by keyboard: a process with a step is made, a record submitted, and decided in the inbox."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_a_process_is_made_and_a_record_decided_by_keyboard(page: Page) -> None:
    page.goto("/settings/approvals/new?object=account")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Name", exact=False).first.fill("Key account")
    page.get_by_role("button", name="Add a step").click()
    expect(page.locator(".approval-step")).to_have_count(2)
    page.locator(".approval-step").last.get_by_role("button", name="Remove this step").click()
    approvers = page.locator(".approval-step").first.get_by_role("combobox").first
    approvers.fill("administrator")
    page.get_by_role("option", name="Anyone with the role Administrator").click()
    page.get_by_text("Whoever submits may decide, too").click()
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".approval-sentence")).to_contain_text("anyone with the role Administrator")

    page.goto("/accounts")
    page.locator("a.title-link").first.click()
    page.wait_for_url(re.compile(r"/accounts/[0-9a-f-]{36}"))
    page.wait_for_load_state("networkidle")
    record = page.url
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Submit for approval").click()
    page.locator("#field-comment").fill("Please look at this")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Key account waits for your approval")).to_be_visible()

    page.goto("/approvals")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("Approve")
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits for your approval")).to_be_visible()
    page.goto(record)
    expect(page.get_by_text("Decision: Approved")).to_be_visible()
