"""HTML of a mail is inert: no script, no address that is asked, no style that reaches out of it."""

from __future__ import annotations

import pytest

from relata.engine.messaging.mail.showing import shown


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<form action=https://evil.example><input></form>",
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<div style="background:url(https://evil.example/x)">x</div>',
        '<div style="color:red}body{background:url(https://evil.example)">x</div>',
        '<base href="https://evil.example"><link rel=stylesheet href="https://evil.example/x.css">',
        "<svg><style><img src=https://evil.example></style></svg>",
        '<p title="a style=&quot;x&quot;"><object data="https://evil.example"></object>',
    ],
)
def test_nothing_of_it_is_active(html: str) -> None:
    found = shown(html, {})
    whole = f"{found.html}{found.sheet}".lower()
    assert all(word not in whole for word in ("alert", "evil.example", "onerror", "javascript", "data:", ' style="'))


def test_pictures_from_elsewhere_wait_until_they_are_asked_for() -> None:
    html = '<img src="https://acme.example/a.png"><img src="cid:logo"><img src="https://t.example/p" width=1>'
    found = shown(html, {"logo": "/f/logo"})
    assert (found.remote, found.trackers) == (1, {"t.example"})
    assert "acme.example" not in found.html
    assert 'src="/f/logo"' in found.html
    asked = shown(html, {}, pictures=True)
    assert "acme.example" in asked.html
    assert "t.example" not in asked.html


def test_styles_move_into_one_sheet() -> None:
    found = shown('<p style="color: red; position: fixed">a</p><p style="color: red">b</p>', {})
    assert found.html == '<p class="s0">a</p><p class="s0">b</p>'
    assert found.sheet == ".s0{color:red}"
