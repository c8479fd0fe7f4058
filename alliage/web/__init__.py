"""Pages: translate a request, make one call, translate back. Never imports the API."""
