"""Where addresses are, from a database that lies on this machine: nobody else is asked."""
