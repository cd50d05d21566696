"""The configuration of a workspace as readable files: gathered, compared, applied in one transaction, rolled back."""
