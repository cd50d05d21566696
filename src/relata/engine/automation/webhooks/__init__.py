"""Webhooks: what happened is told to other servers, signed, as whom each webhook belongs to; and signed requests from
outside are checked."""
