"""Handing over: what somebody who leaves has, to whom it goes, and taking that back."""
