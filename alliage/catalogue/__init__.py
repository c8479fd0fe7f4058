"""What is remembered, allowed and undone: the one Django app. Never the index, HTML or JSON answers."""
