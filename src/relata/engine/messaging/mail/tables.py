"""What is known of each message on a server, which conversation a Message-ID belongs to, and how far a mailbox is.

These are facts about servers and not things of people: nobody edits them, and they change with every look.
"""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

#: What became of a message on the server: stored, put aside (it can't be read), excluded (by a rule, or too old).
STORED, ASIDE, EXCLUDED = "s", "a", "x"

MIGRATIONS = (
    Migration(
        "2026_11_23_mail",
        """
        create table {schema}._mail_message (
            folder uuid not null, uid bigint not null, state text not null, email uuid, reason text not null default '',
            seen boolean not null default false, size bigint not null default 0,
            at timestamptz not null default now(), primary key (folder, uid));
        create index _mail_message_email on {schema}._mail_message (email) where email is not null;
        create index _mail_message_aside on {schema}._mail_message (folder, uid) where state = 'a';
        create table {schema}._mail_reference (
            mailbox uuid not null, message_id text not null, thread uuid not null, primary key (mailbox, message_id));
        create table {schema}._mail_part (
            file uuid primary key, email uuid not null, content_id text not null default '',
            inline boolean not null default false);
        create index _mail_part_email on {schema}._mail_part (email);
        create table {schema}._mail_sync (
            mailbox uuid primary key, checked_at timestamptz, next_at timestamptz, attempts integer not null default 0,
            lease uuid, leased_until timestamptz, watcher uuid, watched_until timestamptz);
        """,
        workspace=True,
    ),
)
