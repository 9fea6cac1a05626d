"""What every request meets before a route sees it, and every answer before it leaves."""
