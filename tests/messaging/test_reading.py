"""A real server is read: everything there is accounted for, whatever happens to it."""

from __future__ import annotations

from datetime import date

from tests.messaging.conftest import Post, letter

_DEEP = b"From: a@b.example\r\nSubject: Deep\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(3000)
)


async def test_what_lies_there_comes_in_once(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), letter(2))
    post.server.put(post.user, "Sent", letter(3, sender="ada@example.com"))
    await post.connect()
    assert await post.read() is False
    await post.read()
    assert await post.subjects() == ["Letter 1", "Letter 2", "Letter 3"]
    assert await post.figures() == (2, 2, 0, 0)
    assert (await post.mailbox())["state"] == "ready"


async def test_a_poisonous_message_is_put_aside_and_the_rest_goes_on(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), _DEEP, letter(2))
    await post.connect()
    await post.read()
    assert await post.figures() == (3, 2, 1, 0)
    async with post.house.system() as work:
        rows = await work.unit.connection.fetch(
            f"select reason from {work.context.schema}._mail_message where state = 'a'"
        )
    assert rows == [("Its parts lie in each other too deep.",)]


async def test_a_move_and_a_deletion_are_followed(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), letter(2), letter(3))
    post.server.put(post.user, "Archive")
    await post.connect()
    await post.read()
    with post.server.client(post.user) as client:
        client.select_folder("INBOX")
        first, second, _third = client.search()
        client.move([first], "Archive")
        client.delete_messages([second])
        client.expunge()
    await post.read()
    assert await post.figures() == (1, 1, 0, 0)
    assert await post.figures("Archive") == (1, 1, 0, 0)
    assert await post.subjects() == ["Letter 1", "Letter 2", "Letter 3"]


async def test_a_folder_that_is_numbered_anew_doubles_nothing(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), letter(2))
    await post.connect()
    await post.read()
    async with post.house.system() as work:
        folder = await work.first("mail_folder", name="INBOX")
        assert folder is not None
        await work.change(folder, {"uidvalidity": 1})
    await post.read()
    assert await post.figures() == (2, 2, 0, 0)
    assert await post.subjects() == ["Letter 1", "Letter 2"]


async def test_history_begins_on_a_day(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), letter(2))
    await post.connect(history_from=date(2126, 1, 1))
    await post.read()
    assert await post.figures() == (2, 0, 0, 2)
    async with post.house.system() as work:
        await work.change(await work.get("mailbox", post.box), {"history_from": None})
    await post.read()
    assert await post.figures() == (2, 2, 0, 0)


async def test_blocked_senders_stay_out_and_are_counted(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1), letter(2, sender="news@spam.example"))
    await post.connect()
    async with post.house.as_person(post.owner) as work:
        await work.create("mail_rule", {"pattern": "spam.example", "does": "block", "mailbox": post.box})
    await post.read()
    assert await post.figures() == (2, 1, 0, 1)


async def test_a_refused_password_is_told_once_and_the_gap_closes_by_itself(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1))
    await post.connect()
    await post.read()
    await _password(post, "revoked")
    await post.read()
    await post.read()
    found = await post.mailbox()
    assert (found["state"], len(post.told)) == ("refused", 1)
    assert "refuses the user or the password" in found["last_error"]
    post.server.put(post.user, "INBOX", letter(2))
    await _password(post, "secret")
    await post.read()
    assert (await post.mailbox())["state"] == "ready"
    assert await post.figures() == (2, 2, 0, 0)


async def _password(post: Post, password: str) -> None:
    async with post.house.as_person(post.owner) as work:
        await work.change(await work.get("mailbox", post.box), {"password": password})


async def test_what_is_read_elsewhere_is_read_here(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1))
    await post.connect()
    await post.read()
    with post.server.client(post.user) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen"])
    await post.read()
    async with post.house.as_person(post.owner) as work:
        assert [one["is_seen"] for one in await work.find("email")] == [True]


async def test_a_pass_without_time_leaves_the_rest_to_the_next(post: Post) -> None:
    post.server.put(post.user, "INBOX", *(letter(number) for number in range(105)))
    await post.connect()
    assert await post.read(seconds=0) is True
    assert await post.figures() == (105, 100, 0, 0)
    assert await post.read() is False
    assert await post.figures() == (105, 105, 0, 0)
