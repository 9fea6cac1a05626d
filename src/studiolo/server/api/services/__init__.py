"""Web services in the API: publishing, the services themselves, their batch jobs."""
