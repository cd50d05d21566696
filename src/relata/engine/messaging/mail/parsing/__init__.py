"""From the bytes of a message to what it says: a pure function of bytes, for mail from anywhere and however broken."""
