"""Files for a stranger's machine, from rows handed to this room. Never asks the index."""
