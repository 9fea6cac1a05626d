"""Records of services: versions, endpoints, keys, traffic and batch jobs."""
