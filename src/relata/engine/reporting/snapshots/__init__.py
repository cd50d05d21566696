"""What a report said, kept again and again, so that its way can be seen later."""
