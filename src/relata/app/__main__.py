"""`python -m relata.app` is `relata`, also where the command is not installed."""

from relata.app.main import main

main()
