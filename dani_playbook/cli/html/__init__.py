"""HTML: the page that a reviewer reads and keeps."""
