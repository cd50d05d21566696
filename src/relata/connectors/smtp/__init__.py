"""Mail by SMTP: the transport that `RELATA_SMTP_URL` names."""
