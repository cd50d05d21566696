"""Who may see and do what: roles, sharing and field rules, compiled to one predicate in every statement."""
