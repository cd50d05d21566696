"""What happens at a time: rules by which something repeats, calendar files, invitations, who is busy when."""
