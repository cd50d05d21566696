"""What just changed, told to the open screens of those who may see it."""
