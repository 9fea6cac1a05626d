"""Values in a form for people: text for terminals, HTML for notebooks and pages."""
