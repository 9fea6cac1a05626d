"""Values as people read them: text for terminals, HTML for notebooks and pages."""
