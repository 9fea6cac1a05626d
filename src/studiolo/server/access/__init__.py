"""Who may use the server: sessions, and the secrets that are kept in files."""
