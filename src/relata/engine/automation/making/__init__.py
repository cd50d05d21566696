"""What an action takes along from one record to those that it makes, as an administrator adds to it."""
