"""A report's answer as people see it: its words, its picture, its table. For screens, mails and paper alike."""
