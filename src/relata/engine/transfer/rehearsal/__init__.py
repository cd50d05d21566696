"""A rehearsal workspace: the real one's records with everything personal masked, to try a configuration on."""
