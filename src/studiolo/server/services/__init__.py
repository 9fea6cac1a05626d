"""The routes of web services besides the classic ones: calls, files of batch jobs, documents."""
