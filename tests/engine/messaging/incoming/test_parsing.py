"""Messages as they come from everywhere are read, and what somebody wrote is told from what they quote."""

from __future__ import annotations

import pytest

from relata.engine.messaging.mail.parsing.html_text import to_text
from relata.engine.messaging.mail.parsing.message import Unreadable, read, subject_key
from relata.engine.messaging.mail.parsing.replies import fold


def mail(body: str = "Hello\n", **headers: str) -> bytes:
    lines = {"From": "Carla <carla@acme.example>", "To": "ada@example.com", **headers}
    return ("".join(f"{name.replace('_', '-')}: {value}\n" for name, value in lines.items()) + f"\n{body}").encode()


@pytest.mark.parametrize(
    "quote",
    [
        "On Mon, Apr 2, 2012 at 6:26 PM, Ada <ada@example.com> wrote:\n\n> Hi",
        "Am 02.04.2012 um 18:26 schrieb Ada <ada@example.com>:\n> Hi",
        "Le 2 avr. 2012 à 18:26, Ada <ada@example.com> a écrit :\n> Hi",
        "El 2/4/2012 a las 18:26, Ada escribió:\n> Hi",
        "On Apr 3, 2012, at 4:19 PM, Ada von und zu Lovelace of Ockham\n<ada@example.com> wrote:\n> Hi",
        "-----Original Message-----\nFrom: Ada\nSent: Monday\nSubject: Hi",
        "________________________________\nVon: Ada\nGesendet: Montag, 2. April 2012 18:26\nAn: Carla\nBetreff: Hi",
        "> Hi",
    ],
)
def test_what_is_quoted_is_folded_away(quote: str) -> None:
    folded = fold(f"Hello,\n\nthat works.\n\n{quote}\n")
    assert folded.text == "Hello,\n\nthat works."
    assert folded.quoted == quote


def test_an_answer_below_the_quote_is_the_text() -> None:
    folded = fold("On 04/02/2012 06:26 PM, Ada wrote:\n> Hi\nHello")
    assert (folded.text, folded.quoted.splitlines()[-1]) == ("Hello", "> Hi")


def test_answers_between_the_quoted_lines_stay_with_them() -> None:
    text = "On 04/02/2012 06:26 PM, Ada wrote:\n> Red?\nNo.\n> Blue?\nYes."
    assert fold(f"Dear Ada,\n{text}").text == f"Dear Ada,\n{text}"


def test_a_sentence_that_ends_like_an_attribution_is_none() -> None:
    text = "Please look at what Ada wrote:\n\nit is fine.\n\nFrom: here on we agree."
    assert fold(text).text == text


@pytest.mark.parametrize(
    "signature",
    ["-- \nCarla\nAcme", "Kind regards,\nCarla Customer", "Carla Customer\n+49 30 123456", "Sent from my iPhone"],
)
def test_a_signature_is_told_from_the_text(signature: str) -> None:
    folded = fold(f"That works for us.\n\n{signature}\n", "Carla Customer")
    assert (folded.text, folded.sign_off) == ("That works for us.", signature)


def test_html_is_folded_as_text_is() -> None:
    html = '<p>Yes.<br>Carla</p><div class="gmail_quote">Ada:<blockquote>Red?</blockquote></div><style>p{}</style>'
    assert fold(to_text(html)).text == "Yes.\nCarla"


def test_charsets_that_lie_are_read_all_the_same() -> None:
    raw = mail(Content_Type="text/plain; charset=us-ascii", Subject="=?x-unknown?Q?Gr=C3=BC=C3=9Fe?=")
    found = read(raw.replace(b"Hello", "Grüße".encode()))
    assert (found.text, found.subject) == ("Grüße", "Grüße")


def test_a_report_of_failure_names_the_mail_and_the_reason() -> None:
    body = (
        "--x\nContent-Type: text/plain\n\nSorry.\n--x\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; m\n\n"
        "Final-Recipient: rfc822; bob@acme.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--x\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: <mine@example.com>\n\n--x--\n"
    )
    found = read(mail(body, Content_Type="multipart/report; report-type=delivery-status; boundary=x"))
    gone = (("bob@acme.example", "5.1.1"),)
    assert found.bounce == ("mine@example.com", "bob@acme.example", "550 5.1.1 User unknown", gone)


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"])
def test_machines_are_known(header: str) -> None:
    name, value = header.split(": ")
    assert read(mail(**{name: value})).is_automatic
    assert not read(mail(Auto_Submitted="no")).is_automatic


@pytest.mark.parametrize("raw", [b"", b"no header here", b"\x00\xff" * 50])
def test_what_is_no_message_is_said_so(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_subjects_belong_together_in_any_language() -> None:
    assert {subject_key(one) for one in ("Re: AW: Offer", "WG: [sales] Offer", "offer", "RE[2]: Fwd: Offer")} == {
        "offer"
    }
