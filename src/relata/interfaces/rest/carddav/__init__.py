"""The people that one may see, in the address book of any telephone (CardDAV, RFC 6352): to read, and nothing else."""
