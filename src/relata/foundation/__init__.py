"""Values that everyone uses: money, time, ids, errors. Standard library only, no input or output."""
