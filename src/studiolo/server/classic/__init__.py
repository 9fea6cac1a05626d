"""The routes of the classic services, which their clients call unchanged."""
