"""The studio's page: signing in, and the files of the built front end."""
