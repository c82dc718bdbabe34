"""Programs for maintainers; make calls them."""
