"""The application that staff have open all day: lists, records, boards, search, settings, for every object alike."""
