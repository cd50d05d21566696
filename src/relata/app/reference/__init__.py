"""The reference pages, written from the same help texts that screens, API and command show. A stale page is red."""
