"""The same answers as JSON: translate a request, make one call, translate back."""
