"""A whole workspace as one file, and one again from it: records, links, history with its seal, files, configuration."""
